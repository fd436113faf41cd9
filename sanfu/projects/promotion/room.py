"""Manifest of investment promotion (招商)."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="projects.promotion",
    label="招商",
    order=50,
    commands={
        "promotion": Command(
            "sanfu.adapters.commandline.promotion", "draft offers: lint, evaluate on labelled clauses (招商)"
        )
    },
)
