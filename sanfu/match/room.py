"""The room of matching: a text against the responsibility list."""

from sanfu.records.manifest import Command, JobKind, Line, Room

ROOM = Room(
    code="match",
    label="匹配",
    permissions={"match.correct": "纠正匹配结果，调整自动派单"},
    menu=(
        Line("诉求办理", "匹配与自动派单", "officer:matching", "tickets.dispatch|match.correct", "target"),
    ),
    jobs={"match.refit": JobKind("匹配器重学", "sanfu.match.refit.piece", {"number": "匹配器编号"})},
    commands={
        "matcher": Command(
            "sanfu.adapters.commandline.matcher", "evaluate text matching on a town's history (匹配)"
        )
    },
)
