"""States of a contact between a need and an offer (产学研对接), of needs and of uploads."""

from sanfu.kernel.flow import Flow, Labelled, Move, stop

CONTACT = "首次联系"


class ContactState(Labelled):
    """产学研对接: how far it is."""

    PROPOSED = "proposed", "待联系", "warn"
    TALKING = "talking", "洽谈中", "info"
    SIGNED = "signed", "已签约，履约中", "info"
    DONE = "done", "已验收", "ok"
    FAILED = "failed", "未达成"
    LAPSED = "lapsed", "企业已注销，终止"


class ContactEvent(Labelled):
    """What moves it on."""

    START = "start", "建立联系"
    SIGN = "sign", "签订合同"
    REACH = "reach", "里程碑完成"
    FINISH = "finish", "验收"
    FAIL = "fail", "终止对接"
    LAPSE = "lapse", "企业注销，终止"


class NeedState(Labelled):
    """技术需求."""

    OPEN = "open", "征集供给", "info"
    CLOSED = "closed", "已撤下"


class UploadState(Labelled):
    """供给导入."""

    CHECKED = "checked", "已检查，待确认", "warn"
    KEPT = "kept", "已入库", "ok"
    DROPPED = "dropped", "已放弃"


S, E = ContactState, ContactEvent
BROKER = ("research.work",)

CONTACT_FLOW: Flow[ContactState, ContactEvent] = Flow(
    name="产学研对接",
    states=ContactState,
    events=ContactEvent,
    initial=S.PROPOSED,
    final=frozenset({S.DONE, S.FAILED, S.LAPSED}),
    groups={
        "open": frozenset({S.PROPOSED, S.TALKING, S.SIGNED}),
        "closed": frozenset({S.DONE, S.FAILED, S.LAPSED}),
    },
    clocks=frozenset({CONTACT}),
    guards=frozenset(),
    table=(
        Move(E.START, (S.PROPOSED,), S.TALKING, who=BROKER, clocks=(stop(CONTACT),)),
        Move(E.SIGN, (S.TALKING,), S.SIGNED, who=BROKER, note="登记合同和里程碑"),
        Move(E.REACH, (S.SIGNED,), who=BROKER, note="按到期先后，一次登记一个"),
        Move(E.FINISH, (S.SIGNED,), S.DONE, who=BROKER, note="里程碑都完成后才能验收"),
        Move(E.FAIL, (S.PROPOSED, S.TALKING, S.SIGNED), S.FAILED, who=BROKER, clocks=(stop(),), note="写明原因"),
        Move(E.LAPSE, (S.PROPOSED, S.TALKING, S.SIGNED), S.LAPSED, clocks=(stop(),), note="由企业注销带来"),
    ),
)  # fmt: skip
