"""Writes of liaison: officers, pairs and proposals; tasks that come without being asked (无求自应)."""

from sanfu.enterprise.liaison.actions.outreach import (
    alerted,
    contacted,
    deregistered,
    entering,
    near_missed,
    passed,
    take_over,
)
from sanfu.enterprise.liaison.actions.pairs import (
    Begun,
    adopt,
    begin_pairs,
    link,
    propose,
    set_need,
    set_officer,
)
from sanfu.enterprise.liaison.actions.sheets import check_officers_sheet, check_pairs_sheet, decide_sheet

__all__ = [
    "Begun", "adopt", "alerted", "begin_pairs", "check_officers_sheet", "check_pairs_sheet", "contacted", "decide_sheet", "deregistered",
    "entering", "link", "near_missed", "passed", "propose", "set_need", "set_officer", "take_over",
]  # fmt: skip
