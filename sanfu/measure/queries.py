"""Figures and the rows behind them, from one definition: the facts in `facts.py`, the formulas in content.

A figure and its list use the same text of conditions, so a figure always equals the number of rows that it
opens to. Row scope holds for both: a unit's reviewer sees the figures of the orders the unit may see.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sanfu.grassroots.tickets.queries import visible
from sanfu.measure.comparison import Adjusted, adjusted
from sanfu.measure.facts import MOMENTS, SOURCES
from sanfu.measure.rules import (
    BadIndicator,
    Condition,
    Figure,
    Indicator,
    IndicatorSet,
    Scoring,
    Show,
    Tally,
    rounded,
    wilson,
)
from sanfu.records.actor import Actor
from sanfu.records.content import read_yaml

ZONE = "Asia/Shanghai"
NO_UNIT = uuid.UUID(int=0)  # stands for rows that no unit leads yet, so that units and total add up


class Part(StrEnum):
    """Which rows of a figure: all in the denominator, those that count, those that do not."""

    ALL = "all"
    HIT = "hit"
    MISS = "miss"


@dataclass(frozen=True, slots=True)
class Cell:
    """Address of a figure; None means all units or all months asked for."""

    indicator: str
    unit: uuid.UUID | None = None
    month: date | None = None


@cache
def indicators() -> IndicatorSet:
    """The county's indicators from content/indicators/requests.yaml, checked against the facts there are."""
    found = IndicatorSet.parse(read_yaml(settings.CONTENT / "indicators" / "requests.yaml"))
    for one in found.indicators:
        if one.month not in MOMENTS.get(one.of, {}):
            raise BadIndicator(f"指标{one.id}的月份口径“{one.month}”不在{one.of}的时点里。")
    return found


@cache
def scoring() -> Mapping[str, Scoring]:
    """Indicator id → how its score is made, from content/indicators/scoring.yaml."""
    raw = read_yaml(settings.CONTENT / "indicators" / "scoring.yaml")
    return {one["indicator"]: Scoring.parse(one) for one in raw["items"]}


def figures(
    actor: Actor, *, first: date, last: date, now: datetime, only: Iterable[str] = ()
) -> dict[Cell, Figure]:
    """Figures by unit and month, with totals over units, over months and over both.

    first, last: first days of the first and the last month. now: what is overdue is judged at this moment.
    """
    return figures_of(actor, [(first, last)], now=now, only=only)[0]


def figures_of(
    actor: Actor, periods: Sequence[tuple[date, date]], *, now: datetime, only: Iterable[str] = ()
) -> list[dict[Cell, Figure]]:
    """Figures of several periods, this year and the year before: the rows are made once for all of them.

    Periods are first days of the first and the last month and may overlap.
    """
    chosen = set(only)
    wanted = [one for one in indicators().indicators if not chosen or one.id in chosen]
    params: dict[str, Any] = {"now": now}
    for place, (first, last) in enumerate(periods):
        params |= {f"first{place}": first, f"after{place}": _next_month(last)}
    found: list[dict[Cell, Figure]] = [{} for _ in periods]
    for of, moments in MOMENTS.items():
        groups = {month: [one for one in wanted if (one.of, one.month) == (of, month)] for month in moments}
        passes = [
            _grouped(month, moments[month], group, len(periods)) for month, group in groups.items() if group
        ]
        if passes:
            for row in _rows(actor, of, " UNION ALL ".join(passes), params):
                found[row["period"]] |= _read(row, groups[row["moment"]])
    nothing = {Cell(one.id): _figure(one, 0, 0, None) for one in wanted}
    return [nothing | one for one in found]


