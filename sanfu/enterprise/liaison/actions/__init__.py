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
from sanfu.enterprise.liaison.actions.pairs import adopt, begin_pairs, link, propose, set_need, set_officer

__all__ = [
    "adopt", "alerted", "begin_pairs", "contacted", "deregistered", "entering", "link", "near_missed", "passed", "propose", "set_need",
    "set_officer", "take_over",
]  # fmt: skip
