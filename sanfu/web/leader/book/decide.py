"""What a leader decides from besides figures: what was promised and comes due, and where the open orders lie."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.module_loading import import_string

from sanfu.cases.queries import DUE, visible
from sanfu.measure.weekly import promised
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of
from sanfu.records.wires import case_kinds

AHEAD = timedelta(days=7)
SHOWN = 6


def coming(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Cases of every kind whose limit runs out within a week, the nearest first, in one question to the database."""
    kinds = {kind.code: kind for kind in case_kinds().values() if kind.page}
    columns = ("id", "kind", "number", "title", "lead__short", "due_at")
    first, *others = [
        visible(actor, kind.code, import_string(kind.scope))
        .filter(DUE, due_at__gte=now, due_at__lt=now + AHEAD)
        .order_by("due_at")
        .values(*columns)[:SHOWN]
        for kind in kinds.values()
    ]
    rows = sorted(first.union(*others, all=True), key=lambda row: row["due_at"])[:SHOWN]
    return [
        row | {"label": kinds[row["kind"]].label, "url": reverse(kinds[row["kind"]].page, args=[row["id"]])}
        for row in rows
    ]


def promises(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """What was promised to firms in meetings and is due within two weeks or past its day."""
    return [
        one | {"url": reverse("officer:session", args=[one["session"]])}
        for one in promised(actor, day_of(now))
    ]
