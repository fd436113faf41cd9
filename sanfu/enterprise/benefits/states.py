"""States and moves of a policy version (政策版本) and of a payout batch (兑付批次)."""

from sanfu.kernel.flow import Flow, Labelled, Move, start, stop


class VersionState(Labelled):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待复核"
    APPROVED = "approved", "已通过"
    WITHDRAWN = "withdrawn", "已撤回"


class VersionEvent(Labelled):
    EDIT = "edit", "修改"
    SUBMIT = "submit", "提交复核"
    RETURN = "return", "退回修改"
    APPROVE = "approve", "复核通过"
    WITHDRAW = "withdraw", "撤回"


V, VE = VersionState, VersionEvent
EDIT, APPROVE = ("benefits.edit",), ("benefits.approve",)

VERSION_FLOW: Flow[VersionState, VersionEvent] = Flow(
    name="政策版本",
    states=VersionState,
    events=VersionEvent,
    initial=V.DRAFT,
    final=frozenset({V.APPROVED, V.WITHDRAWN}),
    table=(
        Move(VE.EDIT, (V.DRAFT,), who=EDIT),
        Move(VE.SUBMIT, (V.DRAFT,), V.SUBMITTED, who=EDIT, note="没有错误、标准例全部通过才能提交"),
        Move(VE.RETURN, (V.SUBMITTED,), V.DRAFT, who=APPROVE),
        Move(VE.APPROVE, (V.SUBMITTED,), V.APPROVED, who=APPROVE, note="不能复核自己起草的版本"),
        Move(VE.WITHDRAW, (V.DRAFT, V.SUBMITTED), V.WITHDRAWN, who=EDIT),
    ),
)


class BatchState(Labelled):
    GENERATED = "generated", "待初核"
    REVIEWED = "reviewed", "待审定"
    DECIDED = "decided", "待公示"
    NOTICE = "notice", "公示中"
    CONSENT = "consent", "意愿确认"
    PAYING = "paying", "拨付中"
    PAID = "paid", "已拨付"
    CLOSED = "closed", "已办结"
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

    AWARDED = "awarded", "兑付"
    CUT = "cut", "封顶核减"
    EXCLUDED = "excluded", "互斥落选"
    CAPPED = "capped", "封顶落选"
    TAKEN = "taken", "本年已兑"


class LineState(Labelled):
    """Where one line stands on its way to the account."""

    LISTED = "listed", "在名单"
    OUT = "out", "不兑付"
    REMOVED = "removed", "异议移出"
    WAIVED = "waived", "企业放弃"
    AGREED = "agreed", "已确认"
    SENT = "sent", "已送拨付"
    PAID = "paid", "已到账"
    FAILED = "failed", "退汇"
    CLAWED = "clawed", "已追回"


PAYABLE = (LineState.AGREED, LineState.FAILED)


class ObjectionState(Labelled):
    OPEN = "open", "待处理"
    UPHELD = "upheld", "成立"
    REJECTED = "rejected", "不成立"
