"""One reading of the rows for every count of their kind (计数): groups first, then formulas over groups, then units and months.

A quantile or a distinct count keeps the values of its rows as a list; all else is added up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection, transaction

from sanfu.kernel.indicators.formula import Formula, Measure
from sanfu.measure.counting import COUNTY, NO_UNIT, NUMBERS, Cell, Source, span_of, within
from sanfu.measure.wording import POSTGRESQL, PostgreSQL


@dataclass(frozen=True, slots=True)
class Pass:
    """What is counted together: formulas of one kind and moment; whose cells each gives, by stratum.

    The same formula over each kind of case is counted once by stratum instead of once for every kind.
    """

    formulas: tuple[Formula, ...]
    cells: tuple[tuple[str, int, str], ...]  # id, place of its formula, stratum
    by_stratum: bool


def readings(formulas: Iterable[Formula]) -> list[tuple[Pass, ...]]:
    """The passes that formulas need, those over one kind of rows together: they share one reading of the rows."""
    found: dict[str, list[Pass]] = {}
    for one in _passes(formulas):
        found.setdefault(one.formulas[0].kind.code, []).append(one)
    return [tuple(some) for some in found.values()]


def _passes(formulas: Iterable[Formula]) -> list[Pass]:
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


def count(source: Source, formulas: Iterable[Formula], months: Sequence[date] | None = None) -> list[Cell]:
    """Every cell by unit and month, with the county's total under `COUNTY`; months: only these."""
    found: list[Cell] = []
    for some in readings(formulas):
        found += _counted(source, some, months)
    return found


def _counted(source: Source, some: Sequence[Pass], months: Sequence[date] | None) -> list[Cell]:
    if months is not None and not months:
        return []
    sql, params = grouped(source, some, months)
    with transaction.atomic(), connection.cursor() as cursor:  # without one the setting would be gone at once
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    whose: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for number, one in enumerate(some):
        for name, place, stratum in one.cells:
            whose.setdefault((number, stratum), []).append((name, len(NUMBERS) * place))
    return [
        Cell(name, unit, month, int(values[at]), int(values[at + 1]), *values[at + 2 : at + 5])
        for number, unit, month, stratum, values in rows
        for name, at in whose.get((number, stratum), ())
        if values[at]
    ]


