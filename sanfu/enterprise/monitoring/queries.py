"""Reads of monitoring: alerts an actor may see, the panel of a county as it was known, labels, workload."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Count, F, Func, IntegerField, Max, Min, QuerySet
from django.db.models.functions import Mod

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.enterprise.monitoring.content import decided
from sanfu.enterprise.monitoring.models import (
    Alert,
    Chance,
    DailyReading,
    Mark,
    QualityIssue,
    Reading,
    Run,
    SeriesUpload,
    Workload,
)
from sanfu.enterprise.monitoring.room import ALERT
from sanfu.enterprise.monitoring.states import AlertState, IssueState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.kernel.monitoring.panel import SERIES, Bools, Panel, panel_of
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor

PARTS = Parts(see="monitoring.see", see_all="monitoring.see_all", units="units")
COUNTY = Parts(see="monitoring.see_all", see_all="monitoring.see_all")


def alerts(actor: Actor) -> "QuerySet[Case]":
    """Cases of alerts that the actor may see."""
    return visible_cases(actor, ALERT.code, PARTS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Alerts whose firm or number holds the words."""
    return find_text(rows, words)


def alert(actor: Actor, case_id: uuid.UUID) -> Alert | None:
    """One alert the actor may see."""
    rows = Alert.objects.select_related("case__lead", "enterprise__town", "run")
    return row_of(alerts(actor), case_id, rows)


def issues(actor: Actor) -> "QuerySet[QualityIssue]":
    """The data-quality queue."""
    return narrow(actor, QualityIssue.objects.all(), COUNTY)


def open_issues(actor: Actor) -> int:
    """How many issues wait for a person."""
    return issues(actor).filter(state=IssueState.OPEN).count()


def uploads(actor: Actor) -> "QuerySet[SeriesUpload]":
    """Files of monthly data, newest first."""
    return narrow(actor, SeriesUpload.objects.all(), COUNTY).select_related("file").order_by("-at")


def runs(actor: Actor) -> "QuerySet[Run]":
    """Months that were judged, newest first."""
    return narrow(actor, Run.objects.all(), COUNTY).order_by("-month")


def chances(actor: Actor) -> "QuerySet[Chance]":
    """Firms that may enter the register, of the newest run."""
    newest = runs(actor).first()
    rows = narrow(actor, Chance.objects.all(), COUNTY)
    return rows.filter(run=newest) if newest else rows.none()


def per_week(region: str) -> float:
    """Alerts a week that officers said they can verify."""
    found = Workload.objects.filter(region=region).order_by("-at").values_list("per_week", flat=True).first()
    return float(found if found is not None else decided()["per_week"])


