"""The room of the centre (企业综合服务中心)."""

from sanfu.records.manifest import CaseKind, Line, Room, Tell

HANDOVER = CaseKind(
    "handover",
    "转帮办",
    number="BB",
    flow="sanfu.enterprise.centre.states.HANDOVER_FLOW",
    scope="sanfu.enterprise.centre.queries.HANDOVERS",
    page="officer:handover",
    act="officer:handover_act",
    elsewhere=("lapse",),
)

ROOM = Room(
    code="enterprise.centre",
    label="企业综合服务中心",
    order=60,
    kinds=(HANDOVER,),
    permissions={
        "centre.serve": "专窗接待企业，叫号",
        "centre.book": "企业预约专窗",
        "centre.help": "接收专窗转来的帮办事项",
    },
    menu=(
        Line("企业服务", "服务中心专窗", "officer:counter", "centre.serve", "store"),
        Line("企业服务", "转帮办", "officer:handover_list", "centre.serve|centre.help", "hand-helping"),
        Line("企业服务", "预约专窗", "firm:appointments", "centre.book", "calendar-check"),
    ),
    hears={"registry.closed": ("sanfu.enterprise.centre.actions.deregistered",)},
    waiting=("sanfu.web.officer.centre.pages.counter_todos", "sanfu.web.officer.centre.handovers.todos"),
    tells=(
        Tell(
            "handover.open",
            "dispatched",
            "lead:centre.help",
            "{number} 请接收帮办：{title}",
            "officer:handover",
        ),
        Tell(
            "handover.finish",
            "replied",
            "firm",
            "{number} 帮办已办结：{title}",
            "firm:appointments",
            of_case=False,
        ),
    ),
    entries=("sanfu.enterprise.centre.queries.entries",),
    demo=("sanfu.adapters.demo_centre.centre",),
)
