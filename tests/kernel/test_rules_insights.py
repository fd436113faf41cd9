"""Near misses, thresholds, readiness and events: each against the slow way of asking."""

from fractions import Fraction

import numpy as np
import pytest

from sanfu.kernel.rules.engines.bitmap import Population, unpack
from sanfu.kernel.rules.engines.columns import from_rows
from sanfu.kernel.rules.engines.plan import Plan, make_plan
from sanfu.kernel.rules.engines.single import Single
from sanfu.kernel.rules.language.facts import Row
from sanfu.kernel.rules.population.insights import (
    AT_ONCE,
    QUICK,
    Watch,
    count,
    near_miss,
    near_miss_by_condition,
    readiness,
    update,
)
from sanfu.kernel.rules.reading.document import Document, read_document
from sanfu.kernel.rules.reading.thresholds import move_threshold, thresholds
from tests.kernel.random_rules import COLUMNS, DAY, DICTIONARY, Writer


def city(seed: int, missing: float = 0.1) -> tuple[Plan, Population, list[Row], Single]:
    writer = Writer(seed)
    plan = make_plan(writer.document(10).clauses, DAY)
    rows: list[Row] = [writer.row(missing) for _ in range(61)]
    return plan, Population(plan, from_rows(rows, COLUMNS, DICTIONARY)), rows, Single(plan)


@pytest.mark.parametrize("seed", range(20, 24))
def test_a_near_miss_fails_exactly_one_condition(seed: int) -> None:
    plan, population, rows, single = city(seed)
    decisions = [single.decide(row) for row in rows]
    for rule in plan.rules:
        nodes = list(dict.fromkeys(rule.conditions))
        expected = [
            sum(d.nodes[c] is not True for c in nodes) == 1 and any(d.nodes[c] is False for c in nodes)
            for d in decisions
        ]
        near = near_miss(population, rule)
        assert unpack(near, len(rows)).tolist() == expected
        assert sum(near_miss_by_condition(population, rule).values()) == sum(expected) == count(near)


def document_of(text: str) -> Document:
    front = "---\n编号: r\n标题: r\n文号: r\n发布机关: r\n层级: 县级\n施行: 2020-01-01\n---\n"
    document = read_document(f"{front}# r\n\n文。\n\n```规则\n条款 r 试\n{text}\n```\n", DICTIONARY, "r")
    assert not document.problems
    return document


def one_clause(text: str) -> Plan:
    return make_plan(document_of(text).clauses, DAY)


@pytest.mark.parametrize(
    ("text", "which", "value", "label"),
    [
        (
            "条件 上年.营业收入 ≥ {}万元 或 经营异常\n条件 非 有效.高企\n给 上年.营业收入 的 10%",
            0,
            500,
            "2000万元",
        ),
        ("条件 上年.营业收入 < {}万元\n给 20万元", 0, 500, "2000万元"),
        ("条件 上年.营业收入 ≥ 300万元\n给 {}万元", 1, 7, "2000万元"),
    ],
)
def test_a_moved_threshold_equals_the_rule_written_anew(
    text: str, which: int, value: int, label: str
) -> None:
    """Whatever is moved, a bound from above or below or an amount."""
    before = document_of(text.format(2000))
    threshold = thresholds(before.clauses[0], before.source)[which]
    assert threshold.shown == label
    assert move_threshold(before.source, threshold, Fraction(value)) == document_of(text.format(value)).source


@pytest.mark.parametrize("seed", range(40, 44))
def test_one_threshold_moves_and_no_other(seed: int) -> None:
    document = Writer(seed).document(4)
    for place, clause in enumerate(document.clauses):
        every = thresholds(clause, document.source)
        for threshold in every:
            assert move_threshold(document.source, threshold, threshold.value) == document.source
            text = move_threshold(document.source, threshold, threshold.value + 1)
            anew = read_document(text, DICTIONARY, document.name)
            values = [one.value for one in thresholds(anew.clauses[place], text)]
            assert values == [one.value + (one is threshold) for one in every]


@pytest.mark.parametrize("seed", range(30, 34))
def test_an_event_flips_the_same_bits_as_a_new_run(seed: int) -> None:
    plan, population, rows, single = city(seed)
    population.decide()
    watch = Watch(single)
    for index in (0, 7, 8, 60):
        news = {"本年.高企": True, "历史.高企": False, "上年.营业收入": 2000 * 10**6}
        old = single.decide(rows[index])
        shift = watch.event(old, news, rows[index])
        for rule in plan.rules:
            was, now = old.test(rule), shift.decision.test(rule)
            assert (rule.clause in shift.won) == (now is True and was is not True)
            assert (rule.clause in shift.lost) == (was is True and now is not True)
        update(population, index, old.nodes, shift.decision.nodes)
        rows[index] = {**rows[index], **news}
    fresh = Population(plan, from_rows(rows, COLUMNS, DICTIONARY))
    for node in range(len(plan.core.bools)):
        assert np.array_equal(population.pair(node).true, fresh.pair(node).true)
        assert np.array_equal(population.pair(node).false, fresh.pair(node).false)


def test_readiness_ranks_what_is_missing_by_money() -> None:
    plan = one_clause("条件 经营异常\n条件 有效.高企\n给 投资额 的 10%")
    rows: list[Row] = [
        {"经营异常": True, "有效.高企": True, "投资额": 10**8},
        {"经营异常": True, "投资额": 5 * 10**8},
        {"有效.高企": True, "投资额": 10**8},
        {"投资额": 10**9},
        {"经营异常": False, "投资额": 10**9},
    ]
    population = Population(plan, from_rows(rows, ["经营异常", "有效.高企", "投资额"], DICTIONARY))
    needs = ("经营异常", "有效.高企", "投资额")
    found = readiness(population, plan.rules[0], needs, DICTIONARY)
    assert found.mode == QUICK
    assert [(n.column, n.waiting, n.money) for n in found.needs] == [
        ("有效.高企", 1, 5 * 10**7),
        ("经营异常", 1, 10**7),
        ("投资额", 0, 0),
    ]
    full = from_rows([rows[0]], ["经营异常", "有效.高企", "投资额"], DICTIONARY)
    assert readiness(Population(plan, full), plan.rules[0], needs, DICTIONARY).mode == AT_ONCE