def newest_month(region: str, known_at: datetime) -> int | None:
    """The last month for which enough firms have reported, against the month before; None without data."""
    counts = dict(
        Reading.objects.filter(region=region, received_at__lte=known_at)
        .values("month")
        .annotate(n=Count("enterprise", distinct=True))
        .order_by("-month")
        .values_list("month", "n")[:6]
    )
    for month in sorted(counts, reverse=True):
        before = counts.get(month - 1, 0)
        if counts[month] >= decided()["in_by_share"] * before:
            return month
    return None


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the county that is judged at once: whole industries, or one of `parts` of a very large one."""

    industries: tuple[str, ...]
    part: int = 0
    parts: int = 1


def slices(region: str, span: range, known_at: datetime, most: int) -> list[Slice]:
    """Firms with readings of these months in slices of at most about `most`; industries of like codes lie together."""
    counts = list(
        _known(region, span, known_at)
        .values_list("enterprise__industry")
        .annotate(n=Count("enterprise", distinct=True))
        .order_by("enterprise__industry")
    )
    found: list[Slice] = []
    gathered: list[str] = []
    held = 0
    for industry, count in counts:
        if held and held + count > most:
            found.append(Slice(tuple(gathered)))
            gathered, held = [], 0
        if count > most:
            parts = -(-count // most)
            found += [Slice((industry,), part, parts) for part in range(parts)]
        else:
            gathered.append(industry)
            held += count
    return [*found, Slice(tuple(gathered))] if gathered else found


def span_of(region: str, month: int, known_at: datetime) -> range:
    """Months from the first reading that history goes back to until `month`; empty without a reading in `month`."""
    first = month - decided()["history_months"] + 1
    ends = _known(region, range(first, month + 1), known_at).aggregate(first=Min("month"), last=Max("month"))
    return range(ends["first"], month + 1) if ends["last"] == month else range(0)


def _known(region: str, span: range, known_at: datetime) -> "QuerySet[Reading]":
    return Reading.objects.filter(
        region=region, month__gte=span.start, month__lt=span.stop, received_at__lte=known_at
    )


def _inside(rows: "QuerySet[Any]", part: Slice | None) -> "QuerySet[Any]":
    """Rows of the firms of a slice. Which part a firm of a very large industry is in, its id alone decides."""
    if part is None:
        return rows
    rows = rows.filter(enterprise__industry__in=part.industries)
    if part.parts == 1:
        return rows
    spread = Func(F("enterprise_id"), function="uuid_hash", output_field=IntegerField()).bitand(0x7FFFFFFF)
    found: QuerySet[Any] = rows.alias(spread=Mod(spread, part.parts)).filter(spread=part.part)
    return found


def panel(
    region: str, month: int, known_at: datetime, part: Slice | None = None, span: range | None = None
) -> Panel | None:
    """Series up to `month` as they were known at a moment, of a slice or of all; a later row of any source corrects.

    `span` says which months the panel has, whatever the firms of the slice reported.
    """
    months = span or range(month - decided()["history_months"] + 1, month + 1)
    rows = (
        _inside(_known(region, months, known_at), part)
        .order_by("received_at", "id")
        .values_list("enterprise_id", "enterprise__industry", "month", *SERIES)
    )
    readings = (
        (str(firm), industry, at, index, value)
        for firm, industry, at, *values in rows.iterator(chunk_size=20_000)
        for index, value in enumerate(values)
        if value is not None
    )
    marks = _inside(
        Mark.objects.filter(
            region=region, month__gte=months.start, month__lt=months.stop, received_at__lte=known_at
        ),
        part,
    ).values_list("enterprise_id", "month", "kind")
    try:
        return panel_of(readings, [(str(firm), at, kind) for firm, at, kind in marks], span=span)
    except ValueError:
        return None


def trusted(found: Panel, region: str) -> Bools:
    """[firm, month, series]: readings that a person said are right, however strange."""
    out = np.zeros(found.values.shape, dtype=bool)
    place = {firm: index for index, firm in enumerate(found.firms)}
    rows = QualityIssue.objects.filter(region=region, state=IssueState.TRUE)
    for firm, month, series in rows.values_list("enterprise_id", "month", "series"):
        at = month - found.first
        if str(firm) in place and 0 <= at < found.months:
            out[place[str(firm)], at, SERIES.index(series)] = True
    return out


def labelled(region: str) -> list[tuple[dict[str, float], float]]:
    """Features and finding of every verified alert: 1 for 属实, 0 for 误报."""
    rows = Alert.objects.filter(
        region=region,
        case__state__in=[AlertState.CONFIRMED, AlertState.SETTLED, AlertState.REJECTED],
    ).values_list("features", "case__state")
    return [(features, 0.0 if state == AlertState.REJECTED else 1.0) for features, state in rows]


def ids_of(region: str, codes: set[str]) -> dict[str, uuid.UUID]:
    """Enterprises by credit code, for who hands in data of them."""
    rows = Enterprise.objects.filter(region=region, credit_code__in=codes, merged_into=None)
    return dict(rows.values_list("credit_code", "id"))


def known_days(
    region: str, source: str, keys: Sequence[tuple[uuid.UUID, date]]
) -> dict[tuple[uuid.UUID, date], list[float | None]]:
    """What a source said last of some firms and days, one value a series."""
    firms, days = {firm for firm, _ in keys}, {day for _, day in keys}
    rows = DailyReading.objects.filter(region=region, source=source, enterprise__in=firms, day__in=days)
    return {
        (firm, day): list(values)
        for firm, day, *values in rows.order_by("received_at").values_list("enterprise_id", "day", *SERIES)
    }


def findings(region: str) -> dict[str, int]:
    """Alerts by state, for the figures above the list."""
    rows = Alert.objects.filter(region=region).values_list("case__state").annotate(n=Count("id"))
    return dict(rows)


def of_enterprise(enterprise: Enterprise) -> "QuerySet[Alert]":
    """Alerts of one firm, newest first."""
    return Alert.objects.filter(enterprise=enterprise).select_related("case").order_by("-month")


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Alerts on a firm's timeline, for who may see them."""
    rows = Alert.objects.filter(enterprise__in=firms, case__in=alerts(actor), case__opened_at__lt=before)
    columns = rows.order_by("-case__opened_at").values_list(
        "case__opened_at", "case__number", "case__state", "case_id"
    )
    return [
        Entry(at, "预警", f"{number} {AlertState(state).label}", "officer:monitor_alert", (case,))
        for at, number, state, case in columns[:most]
    ]


def history(enterprise: Enterprise, months: int = 36) -> list[dict[str, Any]]:
    """The firm's own newest readings by month, corrections applied."""
    rows = (
        Reading.objects.filter(enterprise=enterprise)
        .order_by("received_at")
        .values("month", "source", *SERIES)
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        kept = found.setdefault(row["month"], {"month": row["month"]})
        kept |= {key: value for key, value in row.items() if value is not None}
    return [found[month] for month in sorted(found)[-months:]]
