"""The SQL text parses in both dialects, repeats no definition, and widens what may leave 64 bits."""

import pytest
import sqlglot

from sanfu.kernel.rules.engines.plan import make_plan
from sanfu.kernel.rules.engines.sql import Dialect, member, queries
from tests.kernel.random_rules import DAY, DICTIONARY, Writer
from tests.kernel.test_rules_insights import one_clause


@pytest.mark.slow
@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("seed", [3, 4])
def test_the_text_parses(dialect: Dialect, seed: int) -> None:
    plan = make_plan(Writer(seed).document(12).clauses, DAY)
    name = "postgres" if dialect is Dialect.POSTGRESQL else str(dialect)
    parts = queries(plan, dialect, per_query=5)
    assert [len(query.rules) for query in parts] == [5, 5, 2]
    for query in parts:
        assert sqlglot.parse_one(query.text, dialect=name)
        assert query.text.count(f"s0 {dialect.step} (") == 1


def test_a_shared_part_is_a_column_of_a_step() -> None:
    plan = one_clause(
        "条件 上年.营业收入 ≥ 2000万元 且 经营异常\n条件 上年.营业收入 ≥ 2000万元 或 有效.高企\n给 1万元"
    )
    (query,) = queries(plan, Dialect.POSTGRESQL)
    assert query.text.count('"上年.营业收入" >=') == 1


def test_a_product_of_two_amounts_is_widened() -> None:
    plan = one_clause("条件 上年.研发费用 占 上年.营业收入 ≥ 前年.研发费用 ÷ 前年.营业收入\n给 1万元")
    assert "AS NUMERIC" in queries(plan, Dialect.POSTGRESQL)[0].text
    assert "AS HUGEINT" in queries(plan, Dialect.DUCKDB)[0].text
    assert any(plan.core.wide(i) for i in range(len(plan.core.ints)))


def test_spark_has_its_own_quotes_and_patterns() -> None:
    assert member("`行业`", ("甲'乙", "C"), Dialect.SPARK) == (
        "(`行业` IN ('甲\\'乙', 'C') OR `行业` RLIKE '^C[0-9]+$')"
    )


def test_quotes_in_names_and_texts_are_escaped() -> None:
    assert member('"行业"', ("甲'乙",)) == "(\"行业\" IN ('甲''乙'))"
    assert DICTIONARY.find("行业") is not None
