"""What waits for a person (待办): each room offers its lines, the first page sorts them by the clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.records.actor import Actor
from sanfu.records.wires import rooms

SHOWN = 8  # most urgent things on the first page
LOOKED_AT = 5  # of each line


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, with its own page."""

    title: str
    url: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do on the first page: how many, the rows behind the number, and the most urgent of them."""

    label: str
    count: int
    url: str
    icon: str
    tone: str = ""
    note: str = ""
    first: tuple[Waiting, ...] = ()  # most urgent first

    @property
    def target(self) -> str:
        """The page of the thing itself when there is only one, otherwise the list."""
        return self.first[0].url if self.count == 1 and self.first else self.url

    @property
    def due(self) -> datetime | None:
        """The most urgent due date."""
        return self.first[0].due if self.first else None


@cache
def sources() -> tuple[Callable[[Actor, datetime], list[Todo]], ...]:
    """The functions that the rooms name in their manifests (`waiting`)."""
    return tuple(import_string(name) for room in rooms() for name in room.waiting)


def todos_of(actor: Actor, now: datetime) -> list[Todo]:
    """All lines of this person, those that hurt first, then by due date."""
    found = [todo for source in sources() for todo in source(actor, now)]
    return sorted(found, key=lambda todo: (_RANK.get(todo.tone, 2), _by(todo.due)))


_RANK = {"danger": 0, "warn": 1}


def _by(due: datetime | None) -> float:
    return due.timestamp() if due else float("inf")


def most_urgent(todos: Iterable[Todo], limit: int = SHOWN) -> list[dict[str, Any]]:
    """The things that wait with the nearest due dates, over all rooms, each once; without a date, last."""
    found: dict[str, dict[str, Any]] = {}
    for todo in todos:
        for one in todo.first:
            found.setdefault(
                one.url, {"title": one.title, "url": one.url, "due": one.due, "label": todo.label}
            )
    return sorted(found.values(), key=lambda row: _by(row["due"]))[:limit]


def of_cases(
    label: str,
    rows: "QuerySet[Case]",
    *,
    url: str,
    page: str,
    icon: str,
    tone: str = "warn",
    about: Q | None = None,
    args: tuple[str, ...] = ("pk",),
) -> Todo:
    """A line over cases; `page`: address name of one, `args`: the columns that make its address."""
    waiting = rows.filter(about) if about is not None else rows
    count = waiting.count()
    return Todo(label, count, url, icon, tone, first=first_cases(waiting, page, args) if count else ())


def first_cases(
    rows: "QuerySet[Case]", page: str, args: tuple[str, ...] = ("pk",), limit: int = LOOKED_AT
) -> tuple[Waiting, ...]:
    """The cases whose earliest running clock ends first."""
    ordered = rows.order_by(F("due_at").asc(nulls_last=True), "opened_at")
    return tuple(
        Waiting(f"{number} {title}", reverse(page, args=key), due)
        for number, title, due, *key in ordered.values_list("number", "title", "due_at", *args)[:limit]
    )
