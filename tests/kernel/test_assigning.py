"""挂钩: the plan is as cheap as a search through all plans finds, its bound never lies, its reasons name the rule."""

import itertools
import math
import random
from dataclasses import replace

import numpy as np
import pytest

from sanfu.kernel.assigning.explaining import free_room, parts_of, rules_of, uncovered, why_not
from sanfu.kernel.assigning.greedy import greedy
from sanfu.kernel.assigning.model import Bar, Firm, Officer, Place, Prices, Problem
from sanfu.kernel.assigning.reading import (
    FIRM_COLUMNS,
    OFFICER_COLUMNS,
    PAIR_COLUMNS,
    NoColumn,
    firms_of,
    officers_of,
    recognised,
    standing_of,
)
from sanfu.kernel.assigning.solving import lower_bound, penalty_of, solve
from tests.kernel.assignment_world import ring, world


def small(seed: int) -> Problem:
    chance = random.Random(seed)
    problem = world(6, 3, spare=chance.choice([-0.3, 0.0, 0.2]), seed=seed, districts=5, gone=0.0)
    return replace(problem, prices=Prices(change=chance.choice([25.0, 3.5])))


def searched(problem: Problem) -> float:
    """The least objective over all plans, each firm with any officer or none."""
    penalty, best = penalty_of(problem), math.inf
    choices = [(-1, *np.flatnonzero(problem.bars[row] == 0)) for row in range(len(problem.firms))]
    for plan in itertools.product(*choices):
        taken = np.zeros(len(problem.officers))
        value = 0.0
        for row, column in enumerate(plan):
            if column >= 0:
                taken[column] += problem.loads[row]
                value += problem.costs[row, column]
            elif problem.possible[row]:
                value += penalty * problem.loads[row]
        if np.all(taken <= problem.capacities + 1e-9):
            best = min(best, value)
    return best


@pytest.mark.parametrize("seed", range(30))
def test_the_plan_is_the_best_of_all_plans(seed: int) -> None:
    problem = small(seed)
    plan = solve(problem, gap=0.0)
    best = searched(problem)
    assert plan.objective == pytest.approx(best)
    assert plan.bound <= best + 1e-6
    assert plan.gap == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_any_prices_of_load_prove_a_bound(seed: int) -> None:
    problem = small(seed)
    prices = np.random.default_rng(seed).uniform(0, 20, len(problem.officers))
    assert lower_bound(problem, prices, penalty_of(problem)) <= searched(problem) + 1e-6


def test_a_county_is_planned_within_rules_and_capacity_and_keeps_who_knows_the_firm() -> None:
    problem = world(400, 20, spare=0.05, seed=3)
    plan = solve(problem)
    rows = np.flatnonzero(plan.chosen >= 0)
    assert not problem.bars[rows, plan.chosen[rows]].any()
    assert min(free_room(problem, plan).values()) >= -1e-9
    assert plan.gap <= 0.01
    assert plan.objective <= solve(problem, gap=1.0, seconds=0.0).objective
    held = problem.held >= 0
    assert (plan.chosen == problem.held)[held].mean() >= 0.9
    for row in rows[:50]:
        firm, officer = problem.firms[row].code, problem.officers[plan.chosen[row]].code
        assert sum(parts_of(problem, firm, officer).values()) == pytest.approx(
            problem.costs[row, plan.chosen[row]]
        )


def test_many_pairs_fed_by_pricing_prove_the_same_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = world(300, 30, spare=0.03, seed=5)
    plain = solve(problem)
    monkeypatch.setattr("sanfu.kernel.assigning.solving.ALL_AT_ONCE", 100)
    priced = solve(problem)
    penalty = penalty_of(problem)
    assert lower_bound(problem, priced.load_prices, penalty) == pytest.approx(
        lower_bound(problem, plain.load_prices, penalty), rel=1e-6
    )
    assert priced.objective == pytest.approx(plain.objective, rel=0.01)


def test_greedy_never_breaks_a_rule() -> None:
    problem = world(200, 10, spare=0.0, seed=2)
    chosen = greedy(problem)
    rows = np.flatnonzero(chosen >= 0)
    assert not problem.bars[rows, chosen[rows]].any()
    taken = np.bincount(chosen[rows], problem.loads[rows], len(problem.officers))
    assert np.all(taken <= problem.capacities + 1e-9)


def here(district: str) -> Place:
    return Place((district,))


def test_a_firm_that_nobody_may_serve_names_the_rule_and_the_cheapest_way_out() -> None:
    firms = (Firm("F1", languages=frozenset({"ja"}), place=here("d0")), Firm("F2", place=here("d0")))
    officers = (
        Officer("O1", capacity=5, place=here("d0")),
        Officer("O2", capacity=5, place=here("d3"), languages=frozenset({"ja"})),
    )
    problem = Problem(firms, officers, {}, ring(8), Prices(far=10.0))
    (one,) = uncovered(problem, solve(problem))
    assert (one.firm, one.rules) == ("F1", ("distance",))
    assert one.ways[0].officer == "O2"
    assert {way.rules for way in one.ways} == {("distance",), ("language",)}
    dear = replace(problem, prices=Prices(far=500.0))
    assert uncovered(dear, solve(dear))[0].rules == ("language",)


