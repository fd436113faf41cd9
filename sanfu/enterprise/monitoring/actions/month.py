"""月度研判: one month judged with what is known now; alerts become cases, chances and issues become rows."""

import heapq
import uuid
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from sanfu.cases.actions import Opening, open_case
from sanfu.cases.timing import Rule
from sanfu.enterprise.monitoring import queries
from sanfu.enterprise.monitoring.content import decided, new_years, shipped_weights
from sanfu.enterprise.monitoring.models import Alert, Chance, QualityIssue, Run, Workload
from sanfu.enterprise.monitoring.room import ALERT
from sanfu.enterprise.monitoring.states import ALERT_FLOW, VERIFYING, AlertState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.clocks import rule_of
from sanfu.kernel.monitoring.entering import chances
from sanfu.kernel.monitoring.explaining import Explanation, curve, explain
from sanfu.kernel.monitoring.listing import PAUSE, best_of_month, places
from sanfu.kernel.monitoring.panel import Bools, Ints, month_number, month_text
from sanfu.kernel.monitoring.trial import Prepared, prepare
from sanfu.kernel.monitoring.weights import Weights, fit
from sanfu.people.models import Organisation
from sanfu.records import jobs
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, NotAllowed, Refused, machine
from sanfu.records.models import Job

INVOICES = 1
AT_ONCE = 10_000  # firms judged at once: some 500 MB with 36 months and all features (bench monthly)


@transaction.atomic
def set_workload(per_week: float, *, by: Actor, at: datetime) -> Workload:
    """每周核查量: counts from the next run on."""
    if not by.may("monitoring.run"):
        raise NotAllowed("只有企业监测员可以调整每周核查量。")
    most = decided()["most_per_week"]
    if not 0 < per_week <= most:
        raise Refused(f"每周核查量应在 1 到 {most} 家之间。")
    made = Workload.objects.create(region=by.region, per_week=per_week, by_name=by.name, at=at)
    append(stream=made.id, kind="monitoring.workload", by=by, at=at, data={"per_week": per_week})
    return made


@transaction.atomic
def ask_for_month(month: int, *, by: Actor, at: datetime) -> Job:
    """The run of a month as a job; a month that was judged stays as it was judged."""
    if not by.may("monitoring.run"):
        raise NotAllowed("只有企业监测员可以运行月度研判。")
    if Run.objects.filter(region=by.region, month=month).exists():
        raise Refused(f"{month_text(month)} 已经研判过；更正的数据从下个月起计入。")
    params = {"month": month, "at": at.isoformat(), "region": by.region}
    title = f"{month_text(month)} 月度研判"
    return jobs.create(kind="monitoring.month", title=title, total=1, params=params, by=by, at=at)


def month_piece(job: Job, begin: int, end: int) -> dict[str, Any]:
    """The job's one piece; run again it finds the month judged and adds nothing."""
    if Run.objects.filter(region=job.region, month=job.params["month"]).exists():
        return {"alerts": 0, "issues": 0, "chances": 0}
    at = datetime.fromisoformat(job.params["at"])
    run = run_month(job.params["month"], by=machine(job.region, "月度研判"), at=at)
    return {
        "alerts": run.alerts.count(),
        "issues": QualityIssue.objects.filter(region=job.region, found_at=at).count(),
        "chances": run.chances.count(),
    }


