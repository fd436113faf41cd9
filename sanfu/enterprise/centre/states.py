"""States of an appointment (预约) and of a hand-over to an agent (转帮办)."""

from sanfu.kernel.flow import Flow, Labelled, Move, stop


class AppointmentState(Labelled):
    """预约、排队."""

    BOOKED = "booked", "已预约", "info"
    WAITING = "waiting", "已到，排队中", "warn"
    CALLED = "called", "正在接待", "info"
    SERVED = "served", "已办理", "ok"
    MISSED = "missed", "未到"
    CANCELLED = "cancelled", "已取消"


class HandOverState(Labelled):
    """转帮办: who has the matter in hand."""

    OPEN = "open", "待帮办接收", "warn"
    TAKEN = "taken", "帮办中", "info"
    DONE = "done", "已办结", "ok"
    RETURNED = "returned", "退回专窗", "muted"
    LAPSED = "lapsed", "企业已注销，终止"


class HandOverEvent(Labelled):
    """What moves it on."""

    TAKE = "take", "接收帮办"
    NOTE = "note", "记录进展"
    FINISH = "finish", "办结"
    RETURN = "return", "退回专窗"
    LAPSE = "lapse", "企业注销，终止"


TAKING = "接收"
S, E = HandOverState, HandOverEvent
HELPER = ("centre.help",)

HANDOVER_FLOW: Flow[HandOverState, HandOverEvent] = Flow(
    name="转帮办",
    states=HandOverState,
    events=HandOverEvent,
    initial=S.OPEN,
    final=frozenset({S.DONE, S.RETURNED, S.LAPSED}),
    groups={"open": frozenset({S.OPEN, S.TAKEN}), "closed": frozenset({S.DONE, S.RETURNED, S.LAPSED})},
    clocks=frozenset({TAKING}),
    guards=frozenset(),
    table=(
        Move(E.TAKE, (S.OPEN,), S.TAKEN, who=HELPER, clocks=(stop(TAKING),)),
        Move(E.NOTE, (S.TAKEN,), who=HELPER, note="写明办到哪一步、还差什么"),
        Move(E.FINISH, (S.TAKEN,), S.DONE, who=HELPER, note="写明结果和交给企业的东西"),
        Move(
            E.RETURN, (S.OPEN, S.TAKEN), S.RETURNED, who=HELPER, clocks=(stop(),), note="写明为什么不能帮办"
        ),
        Move(E.LAPSE, (S.OPEN, S.TAKEN), S.LAPSED, clocks=(stop(),), note="由企业注销带来"),
    ),
)
