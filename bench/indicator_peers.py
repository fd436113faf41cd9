"""The columnar peers of the indicators: the exported narrow rows counted by DuckDB and by Polars, in the same cells."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sanfu.kernel.indicators.formula import Formula, Measure, Where
from sanfu.kernel.indicators.rowkind import MOMENTS, VALUES

Key = tuple[str, uuid.UUID, date]
Cells = Mapping[Key, tuple[int, int, float | None, float | None, float | None]]


def exported(region: str, path: Path) -> int:
    """Write the kept rows of a county to Parquet, moments as first days of their months; return how many."""
    from django.db import connection
    from pyarrow import csv, parquet

    from sanfu.measure.counting import NO_UNIT, month_of

    months = ", ".join(f"{month_of(one)} AS {one}" for one in MOMENTS)
    sql = (
        f"COPY (SELECT kind, coalesce(unit, '{NO_UNIT}'::uuid) AS unit, stratum, bits, {months}, {', '.join(VALUES)} "
        f"FROM measure_row WHERE region = '{region}') TO STDOUT WITH (FORMAT csv, HEADER)"
    )
    raw = path.with_suffix(".csv")
    with connection.cursor() as cursor, cursor.copy(sql) as copied, raw.open("wb") as file:
        for block in copied:
            file.write(block)
    table = csv.read_csv(raw)
    parquet.write_table(table, path)
    return int(table.num_rows)


def _groups(formulas: Sequence[Formula]) -> dict[tuple[str, str], list[Formula]]:
    found: dict[tuple[str, str], list[Formula]] = {}
    for one in formulas:
        found.setdefault((one.kind.code, one.kind.column_of_moment(one.month)), []).append(one)
    return found


def duckdb(path: Path, formulas: Sequence[Formula]) -> Cells:
    import duckdb as engine

    from sanfu.measure.counting import COUNTY, within

    base = engine.connect()
    base.execute("SET threads = 2")
    found = {}
    for (kind, moment), group in _groups(formulas).items():
        numbers = []
        for one in group:
            inside = within(one)
            value = one.kind.column_of_value(one.value) if one.value else ""
            below = one.kind.column_of_value(one.over) if one.over else ""
            special = "NULL"
            if one.measure is Measure.QUANTILE:
                special = f"quantile_disc({value}, {float(one.q)}) FILTER (WHERE {inside})"
            if one.measure is Measure.DISTINCT:
                special = f"count(DISTINCT {value}) FILTER (WHERE {inside})"
            hits = f"count(*) FILTER (WHERE {inside} AND {one.hit.sql(one.kind)})" if one.hit else "0"
            sums = [f"sum({v}) FILTER (WHERE {inside})" if v else "NULL" for v in (value, below)]
            numbers += [f"count(*) FILTER (WHERE {inside})", hits, *sums, special]
        sql = (
            f"SELECT unit, {moment}, grouping(unit), {', '.join(numbers)} FROM read_parquet('{path}') "
            f"WHERE kind = '{kind}' AND {moment} IS NOT NULL GROUP BY GROUPING SETS ((unit, {moment}), ({moment}))"
        )
        for unit, month, county, *values in base.execute(sql).fetchall():
            for one, part in zip(group, zip(*[iter(values)] * 5, strict=True), strict=True):
                if part[0]:
                    found[one.id, COUNTY if county else uuid.UUID(str(unit)), month] = part
    return found


def _meets(where: Where, one: Formula, pl: Any) -> Any:
    bits, kind = pl.col("bits"), one.kind
    every, some, no = kind.mask(where.all), kind.mask(where.any), kind.mask(where.none)
    found = (bits & (every | no)) == every
    return found & ((bits & some) != 0) if some else found


def polars(path: Path, formulas: Sequence[Formula]) -> Cells:
    import polars as pl

    from sanfu.measure.counting import COUNTY

    found = {}
    for (kind, moment), group in _groups(formulas).items():
        made = []
        for n, one in enumerate(group):
            inside = _meets(one.where, one, pl)
            if one.only:
                inside = inside & pl.col("stratum").is_in(list(one.only))
            hit = (inside & _meets(one.hit, one, pl)).sum() if one.hit else pl.lit(0)
            made += [inside.sum().alias(f"r{n}"), hit.alias(f"h{n}")]
            for name, value in (("t", one.value), ("b", one.over)):
                if value:
                    column = pl.col(one.kind.column_of_value(value)).filter(inside).drop_nulls()
                    made.append(pl.when(column.len() > 0).then(column.sum()).alias(f"{name}{n}"))
                    if name == "t" and one.measure is Measure.QUANTILE:
                        place = (column.len() * float(one.q)).ceil().cast(pl.Int64).clip(1) - 1
                        made.append(column.sort().get(place, null_on_oob=True).alias(f"s{n}"))
                    if name == "t" and one.measure is Measure.DISTINCT:
                        made.append(column.n_unique().alias(f"s{n}"))
        rows = pl.scan_parquet(path).filter((pl.col("kind") == kind) & pl.col(moment).is_not_null())
        for keys in (["unit", moment], [moment]):
            for row in rows.group_by(keys).agg(made).collect().iter_rows(named=True):
                unit = uuid.UUID(row["unit"]) if len(keys) == 2 else COUNTY
                for n, one in enumerate(group):
                    if row[f"r{n}"]:
                        found[one.id, unit, row[moment]] = (
                            row[f"r{n}"], row[f"h{n}"], row.get(f"t{n}"), row.get(f"b{n}"), row.get(f"s{n}"),
                        )  # fmt: skip
    return found


PEERS: dict[str, Callable[[Path, Sequence[Formula]], Cells]] = {"DuckDB, 2 threads": duckdb, "Polars": polars}
