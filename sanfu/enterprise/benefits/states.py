"""States and moves of a payout batch (兑付批次) and a claim (政策申报); those of a policy version are `lists.versions`."""

from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop
from sanfu.lists.versions.states import Matter

EDIT, APPROVE = ("benefits.edit",), ("benefits.approve",)
POLICY = Matter("政策", "benefits.policy", EDIT, APPROVE, key=("policy",))


class BatchState(Labelled):
    GENERATED = "generated", "待初核", "warn"
    REVIEWED = "reviewed", "待审定", "warn"
    DECIDED = "decided", "待公示", "warn"
    NOTICE = "notice", "公示中", "info"
    CONSENT = "consent", "意愿确认", "info"
    PAYING = "paying", "拨付中", "info"
    PAID = "paid", "已拨付", "ok"
    CLOSED = "closed", "已办结", "ok"
    CANCELLED = "cancelled", "已撤销"


class BatchEvent(Labelled):
    REVIEW = "review", "初核通过"
    DECIDE = "decide", "审定"
    SEND_BACK = "send_back", "退回初核"
    PUBLISH = "publish", "开始公示"
    OBJECT = "object", "提出异议"
    RULE = "rule", "异议处理"
    END_NOTICE = "end_notice", "公示结束"
    CONSENT = "consent", "确认意愿"
    ACCOUNT = "account", "核验账户"
    PAY = "pay", "生成拨付文件"
    RECEIPT = "receipt", "登记回执"
    SETTLE = "settle", "拨付完毕"
    CLAW_BACK = "claw_back", "追回"
    CLOSE = "close", "办结"
    CANCEL = "cancel", "撤销"


B, BE = BatchState, BatchEvent
NOTICE_CLOCK = "公示"
OFFICER, PAY, FIRM = ("benefits.batch",), ("benefits.pay",), ("benefits.own",)

BATCH_FLOW: Flow[BatchState, BatchEvent] = Flow(
    name="兑付批次",
    states=BatchState,
    events=BatchEvent,
    initial=B.GENERATED,
    final=frozenset({B.CLOSED, B.CANCELLED}),
    groups={
        "open": frozenset({B.GENERATED, B.REVIEWED, B.DECIDED, B.NOTICE, B.CONSENT, B.PAYING, B.PAID}),
        "closed": frozenset({B.CLOSED, B.CANCELLED}),
        "counts": frozenset(set(B) - {B.CANCELLED}),
    },
    clocks=frozenset({NOTICE_CLOCK}),
    guards=frozenset({"nobody_decides_own", "notice_is_over", "somebody_is_paid", "all_settled"}),
    table=(
        Move(BE.REVIEW, (B.GENERATED,), B.REVIEWED, who=OFFICER, note="核对名单、信用和互斥封顶结果"),
        Move(BE.DECIDE, (B.REVIEWED,), B.DECIDED, guard="nobody_decides_own", who=APPROVE),
        Move(BE.SEND_BACK, (B.REVIEWED,), B.GENERATED, who=APPROVE),
        Move(BE.PUBLISH, (B.DECIDED,), B.NOTICE, who=OFFICER, clocks=(start(NOTICE_CLOCK),)),
        Move(BE.OBJECT, (B.NOTICE,), note="任何人可在公示期内提出"),
        Move(BE.RULE, (B.NOTICE,), who=OFFICER, note="异议成立的移出名单，并重算积分单价"),
        Move(
            BE.END_NOTICE,
            (B.NOTICE,),
            B.CONSENT,
            guard="notice_is_over",
            who=OFFICER,
            clocks=(stop(NOTICE_CLOCK),),
        ),
        Move(BE.CONSENT, (B.CONSENT, B.PAYING), who=(*FIRM, *OFFICER)),
        Move(BE.ACCOUNT, (B.CONSENT, B.PAYING), who=(*FIRM, *OFFICER, *PAY)),
        Move(BE.PAY, (B.CONSENT, B.PAYING), B.PAYING, guard="somebody_is_paid", who=PAY),
        Move(BE.RECEIPT, (B.PAYING,), who=PAY),
        Move(BE.SETTLE, (B.PAYING,), B.PAID, guard="all_settled", who=PAY),
        Move(BE.CLAW_BACK, (B.PAYING, B.PAID), who=PAY, note="须写明事由；累计不超过已付"),
        Move(BE.CLOSE, (B.PAID,), B.CLOSED, who=(*PAY, *OFFICER)),
        Move(
            BE.CANCEL,
            (B.GENERATED, B.REVIEWED, B.DECIDED, B.NOTICE, B.CONSENT),
            B.CANCELLED,
            who=OFFICER,
            clocks=(stop(),),
            note="付款前可撤销，须写明理由",
        ),
    ),
)


class LineOutcome(Labelled):
    """What the run said of one enterprise and one clause."""

    AWARDED = "awarded", "兑付", "ok"
    CUT = "cut", "封顶核减", "warn"
    EXCLUDED = "excluded", "互斥落选"
    CAPPED = "capped", "封顶落选"
    TAKEN = "taken", "本年已兑"
    HELD = "held", "待补实际控制人", "warn"


