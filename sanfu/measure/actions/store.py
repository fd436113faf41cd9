"""The kept rows and tallies (行与计数): made anew from the working tables for what was touched, or for everything."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sanfu.kernel.indicators.rowkind import MOMENTS, VALUES, RowKind
from sanfu.measure.book import formulas
from sanfu.measure.counting import NUMBERS, ZONE, Source
from sanfu.measure.kinds import row_kinds
from sanfu.measure.models import Mark, Tally
from sanfu.measure.passes import grouped, readings
from sanfu.records.actor import Actor

# An order joins a dozen tables: with the usual limit of eight the planner meets the few cases asked for last of all.
ROOM = {
    "work_mem": "256MB", "join_collapse_limit": 14, "from_collapse_limit": 14, "geqo_threshold": 16, "jit": "off",
}  # fmt: skip
OVERLAP = timedelta(minutes=10)  # events of a transaction that commits late have ids from before the mark
COLUMNS = ("region", "kind", "row_id", "case_id", "unit", "stratum", "bits", *MOMENTS, *VALUES)


# How many rows were written or went, and the months that they lie in.
CHANGED = (
    "SELECT (SELECT count(*) FROM changed), array_agg(DISTINCT month) FROM (SELECT DISTINCT date_trunc('month', "
    f"moment AT TIME ZONE '{ZONE}')::date AS month FROM changed, LATERAL (VALUES {', '.join(f'({one})' for one in MOMENTS)}) "
    "AS of_row(moment) WHERE moment IS NOT NULL) AS in_months"
)
# A pass gives five numbers a formula; each formula's become a row of its own without leaving the database.
# A sum is kept to fifteen digits: the order in which rows were added up then changes nothing, and is never written as a change.
CELLS = """
SELECT month, cells.id AS indicator, unit, numbers[5 * n + 1]::int AS rows, numbers[5 * n + 2]::int AS hits,
    numbers[5 * n + 3]::numeric::float8 AS total, numbers[5 * n + 4]::numeric::float8 AS below, numbers[5 * n + 5] AS value
FROM ({grouped}) AS counted JOIN unnest(%s::int[], %s::text[], %s::int[], %s::text[]) AS cells(pass, id, n, stratum) USING (pass, stratum)
WHERE numbers[5 * n + 1] > 0
"""
ALL_NEW = "INSERT INTO measure_tally (region, month, indicator, unit, {numbers}) SELECT %s, made.* FROM ({cells}) AS made"
# Writing a cell costs more than counting it: only those that changed are written, and those that count nothing now go.
WHAT_CHANGED = """
WITH made AS MATERIALIZED ({cells}),
old AS MATERIALIZED (SELECT month, indicator, unit, {numbers} FROM measure_tally
    WHERE region = %s AND month = ANY(%s) AND indicator = ANY(%s)),
gone AS (DELETE FROM measure_tally t USING (SELECT month, indicator, unit FROM old EXCEPT SELECT month, indicator, unit FROM made) g
    WHERE t.region = %s AND t.month = g.month AND t.indicator = g.indicator AND t.unit = g.unit)
INSERT INTO measure_tally (region, month, indicator, unit, {numbers})
SELECT %s, made.* FROM made LEFT JOIN old USING (month, indicator, unit)
WHERE old.month IS NULL OR ({made}) IS DISTINCT FROM ({old})
ON CONFLICT (region, month, indicator, unit) DO UPDATE SET {updated}
"""
# Tables that were filled and never looked at: the database meets them with guesses, and an order joins a dozen of them.
# After an import or a restore that is so until its own sweep comes by; some hundred orders then took half a minute.
UNKNOWN = (
    "SELECT string_agg(format('%I', relname), ', ') FROM pg_stat_user_tables WHERE schemaname = current_schema() "
    "AND last_analyze IS NULL AND last_autoanalyze IS NULL AND n_live_tup >= 50"
)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh wrote."""

    cases: int
    rows: int
    months: int


def live(region: str) -> Source:
    """All rows of a county."""
    return Source("measure_row", "region = %s", (region,))


@transaction.atomic
def rebuild(*, region: str, at: datetime) -> Refreshed:
    """Make every row and every tally anew from the working tables."""
    _only_one(region)
    event = _last_event()
    filled = [_fill(kind, region, at, None) for kind in row_kinds().values()]
    _tallied(region, None)
    Mark.objects.update_or_create(region=region, defaults={"event": event, "at": at})
    months = {month for _, some in filled for month in some}
    return Refreshed(-1, sum(rows for rows, _ in filled), len(months))


@transaction.atomic
def refresh(*, region: str, at: datetime) -> Refreshed:
    """Make the rows of touched cases anew, and the tallies of the months that they lie or lay in."""
    _only_one(region)
    mark = Mark.objects.filter(region=region).first()
    if mark is None:
        return rebuild(region=region, at=at)
    event = _last_event()
    touched = _touched(region, mark, at)
    months: dict[str, set[date]] = {}
    rows = 0
    for kind in row_kinds().values():
        if not touched:
            break
        written, moved = _fill(kind, region, at, _with_related(kind, touched))
        rows += written
        months[kind.code] = moved
    for code, moved in months.items():
        if moved:
            _tallied(region, sorted(moved), code)
    Mark.objects.update_or_create(region=region, defaults={"event": event or mark.event, "at": at})
    return Refreshed(len(touched), rows, len({one for moved in months.values() for one in moved}))


