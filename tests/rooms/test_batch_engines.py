"""The award list of every policy in force is one plan: the bitmaps, PostgreSQL, DuckDB and Spark hold the same firms and amounts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from sanfu.enterprise.benefits.policies import in_force
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import population
from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import from_rows
from sanfu.kernel.rules.engines.plan import Plan, make_plan
from sanfu.kernel.rules.engines.sql import Dialect, queries
from sanfu.kernel.rules.language.quantities import CODE, FLAG
from tests.spark import needs_spark, spark, table

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("firms")]
DAY = date(2026, 6, 1)
Award = tuple[str, int, int | None]  # clause, firm, amount


def by_bitmaps(plan: Plan, rows: Sequence[dict[str, Any]]) -> set[Award]:
    bits = Population(plan, from_rows(rows, plan.columns, dictionary()))
    found: set[Award] = set()
    for rule, hits in zip(plan.rules, bits.hits, strict=True):
        amounts: list[int | None] = [None] * len(hits)
        if rule.amount is not None and len(hits):
            values, known = bits.amount(rule, hits)
            held = np.broadcast_to(True if known is None else known, hits.shape).tolist()
            amounts = [int(v) if k else None for v, k in zip(np.asarray(values).tolist(), held, strict=True)]
        found |= {(rule.clause, int(row), amount) for row, amount in zip(hits, amounts, strict=True)}
    return found


def types_of(plan: Plan) -> dict[str, str]:
    kinds = {key: dictionary().fact_of(key).type for key in plan.columns}
    return {key: {FLAG: "BOOLEAN", CODE: "VARCHAR"}.get(kind, "BIGINT") for key, kind in kinds.items()}


def awards(plan: Plan, answers: Sequence[tuple[Any, list[tuple[Any, ...]]]]) -> set[Award]:
    """The awards in answers of `queries`: id, then for each clause whether it holds, its conditions, its amount."""
    found: set[Award] = set()
    for query, rows in answers:
        for row in rows:
            place = 1
            for rule in query.rules:
                amount = row[place + 1 + len(rule.conditions)] if rule.amount is not None else None
                if row[place] is True:
                    found.add((rule.clause, int(row[0]), None if amount is None else int(amount)))
                place += 1 + len(rule.conditions) + (rule.amount is not None)
    return found


def by_postgresql(plan: Plan, rows: Sequence[dict[str, Any]]) -> set[Award]:
    types = types_of(plan)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE facts (id BIGINT, " + ", ".join(f'"{k}" {t}' for k, t in types.items()) + ")"
        )
        marks = ", ".join(["%s"] * (len(types) + 1))
        cursor.executemany(
            f"INSERT INTO facts VALUES ({marks})",
            [[n, *[row.get(k) for k in types]] for n, row in enumerate(rows)],
        )
        answers = []
        for query in queries(plan, Dialect.POSTGRESQL):
            cursor.execute(query.text.replace("%", "%%"), [])
            answers.append((query, cursor.fetchall()))
        cursor.execute("DROP TABLE facts")
    return awards(plan, answers)


def by_duckdb(plan: Plan, rows: Sequence[dict[str, Any]]) -> set[Award]:
    types, base = types_of(plan), duckdb.connect()
    base.execute("SET threads=1")
    base.execute("CREATE TABLE facts (id BIGINT, " + ", ".join(f'"{k}" {t}' for k, t in types.items()) + ")")
    base.executemany(
        f"INSERT INTO facts VALUES ({', '.join('?' * (len(types) + 1))})",
        [[n, *[row.get(k) for k in types]] for n, row in enumerate(rows)],
    )
    return awards(plan, [(q, base.execute(q.text).fetchall()) for q in queries(plan, Dialect.DUCKDB)])


def by_spark(plan: Plan, rows: Sequence[dict[str, Any]]) -> set[Award]:
    columns = {key: "STRING" if kind == "VARCHAR" else kind for key, kind in types_of(plan).items()}
    with spark() as session:
        values = [(n, *map(row.get, columns)) for n, row in enumerate(rows)]
        table(session, "facts", {"id": "BIGINT"} | columns, values)
        return awards(
            plan,
            [(q, [tuple(r) for r in session.sql(q.text).collect()]) for q in queries(plan, Dialect.SPARK)],
        )


@pytest.mark.parametrize(
    "engine",
    [by_postgresql, by_duckdb, pytest.param(by_spark, marks=needs_spark)],
    ids=["postgresql", "duckdb", "spark"],
)
def test_the_award_list_of_every_policy_is_the_same_on_each_engine(engine: Any) -> None:
    documents = [policy.document for policy in in_force(settings.REGION, DAY) if not policy.document.problems]
    clauses = [clause for document in documents for clause in document.clauses]
    plan = make_plan(clauses, DAY)
    rows = [profile.row for profile in population(settings.REGION, DAY)]
    expected = by_bitmaps(plan, rows)
    assert len(rows) == 400
    assert len(expected) > 100, "an empty list would prove nothing"
    assert engine(plan, rows) == expected
