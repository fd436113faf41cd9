"""States and moves of a lead (招商线索): the table that runs is the table that is drawn."""

from sanfu.kernel.flow import Flow, Labelled, Move, start, stop


class State(Labelled):
    HELD = "held", "首报保护", "info"
    BEHIND = "behind", "后报", "warn"
    TALKS = "talks", "在谈", "info"
    REVIEW = "review", "评审中", "warn"
    SIGNED = "signed", "已签约", "ok"
    RELEASED = "released", "已释放"
    LOST = "lost", "未成"


class Event(Labelled):
    YIELD = "yield", "记为后报"
    RISE = "rise", "递补为首报"
    AWARD = "award", "裁定归属"
    PROGRESS = "progress", "报进展"
    TALK = "talk", "进入在谈"
    REVIEW = "review", "提交评审"
    SIGN = "sign", "签约"
    TRANSFER = "transfer", "转让"
    RELEASE = "release", "静默释放"
    LOSE = "lose", "终止"


S, E = State, Event
DO, RULE, SILENCE = ("leads.do",), ("leads.rule",), "静默"
STANDING = (S.HELD, S.TALKS, S.REVIEW)

FLOW: Flow[State, Event] = Flow(
    name="招商线索",
    states=State,
    events=Event,
    initial=S.HELD,
    final=frozenset({S.SIGNED, S.RELEASED, S.LOST}),
    groups={
        "open": frozenset({S.HELD, S.BEHIND, S.TALKS, S.REVIEW}),
        "closed": frozenset({S.SIGNED, S.RELEASED, S.LOST}),
    },
    clocks=frozenset({SILENCE}),
    table=(
        Move(E.YIELD, STANDING, S.BEHIND, clocks=(stop(),), note="另一板块先报，或统筹裁定"),
        Move(E.RISE, (S.BEHIND,), S.HELD, clocks=(start(SILENCE),), note="首报释放或终止后，最早的后报递补"),
        Move(
            E.AWARD, (S.BEHIND,), S.HELD, who=RULE, clocks=(start(SILENCE),), note="写明理由；原首报转为后报"
        ),
        Move(E.PROGRESS, STANDING, who=DO, clocks=(start(SILENCE),), note="写明进展和证据，静默重新起算"),
        Move(E.TALK, (S.HELD,), S.TALKS, who=DO, clocks=(start(SILENCE),)),
        Move(E.REVIEW, (S.TALKS,), S.REVIEW, who=DO, clocks=(start(SILENCE),)),
        Move(E.SIGN, (S.REVIEW,), S.SIGNED, who=DO, clocks=(stop(),), note="有约束力的协议，框架协议不算"),
        Move(E.TRANSFER, STANDING, who=DO, clocks=(start(SILENCE),), note="双方分享成效"),
        Move(E.RELEASE, (S.HELD, S.TALKS), S.RELEASED, clocks=(stop(),), note="到期没有新进展"),
        Move(E.LOSE, (S.BEHIND, *STANDING), S.LOST, who=DO, clocks=(stop(),)),
    ),
)
