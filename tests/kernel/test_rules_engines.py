"""The engines give one answer: every condition, clause and amount, with missing values, dates and boundaries."""

from fractions import Fraction

import duckdb
import numpy as np
import pytest

from sanfu.kernel.rules.engines.bitmap import Population
from sanfu.kernel.rules.engines.columns import from_rows
from sanfu.kernel.rules.engines.naive import Naive
from sanfu.kernel.rules.engines.plan import Plan, make_plan
from sanfu.kernel.rules.engines.single import Single
from sanfu.kernel.rules.engines.sql import Dialect, queries
from sanfu.kernel.rules.judging.verdict import whole
from sanfu.kernel.rules.language.facts import Row
from sanfu.kernel.rules.language.quantities import CODE, FLAG
from sanfu.kernel.rules.reading.document import Document
from tests.kernel.random_rules import COLUMNS, DAY, DICTIONARY, Writer

Cell = tuple[bool | None, tuple[bool | None, ...], int | None]


def by_naive(document: Document, rows: list[Row]) -> list[list[Cell]]:
    found = []
    for row in rows:
        naive = Naive(row, DAY)
        cells: list[Cell] = []
        for clause in document.clauses:
            test = naive.test(clause.test)
            amount = naive.value(clause.amount) if clause.amount is not None and test is True else None
            assert amount is None or isinstance(amount, Fraction)
            paid = whole(amount, 1)
            answers = tuple(naive.test(c.test) for c in clause.conditions)
            cells.append((test, answers, None if paid is None else int(paid)))
        found.append(cells)
    return found


def by_python(plan: Plan, rows: list[Row]) -> list[list[Cell]]:
    single = Single(plan)
    decisions = [single.decide(row) for row in rows]
    return [
        [(d.test(rule), d.conditions(rule), d.amounts.get(rule.clause)) for rule in plan.rules]
        for d in decisions
    ]


def by_bitmap(plan: Plan, rows: list[Row]) -> list[list[Cell]]:
    population = Population(plan, from_rows(rows, COLUMNS, DICTIONARY))
    amounts: dict[tuple[str, int], int] = {}
    for rule, hits, (values, known) in population.awards():
        for place, row in enumerate(hits):
            if known is None or known[place]:
                amounts[rule.clause, int(row)] = int(values[place])
    return [
        [
            (
                population.answer(rule.test, i),
                tuple(population.answer(c, i) for c in rule.conditions),
                amounts.get((rule.clause, i)),
            )
            for rule in plan.rules
        ]
        for i in range(len(rows))
    ]


def sql_type(key: str) -> str:
    kind = DICTIONARY.fact_of(key).type
    return "BOOLEAN" if kind == FLAG else "VARCHAR" if kind == CODE else "BIGINT"


def by_duckdb(plan: Plan, rows: list[Row]) -> list[list[Cell]]:
    base = duckdb.connect()
    base.execute("SET threads=1")
    columns = ", ".join(f'"{key}" {sql_type(key)}' for key in COLUMNS)
    base.execute(f"CREATE TABLE facts (id BIGINT, {columns})")
    marks = ", ".join("?" for _ in range(len(COLUMNS) + 1))
    values = [[i, *[row.get(k) for k in COLUMNS]] for i, row in enumerate(rows)]
    base.executemany(f"INSERT INTO facts VALUES ({marks})", values)
    return cells_of(
        plan, [base.execute(q.text + " ORDER BY 1").fetchall() for q in queries(plan, Dialect.DUCKDB)]
    )


def cells_of(plan: Plan, answers: list[list[tuple[object, ...]]]) -> list[list[Cell]]:
    """SQL rows (id, then t, k…, a of each clause) as cells."""
    assert len(answers) == 1
    found = []
    for row in answers[0]:
        values = iter(row[1:])
        cells: list[Cell] = []
        for rule in plan.rules:
            test = next(values)
            conditions = tuple(next(values) for _ in rule.conditions)
            amount = next(values)
            cells.append((test, conditions, None if amount is None else int(amount)))  # type: ignore[arg-type]
        found.append(cells)
    return found


def agree(seed: int, clauses: int, size: int) -> int:
    """Number of cells compared; the assertion names the first that differs."""
    writer = Writer(seed)
    document = writer.document(clauses)
    plan = make_plan(document.clauses, DAY)
    rows: list[Row] = [writer.row() for _ in range(size)]
    expected = by_naive(document, rows)
    for name, engine in (("python", by_python), ("bitmap", by_bitmap), ("duckdb", by_duckdb)):
        found = engine(plan, rows)
        for i in range(size):
            for j, clause in enumerate(document.clauses):
                if found[i][j] != expected[i][j]:
                    text = document.source.splitlines()[clause.span.line - 1 : clause.span.line + 4]
                    pytest.fail(
                        f"{name} seed {seed} row {i}: {found[i][j]} ≠ {expected[i][j]}\n{text}\n{rows[i]}"
                    )
    return clauses * size


@pytest.mark.parametrize("seed", range(6))
def test_engines_agree_on_random_rules(seed: int) -> None:
    assert agree(seed, clauses=8, size=25) == 200


@pytest.mark.slow
def test_engines_agree_on_ten_thousand_cases() -> None:
    assert sum(agree(1000 + seed, clauses=10, size=20) for seed in range(60)) >= 10_000


def test_an_unknown_column_is_unknown_not_zero() -> None:
    writer = Writer(7)
    plan = make_plan(writer.document(3).clauses, DAY)
    population = Population(plan, from_rows([{}, {}], [], DICTIONARY))
    for rule in plan.rules:
        for condition in rule.conditions:
            if plan.core.bools[condition][0] not in ("true", "false"):
                assert not np.any(population.pair(condition).known())
