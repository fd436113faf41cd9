"""The room of liaison (挂钩): who serves which firm."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="enterprise.liaison",
    label="挂钩联系",
    order=20,
    permissions={
        "liaison.see": "看自己挂钩的企业",
        "liaison.see_all": "看全市挂钩关系和负荷",
        "liaison.plan": "管理挂钩干部，采纳方案，办理交接",
    },
    menu=(
        Line("企业服务", "我的企业", "officer:liaison_mine", "liaison.see", "heart-handshake"),
        Line("企业服务", "挂钩关系", "officer:liaison_pairs", "liaison.see_all", "link"),
        Line("企业服务", "挂钩方案", "officer:liaison_proposals", "liaison.plan", "scale"),
    ),
    demo=("sanfu.adapters.demo_liaison.liaison",),
    commands={
        "liaison": Command("sanfu.adapters.commandline.liaison", "who serves which firm: assign (挂钩)")
    },
)
