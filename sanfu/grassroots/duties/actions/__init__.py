"""Writes of 履职. Every one takes who acts and when, runs in one transaction and leaves one event."""

from sanfu.grassroots.duties.actions.admissions import (
    apply_admission,
    decide_admission,
    end_admissions,
    expire_admissions,
    rate,
)
from sanfu.grassroots.duties.actions.bounds import clock_rules
from sanfu.grassroots.duties.actions.lists import import_list
from sanfu.grassroots.duties.actions.rulings import adopt_rule, object_to, propose_rule, rule_on
from sanfu.grassroots.duties.actions.tasks import (
    accept,
    finish,
    judge,
    read_upload,
    recall,
    rewrite,
    save_document,
    send,
    withdraw,
)

__all__ = [
    "accept",
    "adopt_rule",
    "apply_admission",
    "clock_rules",
    "decide_admission",
    "end_admissions",
    "expire_admissions",
    "finish",
    "import_list",
    "judge",
    "object_to",
    "propose_rule",
    "rate",
    "read_upload",
    "recall",
    "rewrite",
    "rule_on",
    "save_document",
    "send",
    "withdraw",
]
