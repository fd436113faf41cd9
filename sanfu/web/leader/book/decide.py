"""What stands in a cockpit besides figures: what was promised and comes due, and the day at one's own counter."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.module_loading import import_string

from sanfu.cases.queries import DUE, visible
from sanfu.enterprise.centre import queries as centre
from sanfu.enterprise.centre.states import AppointmentState
from sanfu.grassroots.ratings import queries as ratings
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


def counter(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The day at the own counter (我的窗口): firms by what became of their visit, matters whose rating is still to be asked for."""
    lines = []
    if actor.may("centre.serve"):
        states = Counter(one.state for one in centre.of_day(actor, day_of(now)))
        url = reverse("officer:counter")
        lines = [
            {"label": f"今天{state.label}", "count": states[state.value], "unit": "家", "url": url}
            for state in AppointmentState
            if state is not AppointmentState.CANCELLED
        ]
    if actor.may("ratings.take", "ratings.window"):
        waiting = ratings.unanswered(actor).filter(until__gte=now).count()
        lines.append(
            {
                "label": "还没有评价的办件",
                "count": waiting,
                "unit": "件",
                "url": reverse("officer:rating_asked"),
            }
        )
    return lines