def opened(
    actor: Actor,
    cell: Cell,
    *,
    first: date,
    last: date,
    now: datetime,
    part: Part = Part.ALL,
    kind: str | None = None,
) -> list[dict[str, Any]]:
    """The rows behind a figure, newest first: number, title, state, unit, the moment, and whether it counts.

    kind: only one first-level class of request (一级类别).
    """
    one = indicators().get(cell.indicator)
    moment = MOMENTS[one.of][one.month]
    hit = _sql(one.numerator) if one.numerator else "true"
    value = f", {one.value} AS value" if one.value else ", NULL AS value"
    conditions = [_inside(one)]
    conditions += {Part.ALL: [], Part.HIT: [hit], Part.MISS: [f"NOT ({hit})"]}[part]
    params: dict[str, Any] = {"first": first, "after": _next_month(last), "now": now}
    if cell.unit is not None:
        conditions.append("coalesce(unit, %(nobody)s) = %(unit)s")
        params |= {"unit": cell.unit, "nobody": NO_UNIT}
    if cell.month is not None:
        conditions.append(f"{_month(moment)} = %(month)s")
        params["month"] = cell.month
    if kind is not None:
        conditions.append("request_kind = %(kind)s")
        params["kind"] = kind
    sql = (
        f"SELECT case_id AS id, row_id, number, title, state, unit, organisation.short AS unit_name, "
        f"{moment} AS at, ({hit}) AS counts{value} FROM rows "
        f"LEFT JOIN people_organisation organisation ON organisation.id = rows.unit "
        f"WHERE {' AND '.join(f'({c})' for c in conditions)} ORDER BY {moment} DESC, row_id DESC"
    )
    found = _rows(actor, one.of, sql, params)
    return (
        found if actor.may("tickets.see_all") or not _names_raters(one) else [row | UNNAMED for row in found]
    )


# A figure about ratings opens to as many rows for the unit that handled them, and names none of them.
RATED = frozenset({"rated", "satisfied"})
UNNAMED = {
    "id": None,
    "row_id": None,
    "number": "不显示",
    "title": "评价对应的办件不向承办单位显示",
    "state": "",
    "at": None,
}


def _names_raters(one: Indicator) -> bool:
    parts = (one.denominator, one.numerator)
    return any(not RATED.isdisjoint({*part.required, *part.negated}) for part in parts if part)


def by_kind(
    actor: Actor, name: str, *, first: date, last: date, now: datetime
) -> dict[uuid.UUID, dict[str, Tally]]:
    """Counts of a ratio by unit and first-level class of request (一级类别): what difficulty is adjusted by."""
    one = indicators().get(name)
    hit = _sql(one.numerator) if one.numerator else "false"
    sql = (
        f"SELECT coalesce(unit, %(nobody)s) AS unit, request_kind, count(*) AS all_rows, count(*) FILTER (WHERE {hit}) AS hits "
        f"FROM rows WHERE {_inside(one)} GROUP BY 1, 2"
    )
    params = {"first": first, "after": _next_month(last), "now": now, "nobody": NO_UNIT}
    found: dict[uuid.UUID, dict[str, Tally]] = {}
    for row in _rows(actor, one.of, sql, params):
        found.setdefault(row["unit"], {})[row["request_kind"]] = Tally(row["all_rows"], row["hits"])
    return found


def county_of(units: Mapping[uuid.UUID, Mapping[str, Tally]]) -> dict[str, Tally]:
    """The county's counts by class of request: the sum of its units'."""
    whole: dict[str, Tally] = {}
    for own in units.values():
        for kind, found in own.items():
            whole[kind] = whole.get(kind, Tally()) + found
    return whole


def adjusted_for_difficulty(
    actor: Actor, name: str, *, first: date, last: date, now: datetime
) -> dict[uuid.UUID, Adjusted]:
    """Each unit's ratio as it would be with the county's mix of requests (难度调整).

    Empty for a mean, and for an actor who does not see the county that a unit is compared with.
    """
    one = indicators().get(name)
    if not one.is_ratio or not actor.may("tickets.see_all"):
        return {}
    units = by_kind(actor, name, first=first, last=last, now=now)
    whole = county_of(units)
    return {unit: adjusted(one, own, whole) for unit, own in units.items() if unit != NO_UNIT}


def facts(actor: Actor, of: str, *, now: datetime) -> list[dict[str, Any]]:
    """Every row of a kind with all its facts: for checking figures by other means, and for export."""
    return _rows(actor, of, "SELECT * FROM rows", {"now": now})


def unit_names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Short names of units, in pinyin order; rows without a unit come last as 尚未派单."""
    wanted = set(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, short FROM people_organisation WHERE id = ANY(%s) ORDER BY pinyin, id",
            [[one for one in wanted if one is not None]],
        )
        names = dict(cursor.fetchall())
    return names | ({NO_UNIT: "尚未派单"} if NO_UNIT in wanted else {})


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from `first` to `last`, both included."""
    found = [first]
    while found[-1] < last:
        found.append(_next_month(found[-1]))
    return found


