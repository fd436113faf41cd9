"""Where every project stands (项目现状): stage, light, next milestone, for the list that a leader opens."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from sanfu.projects.pipeline.content import limits
from sanfu.projects.pipeline.models import Milestone, Project
from sanfu.projects.pipeline.queries import forecasts, projects, told_of_rows
from sanfu.projects.pipeline.rules import MILESTONES, likely_same, stage_of
from sanfu.projects.pipeline.states import ProjectLight
from sanfu.records.actor import Actor
from sanfu.records.models import Event

ORDER = {ProjectLight.RED: 0, ProjectLight.AMBER: 1, ProjectLight.UNKNOWN: 2, ProjectLight.GREEN: 3}


def standing(actor: Actor, today: date) -> list[dict[str, Any]]:
    """The reader's projects with stage, light, why, next milestone and its day; those that need a look come first."""
    rows = list(projects(actor).prefetch_related("milestones", "blockers", "promises"))
    told = _told(actor.region, today, _newest(actor.region))
    doubled = {second for _, second, _ in likely_same([(r.number, r.code, r.name, r.owner) for r in rows])}
    threshold = Decimal(limits()["重大项目门槛万元"])
    out = [_row(row, told.get(row.number, {}), today) for row in rows]
    for row, shown in zip(rows, out, strict=True):
        shown["counted"] = row.total >= threshold and row.number not in doubled
    return sorted(out, key=lambda one: (ORDER.get(one["light"], 9), one["number"]))


def _newest(region: str) -> str:
    """How many events the register has and when the last was written: while both stand, no light has changed."""
    rows = Event.objects.filter(region=region, kind__startswith="pipeline.")
    seen = rows.aggregate(count=Count("id"), last=Max("recorded_at"))
    return f"{seen['count']} {seen['last']}"


@lru_cache(maxsize=16)
def _told(region: str, today: date, newest: str) -> dict[str, dict[str, Any]]:
    """Light and reason by number. Forecasts of a whole county take a second, so a day's answer is kept."""
    rows = list(
        Project.objects.filter(region=region)
        .select_related("unit")
        .prefetch_related("milestones", "blockers")
    )
    month = today.isoformat()[:7]
    return {one["number"]: one for one in told_of_rows(rows, month, today, forecasts(rows, today))}


def _row(row: Project, told: dict[str, Any], today: date) -> dict[str, Any]:
    marks = {mark.name: mark for mark in row.milestones.all()}
    actual = {name: mark.actual for name, mark in marks.items()}
    coming = next((marks[n] for n in MILESTONES if n in marks and marks[n].actual is None), None)
    day = _day_of(coming, today) if coming else None
    return {
        "id": row.id, "number": row.number, "name": row.name, "unit__short": row.unit.short, "tier": row.tier,
        "total": row.total, "code": row.code, "owner": row.owner, "at": row.at,
        "stage": stage_of(actual, any(one.fact is not None for one in row.promises.all())),
        "light": told.get("light", ProjectLight.UNKNOWN), "why": told.get("why", ""),
        "next": coming.name if coming else "", "next_day": day, "late": bool(day and day < today),
    }  # fmt: skip


def _day_of(mark: Milestone, today: date) -> date | None:
    """The day a milestone is awaited: its forecast while that lies ahead, else the plan, else the baseline."""
    return (mark.forecast if mark.forecast and mark.forecast >= today else None) or mark.plan or mark.baseline
