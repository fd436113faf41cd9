"""One text for every count (计数): the same conditions over live rows, the rows somebody sees, and frozen rows.

A figure and the list behind it are made of the same `Where.sql`, so a cell always equals the rows that it opens to.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from sanfu.kernel.indicators.formula import Formula
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


class Cell(NamedTuple):
    """What one indicator counts for a unit in a month; a plain tuple: a county has hundreds of thousands."""

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


def day_begins(day: str) -> str:
    """SQL: the moment at which a day begins in China."""
    return f"({day}::date)::timestamp AT TIME ZONE '{ZONE}'"


def span_of(
    moment: str, months: Sequence[date], begins: Callable[[str], str] = day_begins
) -> tuple[str, list[Any]]:
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
    one = f"({moment} >= {begins('%s')} AND {moment} < {begins('%s')})"
    return "(" + " OR ".join([one] * len(runs)) + ")", [day for run in runs for day in run]


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
