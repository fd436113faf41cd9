"""The SQL engine on PostgreSQL gives the naive interpreter's answer, row by row."""

import pytest
from django.db import connection

from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.engines.sql import Dialect, queries
from sanfu.kernel.rules.language.facts import Row
from tests.kernel.random_rules import COLUMNS, DAY, Writer
from tests.kernel.test_rules_engines import by_naive, cells_of, sql_type

pytestmark = pytest.mark.django_db


def rows_of(text: str, rows: list[Row]) -> list[tuple[object, ...]]:
    columns = ", ".join(f'"{key}" {sql_type(key)}' for key in COLUMNS)
    marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE facts (id BIGINT, {columns})")
        values = [[i, *[row.get(key) for key in COLUMNS]] for i, row in enumerate(rows)]
        cursor.executemany(f"INSERT INTO facts VALUES ({marks})", values)
        cursor.execute(text.replace("%", "%%") + " ORDER BY 1", [])
        found = cursor.fetchall()
        cursor.execute("DROP TABLE facts")
    return found


def agree(seed: int, clauses: int, size: int) -> int:
    writer = Writer(seed)
    document = writer.document(clauses)
    plan = make_plan(document.clauses, DAY)
    rows: list[Row] = [writer.row() for _ in range(size)]
    (query,) = queries(plan, Dialect.POSTGRESQL)
    assert cells_of(plan, [rows_of(query.text, rows)]) == by_naive(document, rows), f"seed {seed}"
    return clauses * size


@pytest.mark.parametrize("seed", range(50, 53))
def test_postgresql_agrees_on_random_rules(seed: int) -> None:
    assert agree(seed, clauses=8, size=25) == 200


@pytest.mark.slow
def test_postgresql_agrees_on_ten_thousand_cases() -> None:
    assert sum(agree(2000 + seed, clauses=10, size=20) for seed in range(50)) >= 10_000
