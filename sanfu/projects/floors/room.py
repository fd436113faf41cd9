"""The room of 工业上楼: which firm fits on which floor."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="projects.floors",
    label="工业上楼",
    order=60,
    commands={
        "floors": Command(
            "sanfu.adapters.commandline.floors",
            "fit of firms to floors, smallest conflicts, placement (工业上楼)",
        )
    },
)
