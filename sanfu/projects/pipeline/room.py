"""Manifest of the project register (项目库)."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="projects.pipeline",
    label="项目库",
    order=10,
    commands={
        "projects": Command(
            "sanfu.adapters.commandline.projects", "finish dates of projects: forecast (项目)"
        )
    },
)
