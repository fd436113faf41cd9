"""The room of demands (企业诉求): from a firm's words to what really changed."""

from sanfu.records.manifest import CaseKind, Line, Room, Tell

DEMAND = CaseKind(
    "demand",
    "企业诉求",
    number="QS",
    flow="sanfu.enterprise.demands.states.DEMAND_FLOW",
    scope="sanfu.enterprise.demands.queries.PARTS",
    page="officer:demand",
    act="officer:demand_act",
    elsewhere=("withdraw", "lapse"),
)

ROOM = Room(
    code="enterprise.demands",
    label="企业诉求",
    order=40,
    kinds=(DEMAND,),
    permissions={
        "demands.own": "提交、跟踪本企业的诉求",
        "demands.see": "看本单位的企业诉求",
        "demands.see_all": "看全市企业诉求",
        "demands.register": "登记企业诉求",
        "demands.route": "研判、派单、并案、不予受理",
        "demands.handle": "签收、办理、答复企业诉求",
        "demands.callback": "回访企业",
        "demands.topic": "提炼共性诉求，提出政策修订任务",
    },
    menu=(
        Line("企业服务", "企业诉求", "officer:demand_list", "demands.see", "message-square"),
        Line("企业服务", "登记诉求", "officer:demand_new", "demands.register", "plus"),
        Line("企业服务", "共性诉求", "officer:demand_topics", "demands.see", "layers"),
        Line("企业服务", "我的诉求", "firm:own_demands", "demands.own", "message-square"),
    ),
    waiting=("sanfu.web.officer.demands.pages.todos",),
    tells=(
        Tell(
            "demand.route",
            "dispatched",
            "lead:demands.handle",
            "{number} 派给本单位：{title}",
            "officer:demand",
        ),
        Tell(
            "demand.return",
            "returned",
            "county:demands.route",
            "{number} 退回研判：{title}",
            "officer:demand",
        ),
        Tell("demand.reply", "replied", "firm", "{number} 已答复，请等回访：{title}", "firm:own_demand"),
        Tell(
            "demand.redo",
            "returned",
            "lead:demands.handle",
            "{number} 企业不满意，重办：{title}",
            "officer:demand",
        ),
        Tell("demand.refuse", "decided", "firm", "{number} 不予受理：{title}", "firm:own_demand"),
        Tell(
            "demand.light",
            "due",
            "lead:demands.handle",
            "{number} {clock}{pressing}：{title}",
            "officer:demand",
        ),
    ),
    entries=("sanfu.enterprise.demands.queries.entries",),
    hears={
        "visits.demand_said": ("sanfu.enterprise.demands.actions.heard",),
        "dialogues.demand_said": ("sanfu.enterprise.demands.actions.heard",),
        "liaison.found": ("sanfu.enterprise.demands.actions.found",),
        "ticket.firm_called": ("sanfu.enterprise.demands.actions.called",),
        "registry.closed": ("sanfu.enterprise.demands.actions.deregistered",),
    },
    demo=("sanfu.adapters.demo_care.demands",),
)
