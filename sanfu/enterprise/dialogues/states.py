"""States of a session (一期面对面) and of a promise (会上承诺)."""

from sanfu.kernel.flow import Labelled


class SessionState(Labelled):
    """一期: how far it is."""

    DRAFT = "draft", "筹备", "warn"
    FROZEN = "frozen", "名单已公布，待抽签", "info"
    DRAWN = "drawn", "已抽签", "ok"


class PromiseState(Labelled):
    """承诺: kept or not; who says so is the owner, with what was done."""

    OPEN = "open", "待兑现", "warn"
    KEPT = "kept", "已兑现", "ok"
