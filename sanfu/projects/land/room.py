"""The room of land (用地): parcels, low-efficiency screening, redevelopment options."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="projects.land",
    label="用地",
    order=40,
    commands={
        "land": Command(
            "sanfu.adapters.commandline.land",
            "parcels in a stated datum, firms by a scheme: import, score (用地、亩均)",
        )
    },
)
