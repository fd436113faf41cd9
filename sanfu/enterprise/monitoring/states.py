"""States of alerts, data-quality issues and uploads."""

from sanfu.kernel.flow import Flow, Labelled, Move, stop

VERIFYING = "核查"


class AlertState(Labelled):
    """企业预警."""

    OPEN = "open", "待核查", "warn"
    WATCHED = "watched", "继续观察", "info"
    CONFIRMED = "confirmed", "属实，处置中", "danger"
    SETTLED = "settled", "属实，已处置", "ok"
    REJECTED = "rejected", "误报"
    LAPSED = "lapsed", "企业已注销，终止"


class AlertEvent(Labelled):
    """What an officer finds out."""

    CONFIRM = "confirm", "属实"
    REJECT = "reject", "误报"
    WATCH = "watch", "继续观察"
    SETTLE = "settle", "已处置"
    LAPSE = "lapse", "企业注销，终止"


class IssueState(Labelled):
    """数据质量问题."""

    OPEN = "open", "待核对", "warn"
    TRUE = "true", "数据属实", "ok"
    WRONG = "wrong", "确为错误"


class UploadState(Labelled):
    """月度数据导入."""

    CHECKED = "checked", "已检查，待确认", "warn"
    KEPT = "kept", "已入库", "ok"
    DROPPED = "dropped", "已放弃"


S, E = AlertState, AlertEvent
OFFICER = ("monitoring.verify",)

ALERT_FLOW: Flow[AlertState, AlertEvent] = Flow(
    name="企业预警",
    states=AlertState,
    events=AlertEvent,
    initial=S.OPEN,
    final=frozenset({S.SETTLED, S.REJECTED, S.LAPSED}),
    groups={
        "open": frozenset({S.OPEN, S.WATCHED, S.CONFIRMED}),
        "closed": frozenset({S.SETTLED, S.REJECTED, S.LAPSED}),
    },
    clocks=frozenset({VERIFYING}),
    guards=frozenset(),
    table=(
        Move(E.CONFIRM, (S.OPEN, S.WATCHED), S.CONFIRMED, who=OFFICER, clocks=(stop(VERIFYING),)),
        Move(E.REJECT, (S.OPEN, S.WATCHED), S.REJECTED, who=OFFICER, clocks=(stop(),)),
        Move(E.WATCH, (S.OPEN,), S.WATCHED, who=OFFICER, clocks=(stop(VERIFYING),)),
        Move(E.SETTLE, (S.CONFIRMED,), S.SETTLED, who=OFFICER, clocks=(stop(),)),
        Move(E.LAPSE, (S.OPEN, S.WATCHED, S.CONFIRMED), S.LAPSED, clocks=(stop(),), note="由企业注销带来"),
    ),
)
