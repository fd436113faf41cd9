"""Writes of 好差评."""

from sanfu.grassroots.ratings.actions.asking import ask, invite
from sanfu.grassroots.ratings.actions.giving import Said, give, give_by_phone, heard
from sanfu.grassroots.ratings.actions.remedies import accept, again, answer, confirm, dismiss

__all__ = [
    "Said",
    "accept",
    "again",
    "answer",
    "ask",
    "confirm",
    "dismiss",
    "give",
    "give_by_phone",
    "heard",
    "invite",
]
