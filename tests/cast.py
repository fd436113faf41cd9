"""The cast of the demo county at work: their sessions, what they see, and the cases on their desks."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from sanfu.adapters.demo_cast import read_cast
from sanfu.cases.models import Case
from sanfu.cases.queries import visible
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor
from sanfu.records.manifest import CaseKind
from sanfu.records.wires import case_kinds

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # the moment at which the county of these tests is made
CONTENT = Path(settings.CONTENT)
CAST = [row["login"] for row in read_cast(CONTENT)]
KINDS = list(case_kinds().values())


@cache
def page_of(login: str) -> Client:
    """A signed-in session of one of the cast; clear the cache when the test ends."""
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


@cache
def who(login: str) -> Actor:
    """One of the cast on the day of the county; clear the cache when the county goes."""
    return actor_of(User.objects.get(login=login), on=NOW.date())


def seen(actor: Actor, kind: CaseKind) -> "QuerySet[Case]":
    """The cases of a kind that somebody sees."""
    if kind.seen:
        return import_string(kind.seen)(actor, NOW.date())
    return visible(actor, kind.code, import_string(kind.scope))


def some(kind: CaseKind) -> list[Case]:
    """One case in each state that the demo county has."""
    rows = Case.objects.filter(kind=kind.code).order_by("state", "opened_at", "id").distinct("state")
    return list(rows)