_EVERY = tuple(date(1970 + n // 12, n % 12 + 1, 1) for n in range(12 * 130))


def grouped(
    source: Source, some: Sequence[Pass], months: Sequence[date] | None, words: PostgreSQL = POSTGRESQL
) -> tuple[str, list[Any]]:
    """SQL and parameters of passes over one kind: pass, unit (`COUNTY` for the total), month, stratum, five numbers a formula.

    The rows are read once. Those that agree in unit, month and the facts asked for are put together first, so the
    conditions of all formulas are judged once for each such group and not once for each row.
    """
    firsts = _EVERY if months is None else _months_between(min(months), max(months))
    few, params = _few(source, some, months, words)
    # The first days of months and the moments at which they begin; a row's month is its place among them.
    parts, params = [f"months AS ({words.months()})", few], [list(firsts), *params]
    for k, one in enumerate(some):
        inside = "> 0"
        if months is not None:
            places = sorted({firsts.index(month.replace(day=1)) + 1 for month in months})
            inside = f"IN ({', '.join(map(str, places))})"
        columns = ", ".join(
            ["unit", "stratum", f"month{k} AS month", f"bits{k} AS bits", "n", *_values(some)]
        )
        groups = f"SELECT {columns} FROM few WHERE absent{k} = 0 AND month{k} {inside}"
        parts.append(f"added{k} AS ({_by_unit_and_month(one, _added(one, words), groups, words)})")
        if lists := [f"{_list(f)} AS list{n}" for n, f in enumerate(one.formulas) if not f.additive]:
            narrow, more = _narrow(source, [one], months, words)
            rows = f"SELECT *, month0 AS month, bits0 AS bits FROM ({narrow}) AS narrow WHERE month0 {inside}"
            parts.append(f"lists{k} AS ({_by_unit_and_month(one, ', '.join(lists), rows, words)})")
            params += more
    ends = " UNION ALL ".join(_end(k, one, words) for k, one in enumerate(some))
    return f"WITH {', '.join(parts)} {ends}", params


def _few(
    source: Source, some: Sequence[Pass], months: Sequence[date] | None, words: PostgreSQL
) -> tuple[str, list[Any]]:
    """SQL: the rows put together by unit, month and facts, once for each pass, in one reading."""
    narrow, params = _narrow(source, some, months, words)
    marks = ", ".join(f"month{k}, bits{k}, grouping(bits{k}) AS absent{k}" for k in range(len(some)))
    sets = ", ".join(
        f"(unit, month{k}, bits{k}{', stratum' if _strata(one) else ''})" for k, one in enumerate(some)
    )
    stratum = "stratum" if any(_strata(one) for one in some) else "'' AS stratum"
    sums = "".join(f", sum({name}) AS {name}" for name in _values(some))
    return (
        f"few {words.step} (SELECT unit, {stratum}, {marks}, {words.double('count(*)')} AS n{sums} FROM ({narrow}) AS narrow "
        f"GROUP BY GROUPING SETS ({sets}))"
    ), params


def _months_between(first: date, last: date) -> tuple[date, ...]:
    """Every month of a span and the one behind it, where the last ends."""
    count_ = (last.year - first.year) * 12 + last.month - first.month + 2
    return tuple(
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(count_)
    )


def _by_unit_and_month(one: Pass, numbers: str, rows: str, words: PostgreSQL) -> str:
    keys = "month, stratum" if one.by_stratum else "month"
    stratum = "stratum" if one.by_stratum else "''"
    return (
        f"SELECT coalesce(unit, {words.mark(COUNTY)}) AS unit, month, {stratum} AS stratum, {numbers} "
        f"FROM ({rows}) AS chosen GROUP BY GROUPING SETS ((unit, {keys}), ({keys}))"
    )


def _end(k: int, one: Pass, words: PostgreSQL) -> str:
    numbers = []
    for n, formula in enumerate(one.formulas):
        value = words.double("NULL") if formula.additive else _of_list(n, formula, words)
        numbers += [f"{name}{n}" for name in NUMBERS[:-1]] + [value]
    joined = "" if all(f.additive for f in one.formulas) else f" JOIN lists{k} USING (unit, month, stratum)"
    month = words.at("(SELECT firsts FROM months)", "month")
    return f"SELECT {k} AS pass, unit, {month} AS month, stratum, {words.row(numbers)} AS numbers FROM added{k}{joined}"


def _narrow(
    source: Source, some: Sequence[Pass], months: Sequence[date] | None, words: PostgreSQL
) -> tuple[str, list[Any]]:
    """SQL: what passes need of each row."""
    kind = some[0].formulas[0].kind
    columns, spans, params = [f"coalesce(unit, {words.mark(NO_UNIT)}) AS unit", "stratum"], [], []
    for k, one in enumerate(some):
        moment = kind.column_of_moment(one.formulas[0].month)
        columns.append(f"{words.place(moment)} AS month{k}")
        columns.append(f"bits & {kind.mask(sorted(_facts(one)))} AS bits{k}")
        inside, more = (
            (f"{moment} IS NOT NULL", []) if months is None else span_of(moment, months, words.begins)
        )
        spans.append(inside)
        params += more
    return (
        f"SELECT {', '.join([*columns, *_values(some)])} FROM {words.beside(source.table)} "
        f"WHERE kind = %s AND {source.condition} AND ({' OR '.join(spans)}){words.whole}"
    ), [kind.code, *source.params, *params]


def _strata(one: Pass) -> bool:
    return one.by_stratum or any(f.only for f in one.formulas)


def _facts(one: Pass) -> set[str]:
    """The facts that the formulas of a pass ask for."""
    return {fact for f in one.formulas for where in (f.where, f.hit) if where for fact in where.facts}


def _values(some: Sequence[Pass]) -> list[str]:
    """The columns of values that the formulas of passes use."""
    every = (f for one in some for f in one.formulas)
    return sorted({f.kind.column_of_value(name) for f in every for name in (f.value, f.over) if name})


def _added(one: Pass, words: PostgreSQL) -> str:
    """SQL: rows, hits, sum and sum below of each formula over the groups."""
    return ", ".join(
        f"{number} AS {name}{n}"
        for n, f in enumerate(one.formulas)
        for name, number in _sums(f, words).items()
    )


def _sums(one: Formula, words: PostgreSQL) -> dict[str, str]:
    inside, none = within(one), words.double("NULL")
    value = one.kind.column_of_value(one.value) if one.value else ""
    below = one.kind.column_of_value(one.over) if one.over else ""
    hits = f"coalesce(sum(n) FILTER (WHERE {inside} AND {one.hit.sql(one.kind)}), 0)" if one.hit else "0"
    return {
        "rows": f"coalesce(sum(n) FILTER (WHERE {inside}), 0)",
        "hits": words.double(hits),
        "total": f"sum({value}) FILTER (WHERE {inside})" if value else none,
        "below": f"sum({below}) FILTER (WHERE {inside})" if below else none,
    }


def _list(one: Formula) -> str:
    """SQL: the values that a quantile or a distinct count is made of; a list needs no sorting of rows."""
    value = one.kind.column_of_value(one.value)
    return f"array_agg({value}) FILTER (WHERE {within(one)} AND {value} IS NOT NULL)"


def _of_list(n: int, one: Formula, words: PostgreSQL) -> str:
    """SQL: the quantile or the distinct count of a list."""
    return (
        words.quantile(float(one.q), f"list{n}")
        if one.measure is Measure.QUANTILE
        else words.distinct(f"list{n}")
    )
