"""States of a facts file (事实文件): checked first, then kept or dropped by a person."""

from sanfu.kernel.flow import Flow, Labelled, Move


class ImportState(Labelled):
    CHECKED = "checked", "待确认", "warn"
    KEPT = "kept", "已入档", "ok"
    DROPPED = "dropped", "已放弃"


class ImportEvent(Labelled):
    KEEP = "keep", "入档"
    DROP = "drop", "放弃"


S, E = ImportState, ImportEvent

IMPORT_FLOW: Flow[ImportState, ImportEvent] = Flow(
    name="事实文件",
    states=ImportState,
    events=ImportEvent,
    initial=S.CHECKED,
    final=frozenset({S.KEPT, S.DROPPED}),
    table=(
        Move(E.KEEP, (S.CHECKED,), S.KEPT, who=("benefits.batch", "benefits.edit")),
        Move(E.DROP, (S.CHECKED,), S.DROPPED, who=("benefits.batch", "benefits.edit")),
    ),
)


class Purpose(Labelled):
    """查看事由: why somebody opens a firm's record; the firm reads it."""

    VISIT = "visit", "走访准备"
    BENEFIT = "benefit", "政策兑付"
    DEMAND = "demand", "诉求办理"
    ALERT = "alert", "预警核查"
    DATA = "data", "数据维护"
