"""One text for every count (计数): the same conditions over live rows, the rows somebody sees, and frozen rows.

A figure and the list behind it are made of the same `Where.sql`, so a cell always equals the rows that it opens to.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from sanfu.kernel.indicators.formula import Formula, Measure
from sanfu.kernel.indicators.rowkind import RowKind

ZONE = "Asia/Shanghai"
NO_UNIT = uuid.UUID(int=0)  # rows that no unit leads yet
COUNTY = uuid.UUID(int=1)  # the total over all units
NUMBERS = ("rows", "hits", "total", "below", "value")  # of each formula, in this order


@dataclass(frozen=True, slots=True)
class Source:
    """Which rows are counted: a table with a condition and its parameters, in the order of the placeholders."""

    table: str
    condition: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one indicator counts for a unit in a month."""

    indicator: str
    unit: uuid.UUID
    month: date
    rows: int
    hits: int
    total: float | None = None
    below: float | None = None
    value: float | None = None


def month_of(moment: str) -> str:
    """SQL: first day of the month in China."""
    return f"date_trunc('month', {moment} AT TIME ZONE '{ZONE}')::date"


def months_until(day: date, count: int) -> list[date]:
    """First days of so many months up to that of a day, oldest first."""
    last = day.year * 12 + day.month - 1
    return [date((last - n) // 12, (last - n) % 12 + 1, 1) for n in reversed(range(count))]


def within(formula: Formula) -> str:
    """SQL: the rows that an indicator counts, whatever the month."""
    parts = [formula.where.sql(formula.kind)]
    if formula.only:  # codes that were checked when the book was read
        parts.append("stratum IN (" + ", ".join(f"'{_code(one)}'" for one in formula.only) + ")")
    return " AND ".join(parts)


def _code(word: str) -> str:
    if not word.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"stratum {word!r} is no code")
    return word


def span_of(moment: str, months: Sequence[date]) -> tuple[str, list[Any]]:
    """SQL and parameters: the moment lies in one of the months, as plain ranges that a block index can pass by.

    Months in a row are one range; a touched case of last year adds its own month and not all those between.
    """
    runs: list[list[date]] = []
    for month in sorted(set(months)):
        after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        if runs and runs[-1][1] == month:
            runs[-1][1] = after
        else:
            runs.append([month, after])
    one = f"({moment} >= (%s::date)::timestamp AT TIME ZONE '{ZONE}' AND {moment} < (%s::date)::timestamp AT TIME ZONE '{ZONE}')"
    return "(" + " OR ".join([one] * len(runs)) + ")", [day for run in runs for day in run]


def count(source: Source, formulas: Iterable[Formula], months: Sequence[date] | None = None) -> list[Cell]:
    """Every cell by unit and month, with the county's total under `COUNTY`; months: only these."""
    found: list[Cell] = []
    for one in passes(formulas):
        found += _counted(source, one, months)
    return found


@dataclass(frozen=True, slots=True)
class Pass:
    """What one reading of the rows counts: formulas of one kind and moment; whose cells each gives, by stratum.

    The same formula over each kind of case is counted once by stratum instead of once for every kind.
    """

    formulas: tuple[Formula, ...]
    cells: tuple[tuple[str, int, str], ...]  # id, place of its formula, stratum
    by_stratum: bool


def passes(formulas: Iterable[Formula]) -> list[Pass]:
    """The readings of the rows that formulas need."""
    groups: dict[tuple[str, str, bool], list[Formula]] = {}
    for one in formulas:
        groups.setdefault((one.kind.code, one.month, len(one.only) == 1), []).append(one)
    return [_pass(some, alone) for (_, _, alone), some in groups.items()]


def _pass(some: Sequence[Formula], by_stratum: bool) -> Pass:
    places: dict[Any, int] = {}
    kept: list[Formula] = []
    cells = []
    for one in some:
        bare = replace(one, only=()) if by_stratum else one
        key = (bare.measure, bare.where, bare.hit, bare.value, bare.over, bare.q, bare.only)
        if key not in places:
            places[key] = len(kept)
            kept.append(bare)
        cells.append((one.id, places[key], one.only[0] if by_stratum else ""))
    return Pass(tuple(kept), tuple(cells), by_stratum)


def grouped(source: Source, one: Pass, months: Sequence[date] | None) -> tuple[str, list[Any]]:
    """SQL and parameters of one pass: unit (`COUNTY` for the total), month, stratum, five numbers a formula.

    Rows that agree in unit, month and the facts asked for are put together first, so the conditions of all formulas are
    judged once for each such group and not once for each row.
    """
    narrow, params = _narrow(source, one, months)
    keys = "month, stratum" if one.by_stratum else "month"
    shown = f"coalesce(unit, '{COUNTY}'::uuid) AS unit, month, {'stratum' if one.by_stratum else repr('')} AS stratum"
    sets = f"GROUP BY GROUPING SETS ((unit, {keys}), ({keys}))"
    sums = "".join(f", sum({name}) AS {name}" for name in _values(one))
    names = [f"{name}{n}" for n in range(len(one.formulas)) for name in NUMBERS]
    sql = (
        f"WITH few AS (SELECT unit, month, stratum, bits, count(*)::float8 AS n{sums} FROM ({narrow}) AS narrow "
        f"GROUP BY unit, month, stratum, bits), added AS (SELECT {shown}, {_added(one)} FROM few {sets})"
    )
    listed = [(n, f) for n, f in enumerate(one.formulas) if not f.additive]
    if listed:
        lists = ", ".join(f"{_list(f)} AS list{n}" for n, f in listed)
        sql += f", lists AS (SELECT {shown}, {lists} FROM ({narrow}) AS narrow {sets})"
        params = [*params, *params]
    known = {f"value{n}": _of_list(n, f) for n, f in listed}
    numbers = ", ".join(
        known.get(name, "NULL::float8") if name.startswith("value") else name for name in names
    )
    joined = "added JOIN lists USING (unit, month, stratum)" if listed else "added"
    return f"{sql} SELECT unit, month, stratum, ARRAY[{numbers}] AS numbers FROM {joined}", params


def _narrow(source: Source, one: Pass, months: Sequence[date] | None) -> tuple[str, list[Any]]:
    """SQL: what a pass needs of each row. OFFSET 0 keeps the planner from taking every moment for a group of its own."""
    kind = one.formulas[0].kind
    moment = kind.column_of_moment(one.formulas[0].month)
    inside, spans = (f"{moment} IS NOT NULL", []) if months is None else span_of(moment, months)
    facts = {fact for f in one.formulas for where in (f.where, f.hit) if where for fact in where.facts}
    strata = one.by_stratum or any(f.only for f in one.formulas)
    return (
        f"SELECT coalesce(unit, '{NO_UNIT}'::uuid) AS unit, {month_of(moment)} AS month, {'stratum' if strata else repr('')} AS stratum, "
        f"bits & {kind.mask(sorted(facts))} AS bits{''.join(f', {name}' for name in _values(one))} "
        f"FROM {source.table} WHERE kind = %s AND {source.condition} AND {inside} OFFSET 0"
    ), [kind.code, *source.params, *spans]


def _values(one: Pass) -> list[str]:
    """The columns of values that the formulas of a pass use."""
    return sorted({f.kind.column_of_value(name) for f in one.formulas for name in (f.value, f.over) if name})


def _counted(source: Source, one: Pass, months: Sequence[date] | None) -> list[Cell]:
    if months is not None and not months:
        return []
    sql, params = grouped(source, one, months)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', '64MB', true)")
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    whose: dict[str, list[tuple[str, int]]] = {}
    for name, place, stratum in one.cells:
        whose.setdefault(stratum, []).append((name, len(NUMBERS) * place))
    return [
        Cell(name, unit, month, int(values[at]), int(values[at + 1]), *values[at + 2 : at + 5])
        for unit, month, stratum, values in rows
        for name, at in whose.get(stratum, ())
        if values[at]
    ]


def _added(one: Pass) -> str:
    """SQL: rows, hits, sum and sum below of each formula over the groups."""
    return ", ".join(
        f"{number} AS {name}{n}" for n, f in enumerate(one.formulas) for name, number in _sums(f).items()
    )


def _sums(one: Formula) -> dict[str, str]:
    inside = within(one)
    value = one.kind.column_of_value(one.value) if one.value else ""
    below = one.kind.column_of_value(one.over) if one.over else ""
    hits = f"coalesce(sum(n) FILTER (WHERE {inside} AND {one.hit.sql(one.kind)}), 0)" if one.hit else "0"
    return {
        "rows": f"coalesce(sum(n) FILTER (WHERE {inside}), 0)",
        "hits": f"{hits}::float8",
        "total": f"sum({value}) FILTER (WHERE {inside})" if value else "NULL::float8",
        "below": f"sum({below}) FILTER (WHERE {inside})" if below else "NULL::float8",
    }


def _list(one: Formula) -> str:
    """SQL: the values that a quantile or a distinct count is made of; a list needs no sorting of rows."""
    value = one.kind.column_of_value(one.value)
    return f"array_agg({value}) FILTER (WHERE {within(one)} AND {value} IS NOT NULL)"


def _of_list(n: int, one: Formula) -> str:
    """SQL: the quantile or the distinct count of a list."""
    made = (
        f"percentile_disc({float(one.q)}) WITHIN GROUP (ORDER BY x)"
        if one.measure is Measure.QUANTILE
        else "count(DISTINCT x)"
    )
    return f"(SELECT {made}::float8 FROM unnest(list{n}) AS of_list(x))"


def opened(
    source: Source,
    one: Formula,
    month: date,
    unit: uuid.UUID = COUNTY,
    part: str = "all",
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """The rows behind a cell, newest first. part: all, hit (counted in the numerator) or miss."""
    moment = one.kind.column_of_moment(one.month)
    hit = one.hit.sql(one.kind) if one.hit else "true"
    conditions = [within(one), f"{month_of(moment)} = %s"]
    params: list[Any] = [one.kind.code, *source.params, month]
    if unit != COUNTY:
        conditions.append(f"coalesce(unit, '{NO_UNIT}'::uuid) = %s")
        params.append(unit)
    if part in ("hit", "miss"):
        conditions.append(f"({hit})" if part == "hit" else f"NOT ({hit})")
    value = one.kind.column_of_value(one.value) if one.value else "NULL"
    sql = (
        f"SELECT row_id, case_id, unit, {moment} AS at, ({hit}) AS counts, {value} AS value, bits "
        f"FROM {source.table} WHERE kind = %s AND {source.condition} AND {' AND '.join(f'({c})' for c in conditions)} "
        f"ORDER BY {moment} DESC, row_id DESC" + (f" LIMIT {int(limit)}" if limit else "")
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def facts_in(bits: int, kind: RowKind) -> list[str]:
    """The facts of a row in Chinese."""
    return [words for name, words in kind.facts.items() if bits & kind.bit(name)]


def added(cells: Iterable[Cell]) -> dict[str, Cell]:
    """Cells of one indicator over several months added up; what does not add is left out."""
    found: dict[str, Cell] = {}
    for one in cells:
        before = found.get(one.indicator)
        found[one.indicator] = one if before is None else _sum(before, one)
    return found


def _sum(one: Cell, other: Cell) -> Cell:
    total = None if one.total is None and other.total is None else (one.total or 0.0) + (other.total or 0.0)
    below = None if one.below is None and other.below is None else (one.below or 0.0) + (other.below or 0.0)
    return Cell(
        one.indicator, one.unit, one.month, one.rows + other.rows, one.hits + other.hits, total, below
    )


def by_unit(cells: Iterable[Cell]) -> Mapping[uuid.UUID, list[Cell]]:
    found: dict[uuid.UUID, list[Cell]] = {}
    for one in cells:
        found.setdefault(one.unit, []).append(one)
    return found
