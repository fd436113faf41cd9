"""States of a wish (走访意向) and of a visit (走访)."""

from sanfu.kernel.flow import Labelled


class WishState(Labelled):
    """走访意向: what became of it."""

    OPEN = "open", "待归并", "warn"
    OWN = "own", "安排走访", "ok"
    MERGED = "merged", "并入他人走访", "ok"
    SHOWN = "shown", "执法检查，原样列示"
    LEFT = "left", "待分管领导决定", "danger"
    LAPSED = "lapsed", "企业已注销"


class VisitState(Labelled):
    """走访: how far it is."""

    PLANNED = "planned", "待走访", "warn"
    RECORDED = "recorded", "待企业确认", "info"
    CONFIRMED = "confirmed", "企业已确认", "ok"
    LAPSED = "lapsed", "企业已注销，不再走访"
