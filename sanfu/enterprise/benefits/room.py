"""The room of benefits (惠企政策): policies as rules, claims, payout batches."""

from sanfu.records.manifest import CaseKind, Command, Door, Finder, Line, Room, Sweep, Tell

BATCH = CaseKind(
    "batch",
    "兑付批次",
    number="PC",
    flow="sanfu.enterprise.benefits.states.BATCH_FLOW",
    scope="sanfu.enterprise.benefits.queries.BATCHES",
    page="officer:benefit_batch",
    act="officer:benefit_batch_act",
    elsewhere=("object", "account"),
)
CLAIM = CaseKind(
    "claim",
    "政策申报",
    number="SB",
    flow="sanfu.enterprise.benefits.states.CLAIM_FLOW",
    scope="sanfu.enterprise.benefits.claims.CLAIMS",
    page="officer:benefit_claim",
    act="officer:benefit_claim_act",
    elsewhere=("withdraw", "correct", "lapse"),
)

ROOM = Room(
    code="enterprise.benefits",
    label="惠企政策",
    order=20,
    kinds=(BATCH, CLAIM),
    permissions={
        "benefits.own": "看本企业能享受的政策，申报、确认意愿",
        "benefits.see": "看政策、批次和企业档案",
        "benefits.edit": "编辑本部门政策规则",
        "benefits.approve": "复核政策版本和批次",
        "benefits.batch": "发起和办理兑付批次、审理申报",
        "benefits.simulate": "测算门槛和单价",
        "benefits.pay": "拨付与追回",
    },
    menu=(
        Line("惠企政策", "政策库", "officer:benefit_policies", "benefits.see", "scroll-text"),
        Line(
            "惠企政策",
            "政策测算",
            "officer:benefit_simulate",
            "benefits.simulate|benefits.edit",
            "sliders-horizontal",
        ),
        Line("惠企政策", "数据就绪度", "officer:benefit_ready", "benefits.see", "gauge"),
        Line("惠企政策", "政策申报", "officer:benefit_claim_list", "benefits.batch", "clipboard-pen"),
        Line("惠企政策", "兑付批次", "officer:benefit_batch_list", "benefits.see", "banknote"),
        Line("惠企政策", "企业档案", "officer:benefit_firms", "benefits.see", "building-2"),
        Line("惠企政策", "政策明白卡", "firm:benefit_card", "benefits.own", "id-card"),
    ),
    doors=(Door("惠企政策", "能享受什么、差什么", "citizen:benefit_list", "hand-coins", rank=30),),
    waiting=(
        "sanfu.web.officer.benefits.todos.version_todos",
        "sanfu.web.officer.benefits.todos.batch_todos",
        "sanfu.web.officer.benefits.claims.todos",
        "sanfu.web.firm.benefits.todos.claim_todos",
        "sanfu.web.firm.benefits.todos.consent_todos",
    ),
    tells=(
        Tell("claim.ask", "asked", "firm", "{number} 需要补正：{title}", "firm:benefit_claim"),
        Tell("claim.accept", "decided", "firm", "{number} 审核通过：{title}", "firm:benefit_claim"),
        Tell("claim.refuse", "decided", "firm", "{number} 不予支持：{title}", "firm:benefit_claim"),
        Tell("claim.pay", "replied", "firm", "{number} 资金已到账：{title}", "firm:benefit_claim"),
        Tell(
            "claim.correct",
            "dispatched",
            "lead:benefits.batch",
            "{number} 企业已补正：{title}",
            "officer:benefit_claim",
        ),
        Tell(
            "claim.open",
            "dispatched",
            "lead:benefits.batch",
            "{number} 新申报待审核：{title}",
            "officer:benefit_claim",
        ),
        Tell(
            "claim.light",
            "due",
            "lead:benefits.batch",
            "{number} {clock}{pressing}：{title}",
            "officer:benefit_claim",
        ),
    ),
    sweeps=(
        Sweep("near_misses", "只差一项", "20 17 2 * *", "sanfu.enterprise.benefits.actions.tell_near_misses"),
    ),
    hears={"registry.closed": ("sanfu.enterprise.benefits.actions.deregistered",)},
    entries=("sanfu.enterprise.benefits.queries.entries",),
    demo=(
        "sanfu.adapters.demo_waiting.policy_versions",
        "sanfu.adapters.demo_waiting.reviewed_batch",
        "sanfu.adapters.demo_waiting.payable_batch",
        "sanfu.adapters.demo_waiting.objection_to_notice",
        "sanfu.adapters.demo_waiting.claim",
    ),
    commands={
        "rules": Command(
            "sanfu.adapters.commandline.rules", "policies as code: check, cases, run, explain (政策规则)"
        )
    },
    row_kinds=("sanfu.enterprise.benefits.figures.CLAIMS",),
    finders=(Finder("政策", "sanfu.enterprise.benefits.finding.policies", "", "citizen:benefit_list"),),
)