def sweep(*, region: str, by: Actor, at: datetime) -> int:
    """The refresh that comes round; return how many rows it wrote."""
    return refresh(region=region, at=at).rows


def _only_one(region: str) -> None:
    """Two refreshes of one county wait for each other; each gets room to sort and join, and tables the planner knows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in ROOM.items())
        )
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('measure.refresh'), hashtext(%s))", [region])
        cursor.execute(UNKNOWN)
        if tables := cursor.fetchone()[0]:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {tables}")


def _last_event() -> uuid.UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM records_event ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None


def _touched(region: str, mark: Mark, at: datetime) -> list[uuid.UUID]:
    """Cases with an event since the mark, and cases whose facts changed by time alone."""
    after = uuid.UUID(int=0)
    if mark.event is not None:
        after = uuid.UUID(int=max(mark.event.int - (int(OVERLAP.total_seconds() * 1000) << 80), 0))
    with connection.cursor() as cursor:
        cursor.execute(
            # A rating has a stream of its own, so that no timeline of its case shows it; it says which case it is of.
            "SELECT c.id FROM cases_case c WHERE c.region = %s AND c.id IN "
            "(SELECT stream FROM records_event WHERE id > %s UNION "
            "SELECT (data->>'case')::uuid FROM records_event WHERE id > %s AND kind LIKE 'ratings.%%') "
            "UNION SELECT case_id FROM measure_row WHERE region = %s AND stale_at <= %s AND case_id IS NOT NULL",
            [region, after, after, region, at],
        )
        return [row[0] for row in cursor.fetchall()]


def _with_related(kind: RowKind, touched: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    if not kind.related:
        return list(touched)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH seen AS (SELECT unnest(%s::uuid[]) AS id) {kind.related}", [list(touched)])
        return sorted({*touched, *(row[0] for row in cursor.fetchall())}, key=str)


def _fill(
    kind: RowKind, region: str, at: datetime, only: Sequence[uuid.UUID] | None
) -> tuple[int, set[date]]:
    """Write the rows of a kind; return how many, and the months of old and new ones."""
    whose = "region = %(region)s AND kind = %(kind)s"
    params: dict[str, Any] = {"region": region, "kind": kind.code, "now": at}
    if only is not None:
        whose += " AND case_id = ANY(%(only)s)"
        params["only"] = list(only)
    with connection.cursor() as cursor:
        gone = f"WITH changed AS (DELETE FROM measure_row WHERE {whose} RETURNING {', '.join(MOMENTS)}) {CHANGED}"
        cursor.execute(gone, params)
        _, before = cursor.fetchone()
        cursor.execute(_insert(kind, only is not None), params | {"kinds": list(kind.case_kinds)})
        written, after = cursor.fetchone()
    return written, {*(before or ()), *(after or ())}


def _insert(kind: RowKind, some: bool) -> str:
    """The statement that makes narrow rows of a kind's own text."""
    seen = "SELECT id FROM cases_case WHERE region = %(region)s"
    seen += " AND kind = ANY(%(kinds)s)" if kind.case_kinds else ""
    seen += " AND id = ANY(%(only)s)" if some else ""
    bits = " | ".join(f"(({name})::int::bigint << {place})" for place, name in enumerate(kind.facts)) or "0"
    moments = [f"at_{name}" for name in kind.moments] + ["NULL"] * (len(MOMENTS) - len(kind.moments))
    values = [*kind.values, *["NULL"] * (len(VALUES) - len(kind.values))]
    return (
        f"WITH seen AS NOT MATERIALIZED ({seen}), {kind.sql}, changed AS ("
        f"INSERT INTO measure_row ({', '.join(COLUMNS)}, stale_at, known_at) "
        f"SELECT %(region)s, %(kind)s, row_id, case_id, unit, coalesce({kind.stratum}, ''), {bits}, "
        f"{', '.join(f'{one}::timestamptz' for one in moments)}, {', '.join(f'{one}::float8' for one in values)}, "
        f"stale_at, %(now)s FROM {kind.table} RETURNING {', '.join(MOMENTS)}) {CHANGED}"
    )


def _tallied(region: str, months: Sequence[date] | None, kind: str = "") -> None:
    """Count the cells of some months (or all) anew and write those that differ from the kept ones."""
    some = [one for one in formulas().values() if not kind or one.kind.code == kind]
    if months is None:
        Tally.objects.filter(region=region, indicator__in=[one.id for one in some]).delete()
    with connection.cursor() as cursor:
        for together in readings(some):
            sql, params = grouped(live(region), together, months)
            wanted = [(number, *cell) for number, one in enumerate(together) for cell in one.cells]
            numbers, names, places, strata = (list(part) for part in zip(*wanted, strict=True))
            cells, counted = CELLS.format(grouped=sql), [*params, numbers, names, places, strata]
            if months is None:
                cursor.execute(ALL_NEW.format(numbers=", ".join(NUMBERS), cells=cells), [region, *counted])
            else:
                cursor.execute(_what_changed(cells), [*counted, region, list(months), names, region, region])


def _what_changed(cells: str) -> str:
    """The statement that brings the kept cells of some months up to the counted ones."""
    return WHAT_CHANGED.format(
        cells=cells, numbers=", ".join(NUMBERS), made=", ".join(f"made.{name}" for name in NUMBERS),
        old=", ".join(f"old.{name}" for name in NUMBERS), updated=", ".join(f"{name} = excluded.{name}" for name in NUMBERS),
    )  # fmt: skip
