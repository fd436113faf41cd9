"""The room of liaison (挂钩): who serves which firm."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="enterprise.liaison",
    label="挂钩联系",
    order=20,
    commands={
        "liaison": Command("sanfu.adapters.commandline.liaison", "who serves which firm: assign (挂钩)")
    },
)
