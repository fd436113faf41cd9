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
from sanfu.kernel.rules.reading.document import Document, read_document
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
    rows: list[Row] = [writer.row(0.15 if i % 5 else 0.0) for i in range(size)]
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
    front = "---\n编号: s\n标题: s\n文号: s\n发布机关: s\n层级: 县级\n施行: 2020-01-01\n---\n"
    rules = "条款 s 无\n条件 上年.营业收入 ≤ 300万元\n条件 非 经营异常\n条件 行业 不属于 制造业\n条件 成立日期 满 12月"
    document = read_document(f"{front}# s\n\n一段。\n\n```规则\n{rules}\n```\n", DICTIONARY, "s")
    plan = make_plan(document.clauses, DAY)
    population = Population(plan, from_rows([{}, {}], [], DICTIONARY))
    assert len(plan.rules[0].conditions) == 4
    for condition in plan.rules[0].conditions:
        assert not np.any(population.pair(condition).known())


@pytest.mark.parametrize("seed", range(40, 46))
def test_what_is_decided_stays_decided_when_more_becomes_known(seed: int) -> None:
    """Bounds never guess: filling the gaps in any way leaves every decided answer as it was."""
    writer = Writer(seed)
    document = writer.document(10)
    for _ in range(20):
        row = writer.row(missing=0.5)
        before = Naive(row, DAY)
        for _ in range(3):
            full = {**writer.row(missing=0.0), **row}
            after = Naive(full, DAY)
            for clause in document.clauses:
                answer = before.test(clause.test)
                assert answer is None or answer == after.test(clause.test), (clause.test, row, full)


SCORES = "定义 总分 = (选 { 上年.营业收入 ≥ 300万元: 50万元; 否则: 0元 }) + (选 { 上年.研发费用 ≥ 1万元: 30万元; 否则: 0元 }) + (选 { 期末.从业人员 ≥ 20人: 20万元; 否则: 0元 })"


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"上年.营业收入": 300 * 10**6, "上年.研发费用": 10**6}, True),  # 80 whatever the staff
        ({"上年.营业收入": 0, "期末.从业人员": 20}, False),  # 50 at most
        ({"上年.营业收入": 300 * 10**6}, None),  # 50 to 100
        ({"上年.营业收入": 300 * 10**6, "期末.从业人员": 19, "上年.研发费用": 0}, False),
        ({}, None),
    ],
)
def test_a_score_is_decided_as_soon_as_its_known_parts_decide(row: Row, answer: bool | None) -> None:
    front = "---\n编号: s\n标题: s\n文号: s\n发布机关: s\n层级: 县级\n施行: 2020-01-01\n---\n"
    rules = f"{SCORES}\n条款 s 评分\n条件 总分 不低于 60万元\n给 1万元"
    document = read_document(f"{front}# s\n\n一段。\n\n```规则\n{rules}\n```\n", DICTIONARY, "s")
    plan = make_plan(document.clauses, DAY)
    cells = [
        by_naive(document, [row]),
        by_python(plan, [row]),
        by_bitmap(plan, [row]),
        by_duckdb(plan, [row]),
    ]
    assert [cell[0][0][0] for cell in cells] == [answer] * 4
