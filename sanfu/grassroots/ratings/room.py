"""The room of ratings (好差评): what it brings to the house."""

from sanfu.records.manifest import CaseKind, Line, Room, Sweep, Tell

REMEDY = CaseKind(
    "remedy",
    "差评整改",
    number="CP",
    flow="sanfu.grassroots.ratings.states.REMEDY_FLOW",
    scope="sanfu.grassroots.ratings.queries.REMEDIES",
    page="officer:remedy",
    act="officer:remedy_act",
)

ROOM = Room(
    code="grassroots.ratings",
    label="好差评",
    order=80,
    kinds=(REMEDY,),
    permissions={
        "ratings.see": "看本单位的评价汇总和差评整改",
        "ratings.see_all": "看全市的评价汇总和差评整改",
        "ratings.manage": "核实差评，看评价对应的办件",
        "ratings.remedy": "办理本单位的差评整改",
        "ratings.take": "电话代录评价",
        "ratings.window": "窗口出示评价二维码",
    },
    menu=(
        Line("好差评", "评价汇总", "officer:rating_summary", "ratings.see", "star"),
        Line("好差评", "差评整改", "officer:remedy_list", "ratings.see", "clipboard-list"),
        Line("好差评", "评价明细", "officer:rating_list", "ratings.manage", "list"),
        Line("好差评", "待评价办件", "officer:rating_asked", "ratings.take|ratings.window", "phone"),
    ),
    waiting=("sanfu.web.officer.ratings.remedies.todos",),
    sweeps=(Sweep("ratings_ask", "评价邀请", "*/10 * * * *", "sanfu.grassroots.ratings.actions.ask"),),
    hears={
        "ticket.rate": ("sanfu.grassroots.ratings.actions.heard",),
        "ticket.called_back": ("sanfu.grassroots.ratings.actions.heard",),
        "joint.rate": ("sanfu.grassroots.ratings.actions.heard",),
    },
    tells=(
        Tell(
            "remedy.confirm",
            "returned",
            "lead:ratings.remedy",
            "{number} 差评转本单位整改：{title}",
            "officer:remedy",
        ),
        Tell(
            "remedy.again",
            "returned",
            "lead:ratings.remedy",
            "{number} 整改被退回：{title}",
            "officer:remedy",
        ),
        Tell(
            "remedy.light",
            "due",
            "lead:ratings.remedy",
            "{number} {clock}{pressing}：{title}",
            "officer:remedy",
        ),
    ),
    row_kinds=("sanfu.grassroots.ratings.figures.ASKED",),
    demo=("sanfu.adapters.demo_ratings.ratings",),
)