@transaction.atomic
def run_month(month: int, *, by: Actor, at: datetime, most: int = AT_ONCE) -> Run:
    """Judge one month, `most` firms at a time; Refused without series. All is written in one transaction.

    A county of up to `most` firms is judged as one; a larger one by slices of whole industries, so that what is held in
    memory does not grow with the county. What is compared with all firms is then compared with those of the slice.
    """
    span = queries.span_of(by.region, month, at)
    if len(span) < 6:
        raise Refused(f"{month_text(month)} 没有数据，或历史不足 6 个月；请先导入月度数据。")
    weights, labels = _weights(by.region)
    run = Run.objects.create(
        region=by.region, month=month, per_week=queries.per_week(by.region), firms=0, labels=labels,
        weights=weights.as_data(), at=at,
    )  # fmt: skip
    listed: list[Listed] = []
    for part in queries.slices(by.region, span, at, most):
        listed += _judged(part, span, weights, run, at)
        listed = heapq.nsmallest(_room(run), listed, key=lambda one: -one.told.score)
    run.save(update_fields=["firms"])
    _alerts(listed, run, by, at)
    _entering(run, by, at)
    data = {"month": month_text(month), "firms": run.firms, "per_week": run.per_week, "labels": labels}
    append(stream=run.id, kind="monitoring.run", by=by, at=at, data=data)
    return run


@dataclass(frozen=True)
class Listed:
    """A firm that may stand on the month's list: all that its alert needs, without the panel that it came from."""

    firm: uuid.UUID
    told: Explanation
    curves: dict[str, Any]
    features: dict[str, float]


def _judged(part: queries.Slice, span: range, weights: Weights, run: Run, at: datetime) -> list[Listed]:
    """The slice's candidates for the list; its issues and chances are written, its panel is gone afterwards."""
    panel = queries.panel(run.region, run.month, at, part, span)
    if panel is None:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # medians of months in which nobody reported
        world = prepare(panel, new_years(), trusted=queries.trusted(panel, run.region))
        run.firms += len(panel.firms)
        _issues(world, run.region, at)
        _chances(world, run)
        return [_listed(world, weights, int(index)) for index in _best(world, weights, run)]


def _weights(region: str) -> tuple[Weights, int]:
    """The shipped weights, moved by the county's own verified alerts once there are enough of both findings."""
    shipped, found = shipped_weights(), queries.labelled(region)
    marks = np.array([mark for _, mark in found])
    if len(found) < decided()["labels_needed"] or not 0 < marks.sum() < len(marks):
        return shipped, 0
    rows = np.array([[features.get(name, 0.0) for name in shipped.names] for features, _ in found])
    # Only listed firms have labels, so their share of true ones says nothing about all firms: the bias stays.
    return fit(shipped.names, rows, marks, prior=shipped, hold_bias=True), len(found)


def _issues(world: Prepared, region: str, at: datetime) -> None:
    rows = [
        QualityIssue(
            region=region, enterprise_id=uuid.UUID(issue.firm), month=month_number(issue.month), series=issue.series,
            kind=issue.kind, value=issue.value, instead=issue.instead, says=issue.words[:200], found_at=at,
        )
        for issue in world.issues
    ]  # fmt: skip
    QualityIssue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _best(world: Prepared, weights: Weights, run: Run) -> Ints:
    """Places of the firms with the highest scores that no earlier alert keeps silent, as many as the month has."""
    last = world.panel.months - 1
    scores = weights.scores(world.features.values[:, last])
    silent = np.isnan(world.panel.values[:, max(0, last - 2) :]).all(axis=(1, 2))
    scores[silent] = np.nan  # no data
    return best_of_month(scores, *_before(world, run), room=_room(run), pause=PAUSE)


def _listed(world: Prepared, weights: Weights, index: int) -> Listed:
    last = world.panel.months - 1
    features = map(float, world.features.values[index, last])
    return Listed(
        firm=uuid.UUID(world.panel.firms[index]),
        told=explain(world, weights, index, last),
        curves={series: curve(world, index, series) for series in world.panel.series},
        features=dict(zip(world.features.names, features, strict=True)),
    )


def _alerts(listed: list[Listed], run: Run, by: Actor, at: datetime) -> None:
    firms = Enterprise.objects.select_related("town").in_bulk([one.firm for one in listed])
    lead = Organisation.objects.filter(region=by.region, code=decided()["lead"]).first()
    for one in listed:
        _alert(one, run, firms[one.firm], lead, by, at)


def _room(run: Run) -> int:
    """Places of this month, so that the weeks of a year hold the workload."""
    return places(run.per_week, 12)[run.month % 12]