# --- one text for figures and rows ---


def _inside(one: Indicator) -> str:
    return f"{_sql(one.denominator)} AND {_within(MOMENTS[one.of][one.month])}"


def _within(moment: str) -> str:
    here = f"{moment} AT TIME ZONE '{ZONE}'"
    return f"{here} >= %(first)s AND {here} < %(after)s"


def _sql(condition: Condition) -> str:
    # The names were checked against the registered facts when the file was read: they are columns, not input.
    parts = [*condition.required, *(f"NOT {name}" for name in condition.negated)]
    return " AND ".join(parts) or "true"


def _month(moment: str) -> str:
    return f"date_trunc('month', {moment} AT TIME ZONE '{ZONE}')::date"


def _grouped(name: str, moment: str, group: Sequence[Indicator], periods: int) -> str:
    """One pass for all indicators of a moment, by unit and month and in total: three numbers each, as text."""
    numbers = []
    for one in group:
        inside = _sql(one.denominator)
        hit = f"count(*) FILTER (WHERE {inside} AND {_sql(one.numerator)})" if one.numerator else "0"
        value = {
            Show.RATIO: "NULL",
            Show.MEAN: f"avg({one.value}) FILTER (WHERE {inside})",
            Show.P95: f"percentile_disc(0.95) WITHIN GROUP (ORDER BY {one.value}) FILTER (WHERE {inside})",
        }[one.show]
        numbers += [f"(count(*) FILTER (WHERE {inside}))::text", f"({hit})::text", f"({value})::text"]
    month, here = _month(moment), f"{moment} AT TIME ZONE '{ZONE}'"
    spans = ", ".join(f"({n}, %(first{n})s::timestamp, %(after{n})s::timestamp)" for n in range(periods))
    return (
        f"SELECT '{name}' AS moment, period, unit, {month} AS month, grouping(unit) AS all_units, "
        f"grouping({month}) AS all_months, ARRAY[{', '.join(numbers)}] AS numbers FROM rows "
        f"JOIN (VALUES {spans}) AS periods(period, first, after) ON {here} >= first AND {here} < after "
        f"GROUP BY GROUPING SETS ((period, unit, {month}), (period, {month}), (period, unit), (period))"
    )


def _rows(actor: Actor, of: str, sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    seen, seen_params = visible(actor).order_by().values("id").query.sql_with_params()
    # The scope's own parameters come first and are positional; named ones are filled in behind them.
    text, ordered = _positional(f", {SOURCES[of]} {sql}", {"region": actor.region, **params})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # sorts of a year's orders stay in memory
        cursor.execute(f"WITH seen AS ({seen}){text}", [*seen_params, *ordered])
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _positional(text: str, params: Mapping[str, Any]) -> tuple[str, list[Any]]:
    pieces = text.split("%(")
    out, ordered = [pieces[0]], []
    for piece in pieces[1:]:
        name, rest = piece.split(")s", 1)
        out += ["%s", rest]
        ordered.append(params[name])
    return "".join(out), ordered


def _read(row: Mapping[str, Any], group: Sequence[Indicator]) -> dict[Cell, Figure]:
    unit = None if row["all_units"] else row["unit"] or NO_UNIT
    month = None if row["all_months"] else row["month"]
    triples = zip(*[iter(row["numbers"])] * 3, strict=True)
    return {
        Cell(one.id, unit, month): _figure(one, int(denominator), int(numerator), value)
        for one, (denominator, numerator, value) in zip(group, triples, strict=True)
    }


def _figure(one: Indicator, denominator: int, numerator: int, value: str | None) -> Figure:
    small = denominator < indicators().small_sample
    if not denominator:
        return Figure(None, 0, 0, small)
    if one.is_ratio:
        low, high = wilson(numerator, denominator)
        return Figure(Fraction(numerator, denominator), numerator, denominator, small, low, high)
    return Figure(None if value is None else Fraction(value), 0, denominator, small)


def shown(one: Indicator, figure: Figure | None) -> str:
    """A figure as text: 97.4% or 1.08; – when nothing counts."""
    if figure is None or figure.value is None:
        return "–"
    if one.is_ratio:
        return f"{figure.percent(1)}%"
    return str(rounded(figure.value, 2).normalize() if figure.value else Decimal(0))


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
