"""Stages of a firm on its way to a listing (上市后备), and of a compliance certificate (合规证明)."""

from sanfu.kernel.flow import Flow, Labelled, Move


class ListingState(Labelled):
    """Where a firm stands."""

    POOL = "pool", "入库培育", "info"
    REFORM = "reform", "股改", "info"
    TUTOR = "tutor", "上市辅导", "info"
    FILED = "filed", "申报审核", "warn"
    PASSED = "passed", "待发行", "warn"
    LISTED = "listed", "已上市", "ok"
    LEFT = "left", "已退出"
    LAPSED = "lapsed", "企业已注销，终止"


class ListingEvent(Labelled):
    """What moves it on."""

    REFORM = "reform", "启动股改"
    TUTOR = "tutor", "辅导备案"
    FILE = "file", "申报受理"
    PASS = "pass", "注册通过"
    LIST = "list", "发行上市"
    BLOCK = "block", "记录阻滞"
    FREE = "free", "解除阻滞"
    ASK = "ask", "一次申请合规证明"
    PROVE = "prove", "出具合规证明"
    LEAVE = "leave", "退出后备"
    LAPSE = "lapse", "企业注销，终止"


class ProofState(Labelled):
    """合规证明."""

    ASKED = "asked", "待出具", "warn"
    ISSUED = "issued", "已出具", "ok"
    HELD = "held", "不能出具", "danger"


S, E = ListingState, ListingEvent
OFFICER, UNIT = ("capital.work",), ("capital.prove",)
OPEN = (S.POOL, S.REFORM, S.TUTOR, S.FILED, S.PASSED)
NEXT = {
    E.REFORM: (S.POOL, S.REFORM),
    E.TUTOR: (S.REFORM, S.TUTOR),
    E.FILE: (S.TUTOR, S.FILED),
    E.PASS: (S.FILED, S.PASSED),
    E.LIST: (S.PASSED, S.LISTED),
}

LISTING_FLOW: Flow[ListingState, ListingEvent] = Flow(
    name="上市后备",
    states=ListingState,
    events=ListingEvent,
    initial=S.POOL,
    final=frozenset({S.LISTED, S.LEFT, S.LAPSED}),
    groups={"open": frozenset(OPEN), "closed": frozenset({S.LISTED, S.LEFT, S.LAPSED})},
    clocks=frozenset(),
    guards=frozenset(),
    table=(
        *(Move(event, (source,), target, who=OFFICER) for event, (source, target) in NEXT.items()),
        Move(E.BLOCK, OPEN, who=OFFICER, note="写明卡在哪里、由谁解决；再写一次就是更新"),
        Move(E.FREE, OPEN, who=OFFICER),
        Move(E.ASK, OPEN, who=OFFICER, note="各部门同时收到，不用企业逐家跑"),
        Move(E.PROVE, OPEN, who=UNIT, note="只办本部门的那一份；整改后可以更正"),
        Move(E.LEAVE, OPEN, S.LEFT, who=OFFICER, note="写明原因"),
        Move(E.LAPSE, OPEN, S.LAPSED, note="由企业注销带来"),
    ),
)


class Answer(Labelled):
    """结论: how a firm stands to one clause of a board or a fund."""

    MET = "met", "满足", "ok"
    MISSED = "missed", "不满足", "danger"
    UNKNOWN = "unknown", "不清楚", "warn"