class LineState(Labelled):
    """Where one line stands on its way to the account."""

    LISTED = "listed", "在名单", "info"
    OUT = "out", "不兑付"
    REMOVED = "removed", "异议移出"
    WAIVED = "waived", "企业放弃"
    AGREED = "agreed", "已确认", "info"
    SENT = "sent", "已送拨付", "info"
    PAID = "paid", "已到账", "ok"
    FAILED = "failed", "退汇", "danger"
    CLAWED = "clawed", "已追回", "danger"


PAYABLE = (LineState.AGREED, LineState.FAILED)


class ObjectionState(Labelled):
    OPEN = "open", "待处理", "warn"
    UPHELD = "upheld", "成立", "danger"
    REJECTED = "rejected", "不成立", "ok"


class ClaimState(Labelled):
    """Where the application of one enterprise for one clause stands."""

    SUBMITTED = "submitted", "待审核", "warn"
    CORRECTING = "correcting", "待补正", "warn"
    ACCEPTED = "accepted", "审核通过", "info"
    LISTED = "listed", "已入批次", "info"
    PAID = "paid", "已兑付", "ok"
    DROPPED = "dropped", "未兑付"
    REFUSED = "refused", "不予支持", "danger"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "企业已注销，终止"


class ClaimEvent(Labelled):
    ASK = "ask", "要求补正"
    CORRECT = "correct", "补正"
    ACCEPT = "accept", "审核通过"
    REFUSE = "refuse", "不予支持"
    WITHDRAW = "withdraw", "撤回"
    LIST = "list", "列入批次"
    PASS_OVER = "pass_over", "本批未列入"
    RELEASE = "release", "批次撤销"
    PAY = "pay", "资金到账"
    DROP = "drop", "移出名单"
    LAPSE = "lapse", "企业注销，终止"


C, CE = ClaimState, ClaimEvent
REVIEW_CLOCK, PAYOUT_CLOCK = "审核", "兑现"

CLAIM_FLOW: Flow[ClaimState, ClaimEvent] = Flow(
    name="政策申报",
    states=ClaimState,
    events=ClaimEvent,
    initial=C.SUBMITTED,
    final=frozenset({C.PAID, C.DROPPED, C.REFUSED, C.WITHDRAWN, C.LAPSED}),
    groups={
        "open": frozenset({C.SUBMITTED, C.CORRECTING, C.ACCEPTED, C.LISTED}),
        "closed": frozenset({C.PAID, C.DROPPED, C.REFUSED, C.WITHDRAWN, C.LAPSED}),
    },
    clocks=frozenset({REVIEW_CLOCK, PAYOUT_CLOCK}),
    guards=frozenset({"rule_holds"}),
    table=(
        Move(
            CE.ASK,
            (C.SUBMITTED,),
            C.CORRECTING,
            who=OFFICER,
            clocks=(pause(),),
            note="写明补正哪几项、为什么",
        ),
        Move(CE.CORRECT, (C.CORRECTING,), C.SUBMITTED, who=FIRM, clocks=(resume(),)),
        Move(
            CE.ACCEPT,
            (C.SUBMITTED,),
            C.ACCEPTED,
            guard="rule_holds",
            who=OFFICER,
            clocks=(stop(REVIEW_CLOCK),),
            note="按填报的事实规则成立才能通过",
        ),
        Move(
            CE.REFUSE,
            (C.SUBMITTED, C.CORRECTING),
            C.REFUSED,
            who=OFFICER,
            clocks=(stop(),),
            note="写明理由和依据的条件",
        ),
        Move(
            CE.WITHDRAW,
            (C.SUBMITTED, C.CORRECTING, C.ACCEPTED),
            C.WITHDRAWN,
            who=FIRM,
            clocks=(stop(),),
            note="列入批次前可撤回",
        ),
        Move(CE.LIST, (C.ACCEPTED,), C.LISTED, who=OFFICER),
        Move(CE.PASS_OVER, (C.ACCEPTED,), who=OFFICER, note="互斥、封顶落选或数据已变，留待以后批次"),
        Move(CE.RELEASE, (C.LISTED,), C.ACCEPTED, who=OFFICER),
        Move(CE.PAY, (C.LISTED,), C.PAID, who=PAY, clocks=(stop(),)),
        Move(CE.DROP, (C.LISTED,), C.DROPPED, who=(*FIRM, *OFFICER), clocks=(stop(),)),
        Move(
            CE.LAPSE,
            (C.SUBMITTED, C.CORRECTING, C.ACCEPTED, C.LISTED),
            C.LAPSED,
            clocks=(stop(),),
            note="由企业注销带来；已送拨付的不在此列，以银行结果为准",
        ),
    ),
)
CLAIM_LIVE = CLAIM_FLOW.groups["open"]


class Standing(Labelled):
    """结论: how a firm stands to a clause in a trial run."""

    HIT = "hit", "命中", "ok"
    NEAR = "near", "差一项", "warn"
    UNKNOWN = "unknown", "缺数据", "info"
