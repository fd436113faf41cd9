"""States and moves of an application for a talent programme (人才申报)."""

from sanfu.kernel.flow import Flow, Labelled, Move, pause, resume, start, stop


class State(Labelled):
    SENT = "sent", "待受理", "warn"
    CHECKING = "checking", "核实中", "info"
    ASKED = "asked", "待补充", "warn"
    GRANTED = "granted", "已通过", "ok"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


class Event(Labelled):
    ACCEPT = "accept", "受理"
    ASK = "ask", "要求补充"
    SUPPLY = "supply", "补充"
    GRANT = "grant", "通过"
    REJECT = "reject", "不通过"
    WITHDRAW = "withdraw", "撤回"


S, E = State, Event
ANSWER, OWN, HANDLING = ("talent.answer",), ("talent.own",), "办理"

FLOW: Flow[State, Event] = Flow(
    name="人才申报",
    states=State,
    events=Event,
    initial=S.SENT,
    final=frozenset({S.GRANTED, S.REJECTED, S.WITHDRAWN}),
    groups={
        "open": frozenset({S.SENT, S.CHECKING, S.ASKED}),
        "closed": frozenset({S.GRANTED, S.REJECTED, S.WITHDRAWN}),
    },
    clocks=frozenset({HANDLING}),
    table=(
        Move(E.ACCEPT, (S.SENT,), S.CHECKING, who=ANSWER, clocks=(start(HANDLING),)),
        Move(
            E.ASK,
            (S.CHECKING,),
            S.ASKED,
            who=ANSWER,
            clocks=(pause(HANDLING),),
            note="写明缺什么；补充期间停表",
        ),
        Move(E.SUPPLY, (S.ASKED,), S.CHECKING, who=OWN, clocks=(resume(HANDLING),)),
        Move(
            E.GRANT, (S.CHECKING,), S.GRANTED, who=ANSWER, clocks=(stop(),), note="规则判定不符合的不能通过"
        ),
        Move(E.REJECT, (S.CHECKING,), S.REJECTED, who=ANSWER, clocks=(stop(),), note="写明哪一条不符合"),
        Move(E.WITHDRAW, (S.SENT, S.CHECKING, S.ASKED), S.WITHDRAWN, who=OWN, clocks=(stop(),)),
    ),
)


class Fit(Labelled):
    """符合与否: what the check says of one line of an application."""

    YES = "符合", "符合", "ok"
    NO = "不符合", "不符合", "danger"
    UNKNOWN = "未知", "未知", "warn"

    @classmethod
    def tag_of(cls, answer: str) -> tuple[str, str]:
        """Word and tone; an answer in other words is muted."""
        found = cls.of(answer)
        return found.tag if found else (answer, "muted")
