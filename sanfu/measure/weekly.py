"""周报 (weekly report): what came in and was finished, what is late and who holds it, what comes due; within the scope."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.cases.queries import DUE, OPEN, visible
from sanfu.enterprise.dialogues.queries import promises
from sanfu.enterprise.dialogues.states import PromiseState
from sanfu.records.actor import Actor
from sanfu.records.manifest import CaseKind
from sanfu.records.moments import begin_of, day_of
from sanfu.records.wires import case_kinds

WEEK = timedelta(days=7)
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of case in the week: opened and finished with the week before, open and late at its end, due next week."""

    label: str
    opened: int
    opened_before: int
    closed: int
    closed_before: int
    open: int
    late: int
    due: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """The report of the week that begins on `monday`; `at`: the moment that open and late are of."""

    monday: date
    at: datetime
    lines: tuple[Line, ...]
    holders: tuple[tuple[str, int], ...]
    pressing: tuple[dict[str, Any], ...]
    promised: tuple[dict[str, Any], ...]

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)

    @property
    def sentences(self) -> list[str]:
        """The report in three sentences."""
        total = {
            name: sum(getattr(line, name) for line in self.lines)
            for name in ("opened", "closed", "late", "due")
        }
        said = [f"本周新增{total['opened']}件，办结{total['closed']}件。"]
        if self.holders:
            most = "、".join(f"{name}{count}件" for name, count in self.holders[:3])
            said.append(f"超期在办{total['late']}件，较多的是{most}。")
        else:
            said.append("没有超期在办。")
        said.append(f"七天内到期{total['due']}件，企业恳谈会上的承诺待兑现{len(self.promised)}项。")
        return said


def report(actor: Actor, monday: date, now: datetime) -> Weekly:
    """The week in figures of what the actor may see; open and late are as of its end, or of now while it runs."""
    begin, end = begin_of(monday), begin_of(monday + WEEK)
    at = min(end, now)
    lines, late = [], Counter[str]()
    pressing: list[dict[str, Any]] = []
    for kind in case_kinds().values():
        rows = visible(actor, kind.code, import_string(kind.scope))
        line = _line(kind, rows, begin, end, at)
        if any((line.opened, line.closed, line.open, line.opened_before, line.closed_before)):
            lines.append(line)
        if line.late:
            overdue = rows.filter(OPEN).filter(DUE, due_at__lt=at)
            for unit, count in overdue.values_list("lead__short").annotate(n=Count("pk")).order_by():
                late[unit or ""] += count
            columns = ("id", "kind", "number", "title", "lead__short", "due_at")
            pressing += [dict(row) for row in overdue.order_by("due_at").values(*columns)[:SHOWN]]
    pressing.sort(key=lambda row: row["due_at"])
    held = tuple((name or "尚未派单", n) for name, n in late.most_common(SHOWN))
    return Weekly(monday, at, tuple(lines), held, tuple(pressing[:SHOWN]), tuple(promised(actor, day_of(at))))


def _line(kind: CaseKind, rows: "QuerySet[Case]", begin: datetime, end: datetime, at: datetime) -> Line:
    """The figures of one kind; only rows that a week touches are read."""
    touched = rows.filter(Q(opened_at__gte=begin - WEEK) | Q(closed_at__gte=begin - WEEK) | OPEN)
    open_then = Q(opened_at__lt=at) & (Q(closed_at=None) | Q(closed_at__gte=at))
    counted = touched.aggregate(
        opened=Count("pk", filter=Q(opened_at__gte=begin, opened_at__lt=end)),
        opened_before=Count("pk", filter=Q(opened_at__gte=begin - WEEK, opened_at__lt=begin)),
        closed=Count("pk", filter=Q(closed_at__gte=begin, closed_at__lt=end)),
        closed_before=Count("pk", filter=Q(closed_at__gte=begin - WEEK, closed_at__lt=begin)),
        open=Count("pk", filter=open_then),
        late=Count("pk", filter=Q(closed_at=None, due_at__lt=at)),
        due=Count("pk", filter=Q(closed_at=None, due_at__gte=at, due_at__lt=at + WEEK)),
    )
    return Line(kind.label, **counted)


def promised(actor: Actor, day: date, ahead: int = 14) -> list[dict[str, Any]]:
    """Promises of meetings with firms that are open and due within some days, or past their day; the nearest first."""
    if not actor.may("measure.see"):
        return []
    rows = promises(actor.region).filter(state=PromiseState.OPEN, due__lte=day + timedelta(days=ahead))
    return [
        {
            "text": one.text,
            "owner": one.owner.short,
            "due": one.due,
            "late": one.due < day,
            "session": one.session_id,
        }
        for one in rows[:SHOWN]
    ]
