"""States and moves of a firm's demand (企业诉求) and of a common topic (共性诉求)."""

from sanfu.kernel.flow import Flow, Labelled, Move, start, stop


class DemandState(Labelled):
    NEW = "new", "待研判", "warn"
    ROUTED = "routed", "待签收", "warn"
    HANDLING = "handling", "办理中", "info"
    REPLIED = "replied", "待回访", "warn"
    DONE = "done", "已办结", "ok"
    MERGED = "merged", "已并案"
    REFUSED = "refused", "不予受理"
    WITHDRAWN = "withdrawn", "企业撤回"
    LAPSED = "lapsed", "企业已注销，终止"


class DemandEvent(Labelled):
    ROUTE = "route", "研判派单"
    SIGN = "sign", "签收"
    RETURN = "return", "退回研判"
    REPLY = "reply", "答复"
    CONFIRM = "confirm", "回访：已解决"
    EXPLAIN = "explain", "回访：未解决，已说明"
    REDO = "redo", "回访：不满意，重办"
    MERGE = "merge", "并入另一件"
    REFUSE = "refuse", "不予受理"
    WITHDRAW = "withdraw", "撤回"
    LAPSE = "lapse", "企业注销，终止"


class TopicState(Labelled):
    """共性诉求: what becomes of it."""

    OPEN = "open", "收集中", "info"
    TASKED = "tasked", "已提政策修订任务", "warn"
    CHANGED = "changed", "政策已修订", "ok"


RESPOND, HANDLING, CALLBACK = "响应", "办结", "回访"
S, E = DemandState, DemandEvent
DESK, UNIT, CALLER = ("demands.route",), ("demands.handle",), ("demands.callback",)

DEMAND_FLOW: Flow[DemandState, DemandEvent] = Flow(
    name="企业诉求",
    states=DemandState,
    events=DemandEvent,
    initial=S.NEW,
    final=frozenset({S.DONE, S.MERGED, S.REFUSED, S.WITHDRAWN, S.LAPSED}),
    groups={
        "open": frozenset({S.NEW, S.ROUTED, S.HANDLING, S.REPLIED}),
        "closed": frozenset({S.DONE, S.MERGED, S.REFUSED, S.WITHDRAWN, S.LAPSED}),
    },
    clocks=frozenset({RESPOND, HANDLING, CALLBACK}),
    guards=frozenset(),
    table=(
        Move(E.ROUTE, (S.NEW,), S.ROUTED, who=DESK, clocks=(start(HANDLING),)),
        Move(E.MERGE, (S.NEW,), S.MERGED, who=DESK, clocks=(stop(),), note="指明并入的编号，企业能看到"),
        Move(E.REFUSE, (S.NEW,), S.REFUSED, who=DESK, clocks=(stop(),), note="写明理由，企业能看到"),
        Move(E.SIGN, (S.ROUTED,), S.HANDLING, who=UNIT, clocks=(stop(RESPOND),)),
        Move(E.RETURN, (S.ROUTED,), S.NEW, who=UNIT, clocks=(stop(HANDLING),), note="写明不属于本单位的理由"),
        Move(E.REPLY, (S.HANDLING,), S.REPLIED, who=UNIT, clocks=(stop(HANDLING), start(CALLBACK))),
        Move(E.CONFIRM, (S.REPLIED,), S.DONE, who=CALLER, clocks=(stop(),)),
        Move(E.EXPLAIN, (S.REPLIED,), S.DONE, who=CALLER, clocks=(stop(),), note="计入办结，不计入实际解决"),
        Move(E.REDO, (S.REPLIED,), S.HANDLING, who=CALLER, clocks=(stop(CALLBACK), start(HANDLING))),
        Move(E.WITHDRAW, (S.NEW, S.ROUTED, S.HANDLING), S.WITHDRAWN, who=("demands.own",), clocks=(stop(),)),
        Move(
            E.LAPSE,
            (S.NEW, S.ROUTED, S.HANDLING, S.REPLIED),
            S.LAPSED,
            clocks=(stop(),),
            note="由企业注销带来",
        ),
    ),
)
