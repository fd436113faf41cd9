"""States and moves of a decision of the monthly meeting (议定事项), and what became of a promise."""

from sanfu.kernel.flow import Flow, Labelled, Move, stop


class State(Labelled):
    OPEN = "open", "办理中", "warn"
    REPORTED = "reported", "已报结果", "info"
    DONE = "done", "已销号", "ok"


class Event(Labelled):
    REPORT = "report", "报结果"
    RETURN = "return", "退回再办"
    FINISH = "finish", "销号"


class Kept(Labelled):
    """承诺: judged from facts with their source; without facts it is unknown, not broken."""

    NOT_DUE = "not_due", "未到期", "muted"
    UNKNOWN = "unknown", "待核实", "warn"
    KEPT = "kept", "已兑现", "ok"
    BROKEN = "broken", "未兑现", "danger"


S, E = State, Event
ANSWER, MEET, DUE = ("pipeline.answer",), ("pipeline.meet",), "办结"

FLOW: Flow[State, Event] = Flow(
    name="议定事项",
    states=State,
    events=Event,
    initial=S.OPEN,
    final=frozenset({S.DONE}),
    groups={"open": frozenset({S.OPEN, S.REPORTED}), "closed": frozenset({S.DONE})},
    clocks=frozenset({DUE}),
    table=(
        Move(E.REPORT, (S.OPEN,), S.REPORTED, who=ANSWER, note="责任单位写明结果"),
        Move(E.RETURN, (S.REPORTED,), S.OPEN, who=MEET, note="写明为什么不能销号；期限不变"),
        Move(E.FINISH, (S.OPEN, S.REPORTED), S.DONE, who=MEET, clocks=(stop(),)),
    ),
)


class ProjectLight(Labelled):
    """项目红黄灯: by the forecast against the baseline."""

    RED = "red", "红灯", "danger"
    AMBER = "amber", "黄灯", "warn"
    GREEN = "green", "正常", "ok"
    UNKNOWN = "unknown", "待核实"
