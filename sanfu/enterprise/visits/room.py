"""The room of visits (走访): wishes, the plan of a quarter, and what happened."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="enterprise.visits",
    label="企业走访",
    order=30,
    commands={
        "visits": Command("sanfu.adapters.commandline.visits", "wishes become few visits: plan (走访)")
    },
)
