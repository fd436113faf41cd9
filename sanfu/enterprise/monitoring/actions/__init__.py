"""Writes of monitoring, by matter: data, the monthly run, what officers find."""

from sanfu.enterprise.monitoring.actions.data import (
    add_daily,
    add_marks,
    add_readings,
    check_upload,
    decide_upload,
    receive,
    settle_issue,
)
from sanfu.enterprise.monitoring.actions.findings import (
    confirm,
    deregistered,
    labelled_by_officer,
    reject,
    settle,
    watch,
)
from sanfu.enterprise.monitoring.actions.month import ask_for_month, month_piece, run_month, set_workload

__all__ = [
    "add_daily",
    "add_marks",
    "add_readings",
    "ask_for_month",
    "check_upload",
    "confirm",
    "decide_upload",
    "deregistered",
    "labelled_by_officer",
    "month_piece",
    "receive",
    "reject",
    "run_month",
    "set_workload",
    "settle",
    "settle_issue",
    "watch",
]
