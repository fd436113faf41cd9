"""What waits in lists: versions to approve or publish, drafts to submit, next year's holidays to load (待办)."""

from datetime import datetime

from django.urls import reverse

from sanfu.lists import queries
from sanfu.lists.states import ListKind
from sanfu.lists.versions import VersionState
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of
from sanfu.web.pieces.calendar import missing_notice
from sanfu.web.todos import LOOKED_AT, Todo, Waiting

# (permission, state, label, not for those who edited it)
_ASKED = (
    ("lists.approve", VersionState.WAITING, "清单版本待审核", True),
    ("lists.approve", VersionState.APPROVED, "清单版本待公布", False),
    ("lists.edit", VersionState.DRAFT, "清单草稿待送审", False),
)


def list_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Versions of the responsibility list that wait for this person."""
    found: list[Todo] = []
    for permission, state, label, by_another in _ASKED:
        if not actor.may(permission):
            continue
        rows = queries.versions(actor.region, ListKind.REQUESTS).filter(state=state)
        if by_another:
            rows = rows.exclude(editors__contains=[actor.id])
        first = tuple(
            Waiting(f"{one.title} 第{one.number}版", reverse("manage:list_version", args=[one.pk]))
            for one in rows.order_by("created_at")[:LOOKED_AT]
        )
        found.append(
            Todo(label, rows.count(), reverse("manage:list_index"), "list-checks", "warn", first=first)
        )
    return found


def calendar_todos(actor: Actor, now: datetime) -> list[Todo]:
    """For the administrator: load next year's holidays, until then its dates are 暂算."""
    year = missing_notice(day_of(now))
    if year is None or not actor.may("people.manage"):
        return []
    url = reverse("officer:bases")
    first = (Waiting(f"国务院办公厅关于{year}年部分节假日安排的通知", url),)
    return [Todo(f"{year} 年放假安排待载入", 1, url, "calendar", "warn", "载入前跨年的期限按暂算", first)]
