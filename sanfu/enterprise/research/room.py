"""The room of research (产学研): a need finds an offer, a contact becomes a contract with milestones."""

from sanfu.records.manifest import CaseKind, Command, Finder, Line, Room, Tell

RESEARCH = CaseKind(
    "research",
    "产学研对接",
    number="DJ",
    flow="sanfu.enterprise.research.states.CONTACT_FLOW",
    scope="sanfu.enterprise.research.queries.PARTS",
    page="officer:research",
    act="officer:research_act",
    elsewhere=("lapse",),
)

ROOM = Room(
    code="enterprise.research",
    label="产学研",
    order=60,
    kinds=(RESEARCH,),
    permissions={
        "research.own": "发布本企业的技术需求，看匹配结果，申请对接",
        "research.see": "看技术供给和本单位的产学研对接",
        "research.see_all": "看全市技术需求和产学研对接",
        "research.work": "登记供给，撮合对接，登记合同和里程碑",
    },
    menu=(
        Line("产学研", "技术需求", "officer:research_needs", "research.see_all", "search"),
        Line("产学研", "技术供给", "officer:research_offers", "research.see", "layers"),
        Line("产学研", "对接", "officer:research_list", "research.see", "handshake"),
        Line("产学研", "工程研究中心", "officer:research_centre", "research.see_all", "list-filter"),
        Line("企业服务", "技术需求", "firm:own_needs", "research.own", "search"),
    ),
    waiting=("sanfu.web.officer.research.contacts.todos",),
    tells=(
        Tell("research.open", "dispatched", "lead:research.work", "{number} 有新的产学研对接：{title}", "officer:research"),
        Tell("research.start", "replied", "firm", "{number} 已联系供给方：{title}", "firm:own_contact"),
        Tell("research.sign", "replied", "firm", "{number} 已登记合同：{title}", "firm:own_contact"),
        Tell("research.fail", "decided", "firm", "{number} 没有达成：{title}", "firm:own_contact"),
    ),
    hears={"registry.closed": ("sanfu.enterprise.research.actions.deregistered",)},
    finders=(
        Finder("技术供给", "sanfu.enterprise.research.finding.offers", "research.see", "officer:research_offers"),
        Finder("技术需求", "sanfu.enterprise.research.finding.needs", "research.see_all", "officer:research_needs"),
    ),
    entries=("sanfu.enterprise.research.queries.entries",),
    demo=("sanfu.adapters.demo_research.research",),
    commands={
        "research": Command(
            "sanfu.adapters.commandline.research", "needs and offers of research: match (产学研)"
        )
    },
)  # fmt: skip
