"""States and moves of a duty task (履职任务) and of an admission (职责准入)."""

from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop
from sanfu.lists.versions.states import Matter

DUTY_LIST = Matter(
    "履职清单",
    event="duties.list",
    edit=("duties.edit",),
    approve=("lists.approve",),
    key=("town_id",),
    consult=True,
)


class DocumentState(Labelled):
    """文稿: what the drafter has done with it."""

    CHECKED = "checked", "已预检", "info"
    SENT = "sent", "已下发", "ok"
    WITHDRAWN = "withdrawn", "已撤回"


class TaskState(Labelled):
    ISSUED = "issued", "待签收", "warn"
    HANDLING = "handling", "办理中", "info"
    OBJECTED = "objected", "异议待裁", "warn"
    RETURNED = "returned", "已退回部门"
    DONE = "done", "已办结", "ok"
    WITHDRAWN = "withdrawn", "已撤回"


class TaskEvent(Labelled):
    ACCEPT = "accept", "接办"
    OBJECT = "object", "提出异议"
    UPHOLD = "uphold", "异议成立"
    PART = "part", "部分成立"
    REJECT = "reject", "维持下发"
    FINISH = "finish", "办结"
    WITHDRAW = "withdraw", "撤回"


class Ruling(Labelled):
    """裁定结论."""

    OPEN = "open", "待裁定", "warn"
    UPHELD = "upheld", "异议成立，退回部门", "danger"
    PART = "part", "部分成立", "warn"
    REJECTED = "rejected", "维持下发", "ok"


class AdmissionState(Labelled):
    """职责准入申请."""

    APPLIED = "applied", "待审", "warn"
    APPROVED = "approved", "已准入", "ok"
    REFUSED = "refused", "未准入", "danger"
    EXPIRED = "expired", "到期清退"


SIGNING, HANDLING, RULING = "签收", "办理", "裁定"
S, E = TaskState, TaskEvent
TOWN, STEWARD, SENDER = ("duties.receive",), ("duties.rule",), ("duties.send",)

TASK_FLOW: Flow[TaskState, TaskEvent] = Flow(
    name="履职任务",
    states=TaskState,
    events=TaskEvent,
    initial=S.ISSUED,
    final=frozenset({S.RETURNED, S.DONE, S.WITHDRAWN}),
    groups={
        "open": frozenset({S.ISSUED, S.HANDLING, S.OBJECTED}),
        "closed": frozenset({S.RETURNED, S.DONE, S.WITHDRAWN}),
    },
    clocks=frozenset({SIGNING, HANDLING, RULING}),
    guards=frozenset(),
    table=(
        Move(E.ACCEPT, (S.ISSUED,), S.HANDLING, who=TOWN, clocks=(stop(SIGNING),)),
        Move(
            E.OBJECT,
            (S.ISSUED, S.HANDLING),
            S.OBJECTED,
            who=("duties.object",),
            clocks=(stop(SIGNING), pause(HANDLING), start(RULING)),
            note="异议期间镇的时钟暂停",
        ),
        Move(E.UPHOLD, (S.OBJECTED,), S.RETURNED, who=STEWARD, clocks=(stop(),), note="退回部门改写或走准入"),
        Move(E.PART, (S.OBJECTED,), S.HANDLING, who=STEWARD, clocks=(stop(RULING), resume(HANDLING))),
        Move(E.REJECT, (S.OBJECTED,), S.HANDLING, who=STEWARD, clocks=(stop(RULING), resume(HANDLING))),
        Move(E.FINISH, (S.HANDLING,), S.DONE, who=TOWN, clocks=(stop(),)),
        Move(
            E.WITHDRAW,
            (S.ISSUED, S.HANDLING),
            S.WITHDRAWN,
            who=SENDER,
            clocks=(stop(),),
            note="异议待裁的由裁定决定",
        ),
    ),
)


class DutyChange(Labelled):
    """清单变化: what happened to one item between two versions."""

    ADDED = "新增", "新增", "ok"
    REMOVED = "删除", "删除", "danger"
    TEXT = "文字改变", "文字改变", "info"
    TYPE = "类型改变", "类型改变", "warn"
