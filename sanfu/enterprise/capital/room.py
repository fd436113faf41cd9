"""The room of capital (资本): funds that fit a firm, its distance from each board, firms on the way to a listing."""

from sanfu.records.manifest import CaseKind, Command, Line, Room, Tell

LISTING = CaseKind(
    "listing",
    "上市后备",
    number="SS",
    flow="sanfu.enterprise.capital.states.LISTING_FLOW",
    scope="sanfu.enterprise.capital.queries.PARTS",
    page="officer:listing",
    act="officer:listing_act",
    elsewhere=("lapse",),
)

ROOM = Room(
    code="enterprise.capital",
    label="基金与上市",
    order=50,
    kinds=(LISTING,),
    permissions={
        "capital.own": "看哪些基金适合本企业，对照上市标准",
        "capital.see": "看基金、上市标准和本单位经手的上市后备企业",
        "capital.see_all": "看全市上市后备企业",
        "capital.work": "管上市后备企业：入库、推进、记录阻滞、申请合规证明",
        "capital.prove": "出具本部门的合规证明",
    },
    menu=(
        Line("基金与上市", "基金匹配", "officer:capital_funds", "capital.see", "layers"),
        Line("基金与上市", "上市对照", "officer:capital_check", "capital.see", "list-filter"),
        Line("企业服务", "基金与上市", "firm:own_listing", "capital.own", "trending-up"),
        Line("基金与上市", "上市后备", "officer:listing_list", "capital.see", "trending-up"),
    ),
    waiting=("sanfu.web.officer.capital.pipeline.todos",),
    entries=("sanfu.enterprise.capital.queries.entries",),
    hears={"registry.closed": ("sanfu.enterprise.capital.actions.deregistered",)},
    tells=(
        Tell(
            "listing.ask",
            "dispatched",
            "units:capital.prove",
            "{number} 请出具合规证明：{title}",
            "officer:listing",
        ),
    ),
    demo=("sanfu.adapters.demo_capital.capital",),
    commands={
        "listing": Command(
            "sanfu.adapters.commandline.listing", "a firm against a board's standards: check (上市)"
        ),
        "funds": Command("sanfu.adapters.commandline.funds", "which funds fit a firm: match (基金)"),
    },
)
