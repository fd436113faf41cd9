"""Reads of the project register: projects of the reader's unit or of the county, their light, the pack of a month."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from sanfu.kernel.forecasting.drawing import Forecast, History, day_of_finish, forecast
from sanfu.kernel.forecasting.model import Course, Stage
from sanfu.people.scope import Parts, narrow
from sanfu.projects.pipeline.content import limits
from sanfu.projects.pipeline.models import Decision, Pack, Project
from sanfu.projects.pipeline.rules import (
    MILESTONES,
    Stop,
    days_lost,
    light,
    likely_same,
    lost_by_owner,
    progress,
)
from sanfu.records.actor import Actor

PARTS = Parts(see="pipeline.see", see_all="pipeline.see_all", unit="unit_id")
LIGHTS = {"red": "红灯", "amber": "黄灯", "green": "正常", "unknown": "待核实"}


def projects(actor: Actor) -> "QuerySet[Project]":
    """Projects that the reader sees."""
    return narrow(actor, Project.objects.select_related("unit"), PARTS).order_by("number")


def project(actor: Actor, id: UUID) -> Project | None:
    """One project, or None when it is not there or not to be seen."""
    return projects(actor).filter(id=id).first()


def packs(actor: Actor) -> "QuerySet[Pack]":
    """Packs of the county; only who sees the whole county sees them."""
    rows = Pack.objects.filter(region=actor.region) if actor.may("pipeline.see_all") else Pack.objects.none()
    return rows.order_by("-month", "-edition")


def decisions(actor: Actor) -> "QuerySet[Decision]":
    """Decisions of the packs that the reader sees."""
    return Decision.objects.filter(pack__in=packs(actor)).select_related("pack").order_by("due")


def course_of(row: Project, today: date) -> Course | None:
    """The project's milestones as stages one after another; None before a first date is known."""
    marks = {mark.name: mark for mark in row.milestones.all()}
    known = [marks[name] for name in MILESTONES if name in marks and marks[name].baseline]
    if len(known) < 2 or known[0].baseline is None:
        return None
    start = known[0].actual or known[0].baseline
    stages, before_plan, before_actual, name = [], known[0].baseline, start, ""
    for mark in known[1:]:
        assert mark.baseline is not None
        took = None if mark.actual is None else float(max(0, (mark.actual - before_actual).days))
        stages.append(
            Stage(mark.name, float((mark.baseline - before_plan).days), took, (name,) if name else ())
        )
        before_plan, before_actual, name = mark.baseline, mark.actual or before_actual, mark.name
    return Course(row.number, start, tuple(stages), known[-1].actual, today, row.name)


def forecasts(rows: list[Project], today: date) -> dict[str, tuple[Course, Forecast]]:
    """Forecast of every unfinished project from the county's own, by number."""
    courses = {row.number: course for row in rows if (course := course_of(row, today)) is not None}
    history = History(list(courses.values()))
    return {
        number: (course, forecast(course, history, today))
        for number, course in courses.items()
        if course.finish is None
    }


def pack_of(actor: Actor, month: str, today: date) -> dict[str, Any]:
    """Everything a month's meeting looks at, as plain data: the page, the Word file and the frozen pack are this."""
    rows = list(projects(actor).prefetch_related("milestones", "blockers"))
    said = limits()
    predicted = forecasts(rows, today)
    told = [_told(row, month, today, predicted, said) for row in rows]
    base = sum((Decimal(one["baseline"]) for one in told), Decimal(0))
    done = sum((Decimal(one["actual"]) for one in told), Decimal(0))
    stops = [(row, stop) for row in rows for stop in row.blockers.all() if stop.until is None]
    twins = likely_same([(row.number, row.code, row.name, row.owner) for row in rows])
    doubled = {second for _, second, _ in twins}
    threshold = Decimal(said["重大项目门槛万元"])
    return {
        "month": month,
        "today": today.isoformat(),
        "projects": len(rows),
        "counted": sum(row.total >= threshold and row.number not in doubled for row in rows),
        "threshold": str(threshold),
        "baseline": str(base),
        "actual": str(done),
        "difference": str(done - base),
        "lights": {key: sum(one["light"] == key for one in told) for key in LIGHTS},
        "attention": [one for one in told if one["light"] in {"red", "amber"}],
        "blockers": [
            {
                "project": row.name,
                "number": row.number,
                "what": stop.what,
                "owner": stop.owner,
                "since": stop.since.isoformat(),
                "days": max(0, (today - stop.since).days),
            }
            for row, stop in sorted(stops, key=lambda pair: pair[1].since)
        ],
        "decisions": [_decided(one, today) for one in decisions(actor).filter(pack__month__lt=month)],
        "twins": [list(one) for one in twins],
        "finished_in_history": sum(1 for row in rows if (c := course_of(row, today)) and c.finish),
        "fewest": said["样本下限"],
    }


def _told(
    row: Project,
    month: str,
    today: date,
    predicted: dict[str, tuple[Course, Forecast]],
    said: dict[str, Any],
) -> dict[str, Any]:
    stops = [Stop(stop.owner, stop.since, stop.until) for stop in row.blockers.all()]
    longest = max(((today - stop.since).days for stop in stops if stop.until is None), default=0)
    marks = [mark for mark in row.milestones.all() if mark.baseline]
    last = max(marks, key=lambda mark: MILESTONES.index(mark.name), default=None)
    baseline = last.baseline if last and last.actual is None else None
    course, guess = predicted.get(row.number, (None, None))
    p50 = day_of_finish(course, guess.p50) if course and guess else None
    p90 = day_of_finish(course, guess.p90) if course and guess else None
    own = last.forecast if last else None
    colour, why = light(baseline, p50 or own, p90, longest, int(said["阻滞红灯天数"]))
    if last is not None and last.actual is not None and not longest:
        colour, why = "green", ""
    money = progress(
        {k: Decimal(v) for k, v in row.planned.items()}, {k: Decimal(v) for k, v in row.spent.items()}, month
    )
    return {
        "id": str(row.id), "number": row.number, "name": row.name, "unit": row.unit.short, "light": colour, "why": why,
        "baseline_day": baseline.isoformat() if baseline else "", "p50": p50.isoformat() if p50 else "",
        "p90": p90.isoformat() if p90 else "", "own_forecast": own.isoformat() if own else "",
        "too_few": bool(guess and guess.too_few), "lost": days_lost(stops, today),
        "lost_by_owner": lost_by_owner(stops, today), **{key: str(value) for key, value in money.items()},
    }  # fmt: skip


def _decided(row: Decision, today: date) -> dict[str, Any]:
    state = "已办结" if row.done else "已逾期" if row.due < today else "办理中"
    return {
        "text": row.text,
        "owner": row.owner,
        "due": row.due.isoformat(),
        "state": state,
        "said": row.said,
    }


def told_of(row: Project, month: str, today: date) -> dict[str, Any]:
    """One project as the meeting sees it; the forecast needs the county's projects."""
    rows = list(Project.objects.filter(region=row.region).prefetch_related("milestones", "blockers"))
    own = next(one for one in rows if one.pk == row.pk)
    own.unit = row.unit
    return _told(own, month, today, forecasts(rows, today), limits())


def month_end(month: str) -> date:
    """The last day of a month written 2026-03. ValueError when it is none."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
