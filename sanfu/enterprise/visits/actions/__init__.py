"""Writes of 走访: at the desk (`desk`), and what phones send (`syncing`)."""

from sanfu.enterprise.visits.actions.desk import (
    adopt,
    change,
    confirm,
    deregistered,
    enclose,
    handed_on,
    proposed,
    settle,
    wish,
    wish_all,
)

__all__ = [
    "adopt",
    "change",
    "confirm",
    "deregistered",
    "enclose",
    "handed_on",
    "proposed",
    "settle",
    "wish",
    "wish_all",
]
