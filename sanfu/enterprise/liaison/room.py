"""The room of liaison (挂钩): who serves which firm."""

from sanfu.records.manifest import CaseKind, Command, Line, Room, Tell

OUTREACH = CaseKind(
    "outreach",
    "主动联系任务",
    number="ZD",
    flow="sanfu.enterprise.liaison.states.OUTREACH_FLOW",
    scope="sanfu.enterprise.liaison.queries.TASKS",
    page="officer:outreach",
    act="officer:outreach_act",
    elsewhere=(
        "lapse",
        "take",
    ),  # a task goes along with the hand-over of its firm: seldom is one left to take
)

ROOM = Room(
    code="enterprise.liaison",
    label="挂钩联系",
    order=20,
    kinds=(OUTREACH,),
    permissions={
        "liaison.see": "看自己挂钩的企业",
        "liaison.serve": "有自己挂钩的企业",
        "liaison.see_all": "看全市挂钩关系和负荷",
        "liaison.plan": "管理挂钩干部，采纳方案，办理交接",
    },
    menu=(
        Line("企业服务", "我的企业", "officer:liaison_mine", "liaison.serve", "heart-handshake"),
        Line("企业服务", "主动联系", "officer:outreach_list", "liaison.see", "bell"),
        Line("企业服务", "挂钩关系", "officer:liaison_pairs", "liaison.see_all", "link"),
        Line("企业服务", "挂钩方案", "officer:liaison_proposals", "liaison.plan", "scale"),
    ),
    waiting=("sanfu.web.officer.liaison.outreach.todos",),
    hears={
        "monitoring.alerted": ("sanfu.enterprise.liaison.actions.alerted",),
        "monitoring.entering": ("sanfu.enterprise.liaison.actions.entering",),
        "benefits.near": ("sanfu.enterprise.liaison.actions.near_missed",),
        "registry.closed": ("sanfu.enterprise.liaison.actions.deregistered",),
    },
    tells=(
        Tell(
            "outreach.open",
            "dispatched",
            "lead:liaison.see",
            "{number} 请主动联系：{title}",
            "officer:outreach",
        ),
        Tell(
            "outreach.take",
            "dispatched",
            "lead:liaison.see",
            "{number} 随挂钩交接到您单位，请主动联系：{title}",
            "officer:outreach",
        ),
        Tell(
            "outreach.light",
            "due",
            "lead:liaison.see",
            "{number} {clock}{pressing}：{title}",
            "officer:outreach",
        ),
    ),
    entries=("sanfu.enterprise.liaison.queries.entries",),
    demo=("sanfu.adapters.demo_liaison.liaison",),
    commands={
        "liaison": Command("sanfu.adapters.commandline.liaison", "who serves which firm: assign (挂钩)")
    },
)
