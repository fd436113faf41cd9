"""The best legal bundle equals brute force, with conflicts across groups and with ceilings, and HiGHS's optimum."""

import random
from itertools import combinations

import highspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.rules.awards.bundles import (
    Award,
    Ceiling,
    Exclusions,
    best_bundle,
    best_total,
    largest_remainder,
)


def paid_of(chosen: list[Award], ceilings: list[Ceiling]) -> int | None:
    """What a choice pays, said the slow way."""
    for ceiling in ceilings:
        if ceiling.whole and sum(a.amount for a in chosen if a.clause in ceiling.members) > ceiling.room:
            return None
    room = {c.name: c.room for c in ceilings}
    total = 0
    for award in chosen:
        mine = [c.name for c in ceilings if award.clause in c.members]
        given = min([award.amount, *[room[name] for name in mine]])
        for name in mine:
            room[name] -= given
        total += given
    return total


def brute_force(awards: list[Award], exclusions: Exclusions, ceilings: list[Ceiling]) -> int:
    best = 0
    for size in range(len(awards) + 1):
        for chosen in combinations(awards, size):
            legal = all(
                b.clause not in exclusions.rivals.get(a.clause, ()) for a, b in combinations(chosen, 2)
            )
            value = paid_of(list(chosen), ceilings) if legal else None
            best = max(best, value or 0)
    return best


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Award], Exclusions, list[Ceiling]]:
    count = draw(st.integers(0, 8))
    names = [f"c{i}" for i in range(count)]
    awards = [Award(name, draw(st.integers(0, 12))) for name in names]
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(f"g{draw(st.integers(0, 3))}", []).append(name)
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(names or [""]), st.sampled_from(names or [""])), max_size=6)
    )
    ceilings = []
    for i in range(draw(st.integers(0, 1))):
        members = frozenset(draw(st.lists(st.sampled_from(names), unique=True)) if names else [])
        ceilings.append(Ceiling(f"k{i}", draw(st.integers(0, 20)), members, draw(st.booleans())))
    return awards, Exclusions(groups, pairs), ceilings


@settings(max_examples=80, deadline=None)
@given(instances())
def test_the_best_bundle_equals_brute_force(case: tuple[list[Award], Exclusions, list[Ceiling]]) -> None:
    awards, exclusions, ceilings = case
    bundle = best_bundle(awards, exclusions, ceilings)
    assert bundle.total == brute_force(awards, exclusions, ceilings)
    assert bundle.total == paid_of(list(bundle.chosen), ceilings)
    names = {a.clause for a in bundle.chosen}
    assert not any(names & exclusions.rivals.get(name, set()) for name in names)


@settings(max_examples=40, deadline=None)
@given(instances())
def test_taking_a_loser_costs_what_is_said(case: tuple[list[Award], Exclusions, list[Ceiling]]) -> None:
    awards, exclusions, _ = case
    bundle = best_bundle(awards, exclusions)
    for lost in bundle.lost:
        rest = [a for a in awards if a.clause not in exclusions.rivals.get(lost.award.clause, ())]
        others = [a for a in rest if a is not lost.award]
        assert bundle.total - lost.costs == lost.award.amount + brute_force(others, exclusions, [])
        assert lost.rivals or lost.award.amount == 0


def highs(amounts: list[int], rivals: list[int]) -> int:
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    take = [model.addBinary(obj=float(amount)) for amount in amounts]
    for i, mask in enumerate(rivals):
        for j in range(i):
            if mask >> j & 1:
                model.addConstr(take[i] + take[j] <= 1)
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.run()
    return round(model.getInfo().objective_function_value)


@pytest.mark.parametrize("seed", range(20))
def test_the_optimum_equals_highs(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(5, 22)
    rivals = [0] * count
    for i, j in combinations(range(count), 2):
        if chance.random() < 0.15:
            rivals[i] |= 1 << j
            rivals[j] |= 1 << i
    amounts = [chance.randint(1, 500) for _ in range(count)]
    chosen = best_total(amounts, rivals)
    assert sum(a for i, a in enumerate(amounts) if chosen >> i & 1) == highs(amounts, rivals)


def test_the_higher_of_a_group_wins_and_the_loser_learns_why() -> None:
    awards = [Award("甲", 30), Award("乙", 50), Award("丙", 20)]
    bundle = best_bundle(awards, Exclusions({"专精特新": ["甲", "乙"]}))
    assert [a.clause for a in bundle.chosen] == ["乙", "丙"]
    (lost,) = bundle.lost
    assert (lost.award.clause, lost.rivals, lost.costs) == ("甲", ("乙",), 20)


def test_groups_count_per_project() -> None:
    awards = [Award("甲", 30, "一期"), Award("乙", 50, "一期"), Award("甲", 30, "二期")]
    assert best_bundle(awards, Exclusions({"同一项目": ["甲", "乙"]})).total == 80


def test_a_yearly_ceiling_counts_what_was_paid_before() -> None:
    ceiling = Ceiling("每企业每年", 100, frozenset(("甲", "乙")), used=30)
    bundle = best_bundle([Award("甲", 50), Award("乙", 40)], Exclusions({}), [ceiling])
    assert bundle.paid == {"甲": 50, "乙": 20}
    assert bundle.cut == {"乙": 20}


@pytest.mark.slow
@given(
    st.dictionaries(st.text(min_size=1, max_size=2), st.integers(0, 10**9), max_size=6), st.integers(0, 10**9)
)
def test_pro_rata_spends_the_pool_to_the_last_fen(claims: dict[str, int], pool: int) -> None:
    paid = largest_remainder(claims, pool)
    assert sum(paid.values()) == min(pool, sum(claims.values()))
    assert all(0 <= paid[name] <= claims[name] for name in claims)
