"""Promises that wait for their owner (待办)."""

from datetime import datetime

from django.urls import reverse

from sanfu.enterprise.dialogues import queries
from sanfu.records.actor import Actor
from sanfu.web.todos import LOOKED_AT, Todo, Waiting


def promise_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Open promises of the own unit, the earliest day first."""
    if not actor.may("dialogues.keep"):
        return []
    rows = queries.own_promises(actor)
    first = tuple(
        Waiting(f"{one.text}（{one.due} 前）", reverse("officer:session", args=[one.session_id]))
        for one in rows[:LOOKED_AT]
    )
    return [
        Todo("待兑现的会上承诺", rows.count(), reverse("officer:sessions"), "handshake", "warn", first=first)
    ]
