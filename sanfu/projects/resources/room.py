"""Manifest of the allocation of factors (要素统筹)."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="projects.resources",
    label="要素统筹",
    order=40,
    commands={
        "resources": Command(
            "sanfu.adapters.commandline.resources", "scarce factors to projects: allocate (要素统筹)"
        )
    },
)