def test_without_room_the_rule_is_capacity_and_the_heavy_firm_is_served_first() -> None:
    firms = (Firm("F1", load=1), Firm("F2", load=3))
    problem = Problem(firms, (Officer("O1", capacity=3),))
    plan = solve(problem)
    (one,) = uncovered(problem, plan)
    assert (one.firm, one.rules) == ("F1", ("capacity",))
    assert one.ways[0].rules == ("capacity",)


def test_a_conflict_of_interest_is_never_the_cheapest_rule_to_lift() -> None:
    firms = (Firm("F1", avoid=frozenset({"O1"}), languages=frozenset({"de"})),)
    problem = Problem(
        firms, (Officer("O1", capacity=3, languages=frozenset({"de"})), Officer("O2", capacity=3))
    )
    (one,) = uncovered(problem, solve(problem))
    assert one.rules == ("language",)
    assert rules_of(problem, "F1", "O1") == ("conflict",)


def test_why_not_names_the_rule_or_the_price_of_the_exchange() -> None:
    firms = (Firm("F1", place=here("d0")), Firm("F2", place=here("d0"), avoid=frozenset({"O2"})))
    officers = (Officer("O1", capacity=2, place=here("d0")), Officer("O2", capacity=2, place=here("d1")))
    problem = Problem(firms, officers, {"F1": "O1"}, ring(5))
    plan = solve(problem)
    other = why_not(problem, plan, "F1", "O2")
    assert (other.chosen, other.extra) == ("O1", 35.0)
    assert "路程 +10" in other.words
    assert "更换熟悉的干部 +25" in other.words
    assert why_not(problem, plan, "F2", "O2").rules == ("conflict",)


@pytest.mark.parametrize("seed", range(8))
def test_the_price_of_an_exchange_is_what_a_search_finds(seed: int) -> None:
    problem = small(seed + 100)
    plan = solve(problem, gap=0.0)
    firm, officer = problem.firms[0].code, problem.officers[1].code
    answer = why_not(problem, plan, firm, officer)
    if answer.extra is not None and answer.chosen:
        barred = frozenset((firm, one.code) for one in problem.officers if one.code != officer)
        assert answer.extra == pytest.approx(
            searched(replace(problem, barred=barred)) - searched(problem), abs=1e-6
        )


def test_distances_follow_neighbours_coordinates_and_the_districts_an_officer_is_bound_to() -> None:
    firms = (Firm("F1", place=here("d3")), Firm("F2", place=Place((), (120.5, 31.9))), Firm("F3"))
    officers = (
        Officer("O1", place=here("d0")),
        Officer("O2", place=Place((), (120.5, 31.8))),
        Officer("O3", place=Place(("d1", "d3"))),
        Officer("O4", place=here("d4"), only_here=True),
    )
    problem = Problem(firms, officers, {}, ring(10))
    assert problem.steps[0].tolist() == [3, 0, 0, 3]
    assert problem.steps[1][1] == pytest.approx(1.112, abs=0.01)
    assert problem.steps[2].tolist() == [0, 0, 0, 0]
    assert Bar(int(problem.bars[0, 3])) == Bar.DISTANCE


def test_headers_in_either_language_are_read_and_bad_rows_are_refused_with_line_and_words() -> None:
    sheet = [
        ["企业名称", "统一社会信用代码", "规上", "所属板块", "语种", "备注"],
        ["甲厂", "A1", "是", "城北", "日语"],
        [],
        ["乙厂", "A1", "否", "城北", ""],
        ["丙厂", "A3", "", "城南", "中文"],
    ]
    table = recognised("firms.csv", sheet, FIRM_COLUMNS, ())
    firms = firms_of(table)
    assert [(one.code, one.load, one.languages) for one in firms] == [
        ("A1", 3.0, {"ja"}),
        ("A3", 1.0, frozenset()),
    ]
    assert table.ignored == ["备注"]
    assert [(one.line, "第 2 行重复" in one.words) for one in table.refused] == [(4, True)]
    people = recognised(
        "o.csv",
        [["officer_id", "max_load", "langs"], ["1", "九", ""], ["2", "", "en;ja"]],
        OFFICER_COLUMNS,
        (),
    )
    officers = officers_of(people, 7)
    assert [(one.code, one.capacity, one.languages) for one in officers] == [("2", 7, {"en", "ja"})]
    assert "“九”" in people.refused[0].words
    pairs = recognised(
        "p.csv",
        [["firm", "officer"], ["A1", "2"], ["A1", "9"], ["A3", "9"], ["A8", "2"]],
        PAIR_COLUMNS,
        ("firm", "officer"),
    )
    standing, notes = standing_of(pairs, firms, officers)
    assert standing == {"A3": "9"}
    assert "两行都不采用" in pairs.refused[0].words
    assert len(notes) == 2
    with pytest.raises(NoColumn, match="officer"):
        recognised("p.csv", [["firm"], ["A1"]], PAIR_COLUMNS, ("firm", "officer"))
