"""The room of figures (评价): indicators over the rows of every room; it reads and never steers."""

from sanfu.records.manifest import Command, Line, Room, Sweep

ROOM = Room(
    code="measure",
    label="评价",
    permissions={
        "measure.see": "看全市指标",
        "measure.own": "看自己可见范围的驾驶舱和指标",
        "measure.close": "封账、提出更正、发放大屏令牌",
        "measure.approve": "批准更正",
        "measure.issue": "核数并签发简报",
        "measure.topic": "立题、定措施、结题（每月一题）",
        "measure.audit": "看防注水线索（督查）",
    },
    sweeps=(
        Sweep("measure_refresh", "指标取数", "*/5 * * * *", "sanfu.measure.actions.store.sweep"),
        Sweep("measure_weekly", "周报通知", "30 0 * * 1", "sanfu.measure.actions.bulletins.tell_weekly"),
        Sweep("measure_checks", "封账核对", "20 18 * * 0", "sanfu.measure.actions.freezing.check_all"),
        Sweep("measure_gaming", "防注水核查", "40 18 * * *", "sanfu.measure.actions.gaming.sweep"),
    ),
    menu=(
        Line("评价", "驾驶舱", "leader:cockpit", "measure.see|measure.own", "layout-dashboard"),
        Line("评价", "周报", "leader:weekly", "measure.see", "calendar-days"),
        Line("评价", "月度简报", "leader:bulletins", "measure.see", "file-text"),
        Line("评价", "指标册", "leader:book", "measure.see|measure.own", "list"),
        Line("评价", "封账与更正", "leader:months", "measure.see", "lock"),
        Line("评价", "核数", "leader:claims", "measure.see", "check"),
        Line("评价", "每月一题", "leader:topics", "measure.see", "flame"),
        Line("评价", "防注水线索", "leader:gaming", "measure.audit", "search"),
        Line("评价", "随机复访", "leader:recalls", "measure.audit", "phone"),
        Line("评价", "大屏令牌", "leader:displays", "measure.close", "monitor"),
        Line("评价", "大屏", "leader:wall", "measure.see", "monitor"),
    ),
    commands={
        "indicators": Command(
            "sanfu.adapters.commandline.indicators", "published figures recomputed: check (指标)"
        ),
        "measure": Command("sanfu.adapters.commandline.measure", "kept rows of figures: rebuild (取数)"),
        "gaming": Command(
            "sanfu.adapters.commandline.gaming",
            "clues of figures made to look good: check, trial, sweep (防注水)",
        ),
        "claims": Command(
            "sanfu.adapters.commandline.claims", "numbers of briefings: check, evaluate (核数)"
        ),
    },
)
