"""States of a facts file (事实文件): checked first, then kept or dropped by a person."""

from sanfu.kernel.flow import Flow, Labelled, Move


class ImportState(Labelled):
    CHECKED = "checked", "待确认"
    KEPT = "kept", "已入档"
    DROPPED = "dropped", "已放弃"


class ImportEvent(Labelled):
    KEEP = "keep", "入档"
    DROP = "drop", "放弃"


I, E = ImportState, ImportEvent

IMPORT_FLOW: Flow[ImportState, ImportEvent] = Flow(
    name="事实文件",
    states=ImportState,
    events=ImportEvent,
    initial=I.CHECKED,
    final=frozenset({I.KEPT, I.DROPPED}),
    table=(
        Move(E.KEEP, (I.CHECKED,), I.KEPT, who=("benefits.batch", "benefits.edit")),
        Move(E.DROP, (I.CHECKED,), I.DROPPED, who=("benefits.batch", "benefits.edit")),
    ),
)
