"""Levels and ways of a rating (好差评), and the moves of what a bad one sets going (差评整改)."""

from sanfu.kernel.flow import Flow, Labelled, Move, start, stop

BAD = 2  # levels 1 and 2 are bad ratings (差评)
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


class Way(Labelled):
    """评价渠道: how the rating reached us."""

    WEB = "web", "网上"
    QR = "qr", "扫码"
    COUNTER = "counter", "窗口评价器"
    PHONE = "phone", "电话代录"
    CALLBACK = "callback", "回访"


class RemedyState(Labelled):
    VERIFY = "verify", "待核实", "warn"
    REMEDY = "remedy", "待整改", "warn"
    CHECK = "check", "待复核", "info"
    DONE = "done", "整改完成", "ok"
    UNFOUNDED = "unfounded", "核实不属实"


class RemedyEvent(Labelled):
    CONFIRM = "confirm", "核实属实，转整改"
    DISMISS = "dismiss", "核实不属实"
    ANSWER = "answer", "整改答复"
    ACCEPT = "accept", "复核通过"
    AGAIN = "again", "退回再改"


S, E = RemedyState, RemedyEvent
VERIFYING, MENDING = "核实", "整改"
STEWARD, UNIT = ("ratings.manage",), ("ratings.remedy",)

REMEDY_FLOW: Flow[RemedyState, RemedyEvent] = Flow(
    name="差评整改",
    states=RemedyState,
    events=RemedyEvent,
    initial=S.VERIFY,
    final=frozenset({S.DONE, S.UNFOUNDED}),
    groups={
        "open": frozenset({S.VERIFY, S.REMEDY, S.CHECK}),
        "closed": frozenset({S.DONE, S.UNFOUNDED}),
    },
    clocks=frozenset({VERIFYING, MENDING}),
    table=(
        Move(
            E.CONFIRM,
            (S.VERIFY,),
            S.REMEDY,
            who=STEWARD,
            clocks=(stop(VERIFYING), start(MENDING)),
            note="转给承办单位的话里不写是谁评的",
        ),
        Move(
            E.DISMISS, (S.VERIFY,), S.UNFOUNDED, who=STEWARD, clocks=(stop(),), note="评价保留，写明核实情况"
        ),
        Move(E.ANSWER, (S.REMEDY,), S.CHECK, who=UNIT, clocks=(stop(MENDING),)),
        Move(E.ACCEPT, (S.CHECK,), S.DONE, who=STEWARD, clocks=(stop(),)),
        Move(E.AGAIN, (S.CHECK,), S.REMEDY, who=STEWARD, clocks=(start(MENDING),)),
    ),
)
