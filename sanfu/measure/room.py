"""The room of figures (评价): indicators over the rows of every room; it reads and never steers."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="measure",
    label="评价",
    permissions={"measure.see": "看全市指标"},
    menu=(
        Line("评价", "指标总览", "leader:figures", "measure.see", "chart-column"),
        Line("评价", "指标大屏", "leader:figures_wall", "measure.see", "monitor"),
    ),
    commands={
        "indicators": Command(
            "sanfu.adapters.commandline.indicators", "published figures recomputed: check (指标)"
        ),
        "claims": Command(
            "sanfu.adapters.commandline.claims", "numbers of briefings: check, evaluate (核数)"
        ),
    },
)