def _before(world: Prepared, run: Run) -> tuple[Any, Any, Bools]:
    """Months since each firm's last alert, that alert's score, and whether it is still open."""
    place = {firm: index for index, firm in enumerate(world.panel.firms)}
    since = np.full(len(place), 1_000)
    score = np.full(len(place), -np.inf)
    closed = np.zeros(len(place), dtype=bool)
    rows = Alert.objects.filter(region=run.region, month__lt=run.month).order_by("month")
    for firm, month, points, state in rows.values_list("enterprise_id", "month", "score", "case__state"):
        if str(firm) in place:
            at = place[str(firm)]
            since[at], score[at] = run.month - month, points
            closed[at] = state in (AlertState.OPEN, AlertState.CONFIRMED)
    return since, score, closed


def _alert(
    one: Listed, run: Run, firm: Enterprise, lead: Organisation | None, by: Actor, at: datetime,
) -> Alert:  # fmt: skip
    told = one.told
    units = {unit.id for unit in (lead, firm.town) if unit is not None}
    due = Rule(
        rule_of({"n": decided()["verify_workdays"], "unit": "workday"}), source="县定", basis="预警核查时限"
    )
    case = open_case(
        Opening(
            kind=ALERT.code, number=number("YJ", by=by, at=at, digits=5), title=f"{firm.name}：经营预警",
            lead=lead.id if lead else None, units=frozenset(units), clocks={VERIFYING: due},
            pinned={"run": str(run.id)},
        ),
        ALERT_FLOW, by=by, at=at,
    )  # fmt: skip
    parts = [{"group": p.group, "points": p.points, "words": p.words} for p in told.parts]
    alert = Alert.objects.create(
        region=by.region, case=case, run=run, enterprise=firm, month=run.month, score=told.score,
        chance=told.chance, base=told.base, parts=parts,
        curves=one.curves, features=one.features,
    )  # fmt: skip
    why = [part.words for part in told.parts[:3] if part.points > 0]
    data = {
        "enterprise": str(firm.id), "code": firm.credit_code, "name": firm.name, "number": case.number,
        "case": str(case.id), "month": month_text(run.month), "chance": round(told.chance, 3), "why": why,
    }  # fmt: skip
    append(stream=alert.id, kind="monitoring.alerted", by=by, at=at, data=data)
    return alert


def _chances(world: Prepared, run: Run) -> None:
    """将入规: from April on, firms below the limit last year whose chance to pass it is worth a visit."""
    so_far = run.month % 12 + 1
    values = world.panel.values[:, :, INVOICES]
    if so_far < 4 or world.panel.months < so_far + 12:
        return
    now, past = values[:, -so_far:], values[:, -so_far - 12 : -so_far]
    limit = float(decided()["entering_limit_wan"])
    try:
        chance = chances(now, past, limit)
    except ValueError:
        return
    sums, before = np.nansum(now, axis=1), np.nansum(past, axis=1)
    worth = (chance >= decided()["entering_least"]) & (before < limit)
    Chance.objects.bulk_create(
        Chance(
            region=run.region, run=run, enterprise_id=uuid.UUID(world.panel.firms[firm]), month=run.month,
            chance=float(chance[firm]), so_far=float(sums[firm]), rate=float(sums[firm]) / so_far * 12,
        )
        for firm in np.flatnonzero(worth)
    )  # fmt: skip


def _entering(run: Run, by: Actor, at: datetime) -> None:
    """A chance is heard like an alert: whoever serves the firm calls on it."""
    for one in Chance.objects.filter(run=run).order_by("-chance").iterator(chunk_size=2_000):
        data = {
            "enterprise": str(one.enterprise_id), "month": month_text(run.month), "chance": round(one.chance, 3),
            "so_far": round(one.so_far, 1), "rate": round(one.rate, 1),
        }  # fmt: skip
        append(stream=one.id, kind="monitoring.entering", by=by, at=at, data=data)
