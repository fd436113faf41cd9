"""The room of capital (资本): which funds fit a firm, how far it is from each board, and who is on the way to a listing."""

from sanfu.records.manifest import Command, Room

ROOM = Room(
    code="enterprise.capital",
    label="基金与上市",
    order=50,
    commands={
        "listing": Command(
            "sanfu.adapters.commandline.listing", "a firm against a board's standards: check (上市)"
        ),
        "funds": Command("sanfu.adapters.commandline.funds", "which funds fit a firm: match (基金)"),
    },
)
