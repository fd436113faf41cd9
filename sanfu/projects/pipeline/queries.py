"""Reads of the project register: projects of the reader's unit or of the county, their light, the pack of a month."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.kernel.forecasting.coverage import Coverage, coverage
from sanfu.kernel.forecasting.drawing import Forecast, History, day_of_finish, forecast
from sanfu.kernel.forecasting.model import Course, Stage
from sanfu.people.scope import Parts, narrow
from sanfu.projects.pipeline.content import limits
from sanfu.projects.pipeline.models import Decision, FactorGap, LedgerCheck, Pack, Project, Promise
from sanfu.projects.pipeline.room import DECISION
from sanfu.projects.pipeline.rules import (
    MILESTONES,
    Stop,
    days_lost,
    light,
    likely_same,
    lost_by_owner,
    progress,
)
from sanfu.projects.pipeline.states import Kept, ProjectLight, State
from sanfu.records.actor import Actor
from sanfu.records.models import Event
from sanfu.records.moments import day_of
from sanfu.records.wires import case_kinds

PARTS = Parts(see="pipeline.see", see_all="pipeline.see_all", unit="unit_id")
DECISION_PARTS = Parts(see="pipeline.answer", see_all="pipeline.see_all", units="units")
SERIES = {"plan": "计划", "forecast": "预测", "actual": "实际"}


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
    return Decision.objects.filter(pack__in=packs(actor)).select_related("pack", "case").order_by("due")


def decision_cases(actor: Actor) -> "QuerySet[Case]":
    """Cases of decisions: those that the own unit owes, or all."""
    return visible_cases(actor, DECISION.code, DECISION_PARTS)


def decision(actor: Actor, case_id: UUID) -> Decision | None:
    """One decision by its case, or None."""
    rows = Decision.objects.select_related("case__lead", "pack")
    return row_of(decision_cases(actor), case_id, rows)


def search_decisions(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Rows whose number or title contains the words."""
    return find_text(rows, words)


def promises(actor: Actor) -> "QuerySet[Promise]":
    """Promises of the projects that the reader sees, the newest version of each first."""
    rows = Promise.objects.filter(project__in=projects(actor)).select_related("project__unit")
    return rows.order_by("project__number", "kind", "year", "-version")


def kept(row: Promise, year: int) -> Kept:
    """Judge a promise as of a year: kept or broken by its fact; unknown when its year is over and no fact came."""
    if row.fact is not None:
        return Kept.KEPT if row.fact >= row.amount else Kept.BROKEN
    return Kept.NOT_DUE if row.year >= year else Kept.UNKNOWN


def ledger_checks(actor: Actor) -> "QuerySet[LedgerCheck]":
    """Reconciliations of the own unit, or of the county, newest first."""
    parts = Parts(see="pipeline.meet", see_all="pipeline.see_all", unit="unit_id")
    return narrow(actor, LedgerCheck.objects.select_related("file"), parts).order_by("-at")


def permits(row: Project) -> tuple[Case | None, list[dict[str, Any]]]:
    """The joint application of a project and its permits as they stand there now; no date is kept here."""
    parent = Case.objects.filter(region=row.region, pk=row.application).first() if row.application else None
    if parent is None:
        return None, []
    flow = import_string(case_kinds()["branch"].flow)
    rows = (
        Case.objects.filter(region=row.region, parent=parent)
        .select_related("lead")
        .order_by("opened_at", "number")
    )
    return parent, [
        {"name": one.title, "unit": one.lead.short if one.lead else "", "state": flow.states(one.state),
         "opened": one.opened_at, "due": one.due_at, "closed": one.closed_at}
        for one in rows
    ]  # fmt: skip


def past_coverage(region: str, today: date) -> Coverage | None:
    """How the forecast would have done on the county's own finished projects; None when there are too few."""
    rows = Project.objects.filter(region=region).prefetch_related("milestones")
    return coverage([course for row in rows if (course := course_of(row, today)) is not None])


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
    told = told_of_rows(rows, month, today, forecasts(rows, today))
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
        "lights": {key: sum(one["light"] == key for one in told) for key in ProjectLight},
        "attention": [one for one in told if one["light"] in {"red", "amber"}],
        "forecasts": [{"number": one["number"], "p50": one["p50"]} for one in told if one["p50"]],
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
        "gaps": _gaps(actor),
        "changes": _changes(actor, month, rows),
        "shifts": _shifts(actor, month, told),
        "twins": [list(one) for one in twins],
        "finished_in_history": sum(1 for row in rows if (c := course_of(row, today)) and c.finish),
        "fewest": said["样本下限"],
    }


def told_of_rows(
    rows: list[Project], month: str, today: date, predicted: dict[str, tuple[Course, Forecast]]
) -> list[dict[str, Any]]:
    """Each project as the meeting sees it."""
    return [_told(row, month, today, predicted, limits()) for row in rows]


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
    # A day that has passed foretells nothing: an own forecast counts until its day, a baseline behind us is missed.
    own = last.forecast if last and last.forecast and last.forecast >= today else None
    colour, why = light(baseline, p50 or own, p90, longest, int(said["阻滞红灯天数"]))
    if baseline is not None and baseline < today and colour != "red":
        colour, why = "red", f"基线 {baseline} 已过 {(today - baseline).days} 天，还没有实际日期"
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


def _gaps(actor: Actor) -> dict[str, Any]:
    """Gaps of the newest adopted allocation, with its number and day; empty when none was adopted."""
    last = FactorGap.objects.filter(region=actor.region).order_by("-at").first()
    return (
        {} if last is None else {"number": last.number, "day": day_of(last.at).isoformat(), "rows": last.body}
    )


def _before(actor: Actor, month: str) -> Pack | None:
    """The last frozen pack of an earlier month."""
    return packs(actor).filter(month__lt=month).first()


def _changes(actor: Actor, month: str, rows: list[Project]) -> list[dict[str, str]]:
    """Dates that were moved since the last meeting: project, milestone, from, to, who, why."""
    last = _before(actor, month)
    names = {row.pk: row.name for row in rows}
    events = Event.objects.filter(region=actor.region, kind="pipeline.moved", stream__in=list(names))
    if last is not None:
        events = events.filter(at__gt=last.at)
    return [
        {"project": names[event.stream], "milestone": event.data["milestone"], "series": SERIES[event.data["series"]],
         "was": event.data["was"], "is": event.data["is"], "by": event.by_name, "why": event.data["why"]}
        for event in events.order_by("at")
    ]  # fmt: skip


def _shifts(actor: Actor, month: str, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Forecasts against those of the last meeting, in days; only where both have one and they differ."""
    last = _before(actor, month)
    before = {one["number"]: one["p50"] for one in last.body.get("forecasts", [])} if last else {}
    return [
        {"project": one["name"], "was": before[one["number"]], "is": one["p50"],
         "days": (date.fromisoformat(one["p50"]) - date.fromisoformat(before[one["number"]])).days}
        for one in told
        if one["p50"] and before.get(one["number"]) and before[one["number"]] != one["p50"]
    ]  # fmt: skip


def _decided(row: Decision, today: date) -> dict[str, Any]:
    reported = row.case is not None and row.case.state == State.REPORTED
    state = (
        "已办结"
        if row.done
        else "已报结果，待销号"
        if reported
        else "已逾期"
        if row.due < today
        else "办理中"
    )
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
