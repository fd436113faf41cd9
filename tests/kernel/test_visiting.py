"""走访: groups are as few as a search finds, weeks as level as a search finds, routes keep the day, caps hold."""

import itertools
import math
import random
from collections import Counter

import pytest

from sanfu.kernel.assigning.reading import recognised
from sanfu.kernel.visiting.levelling import level
from sanfu.kernel.visiting.merging import fewest, plan_quarter
from sanfu.kernel.visiting.model import Limits, Visit, Wish
from sanfu.kernel.visiting.reading import WISH_COLUMNS, start_of, wishes_of
from sanfu.kernel.visiting.routing import Day, kilometres, route
from tests.kernel.visiting_world import quarter


def partitions(rows: list[Wish]) -> "itertools.chain[list[list[Wish]]]":
    if not rows:
        return itertools.chain([[]])
    first, rest = rows[0], rows[1:]
    return itertools.chain.from_iterable(
        ([[first], *part], *[[*part[:i], [first, *part[i]], *part[i + 1 :]] for i in range(len(part))])
        for part in partitions(rest)
    )


@pytest.mark.parametrize("seed", range(40))
def test_groups_are_the_fewest(seed: int) -> None:
    chance = random.Random(seed)
    wishes = []
    for n in range(7):
        first = chance.randint(1, 8)
        wishes.append(
            Wish(f"W{n}", "F", f"D{n}", first, first + chance.randint(0, 4), alone=chance.random() < 0.1)
        )
    most = chance.choice([2, 3, 4])

    def fine(group: list[Wish]) -> bool:
        alone = len(group) == 1 or not any(wish.alone for wish in group)
        return alone and len(group) <= most and max(w.first for w in group) <= min(w.last for w in group)

    best = min(len(part) for part in partitions(wishes) if all(fine(group) for group in part))
    groups = fewest(wishes, most)
    assert all(fine(list(group)) for group in groups)
    assert sorted(wish.code for group in groups for wish in group) == [wish.code for wish in wishes]
    assert len(groups) == best


@pytest.mark.parametrize("seed", range(30))
def test_weeks_are_as_level_as_any_choice(seed: int) -> None:
    chance = random.Random(seed)
    visits = []
    for n in range(6):
        first = chance.randint(1, 4)
        last = first + chance.randint(0, 3)
        visits.append(Visit(f"F{n}", last, first, last, (Wish(f"W{n}", f"F{n}", "D", first, last),)))
    busy = {2: 2} if seed % 2 else {}

    def squares(weeks: tuple[int, ...]) -> int:
        return sum(count * count for count in (Counter(weeks) + Counter(busy)).values())

    best = min(squares(weeks) for weeks in itertools.product(*(range(v.first, v.last + 1) for v in visits)))
    made = level(visits, busy=busy)
    assert all(v.first <= v.week <= v.last for v in made)
    assert squares(tuple(v.week for v in made)) == best


@pytest.mark.parametrize("seed", range(3))
def test_a_quarter_loses_no_wish_keeps_every_cap_and_moves_no_inspection(seed: int) -> None:
    wishes = quarter(seed=seed)
    plan = plan_quarter(wishes)
    told = [w.code for visit in plan.visits for w in visit.wishes] + [
        w.code for w in plan.inspections + plan.left
    ]
    assert sorted(told) == sorted(wish.code for wish in wishes)
    assert plan.inspections == [wish for wish in wishes if wish.lawful]
    assert max(Counter(visit.firm for visit in plan.visits).values()) <= 2
    assert max(len(visit.wishes) for visit in plan.visits) <= 4
    outside = {one.wish.code for one in plan.merged if one.outside}
    for visit in plan.visits:
        assert visit.first <= visit.week <= visit.last
        for wish in visit.wishes:
            assert (wish.first <= visit.week <= wish.last) == (wish.code not in outside)
    own = {visit.wishes[0].code for visit in plan.visits}
    named = {one.wish.code: plan.visits[one.visit] for one in plan.merged}
    for wish in wishes:
        if not wish.lawful and wish.code not in own and wish not in plan.left:
            assert wish in named[wish.code].wishes
    assert len(plan.visits) + len(plan.inspections) <= 0.65 * len(wishes)


def test_a_wish_beyond_the_cap_goes_to_the_nearest_visit_and_says_how_far() -> None:
    wishes = [
        Wish("A", "F", "D1", 1, 1),
        Wish("B", "F", "D2", 6, 6),
        Wish("C", "F", "D3", 12, 12),
        Wish("E", "F", "D4", 6, 6),
    ]
    plan = plan_quarter(wishes, Limits(a_firm=2, departments=4))
    assert len(plan.visits) == 2
    moved = {one.wish.code: one.outside for one in plan.merged if one.outside}
    assert moved in ({"A": 5}, {"C": 6})
    assert plan.left == []
    full = plan_quarter(wishes, Limits(a_firm=1, departments=2))
    assert len(full.visits[0].wishes) == 2
    assert len(full.left) == 2


def test_visits_to_one_firm_drift_apart_where_windows_allow() -> None:
    wishes = [Wish("A", "F", "D1", 1, 3, alone=True), Wish("B", "F", "D2", 3, 9, alone=True)]
    plan = plan_quarter(wishes)
    assert plan.close == []


@pytest.mark.parametrize("seed", range(6))
def test_a_route_serves_every_stop_once_within_the_day_and_small_ones_are_shortest(seed: int) -> None:
    chance = random.Random(seed)
    stops = [(chance.uniform(-20, 20), chance.uniform(-20, 20)) for _ in range(6)]
    minutes = [60.0] * 6
    day = Day(minutes=330)
    found = route((0, 0), stops, minutes, day)
    assert sorted(n for one in found.days for n in one) == list(range(6))
    km = kilometres([(0, 0), *stops])

    def length(order: tuple[int, ...]) -> float:
        path = [0, *[n + 1 for n in order], 0]
        return sum(km[a][b] for a, b in itertools.pairwise(path))

    def fits(order: tuple[int, ...]) -> bool:
        return length(order) * 1.5 + 60 * len(order) <= day.minutes + 1e-9

    assert all(fits(tuple(one)) for one in found.days)
    best = min(
        sum(length(part) for part in parts)
        for order in itertools.permutations(range(6))
        for cuts in itertools.product([0, 1], repeat=5)
        for parts in [split(order, cuts)]
        if all(fits(part) for part in parts)
    )
    assert found.km <= best * 1.02


def split(order: tuple[int, ...], cuts: tuple[int, ...]) -> list[tuple[int, ...]]:
    parts, start = [], 0
    for at, cut in enumerate(cuts, 1):
        if cut:
            parts.append(order[start:at])
            start = at
    return [*parts, order[start:]]


def test_a_stop_too_far_for_any_day_is_named() -> None:
    found = route((0, 0), [(1, 1), (500, 0)], [60, 60])
    assert (found.days, found.too_long) == ([[0]], [1])


def test_weeks_and_dates_are_read_and_bad_rows_refused() -> None:
    rows = [
        ["企业", "部门", "开始日期", "结束日期", "事由"],
        ["甲", "发改委", "2026-10-07", "2026-10-20", "调研"],
        ["甲", "应急局", "2026-10-12", "2026-10-12", "执法检查"],
        ["甲", "", "2026-10-12", "2026-10-12", ""],
        ["甲", "商务局", "2026-11-01", "2026-10-12", ""],
        ["甲", "商务局", "2026-02-30", "", ""],
    ]
    table = recognised("w.csv", rows, WISH_COLUMNS, ("firm", "department"))
    table.rows, bad = table.rows[:-1], table.rows[-1:]
    wishes = wishes_of(table, start_of(table))
    assert [(w.first, w.last, w.lawful) for w in wishes] == [(1, 3, False), (2, 2, True)]
    assert [one.line for one in table.refused] == [4, 5]
    table.rows = bad
    wishes_of(table, None)
    assert "不存在" in table.refused[-1].words
    plain = recognised(
        "w.csv",
        [["firm", "dept", "weeks"], ["F", "D", "3-6"], ["F", "E", ""], ["F", "G", "soon"]],
        WISH_COLUMNS,
        (),
    )
    assert [(w.first, w.last) for w in wishes_of(plain, None)] == [(3, 6), (1, 13)]
    assert len(plain.refused) == 1


def test_many_stops_are_cut_into_sectors_and_each_is_served_once() -> None:
    chance = random.Random(4)
    stops = [(chance.random() * 60, chance.random() * 60) for _ in range(310)]
    found = route((30.0, 30.0), stops, [60.0] * len(stops), tries=0)
    assert sorted(n for one in found.days for n in one) == list(range(len(stops)))
    assert found.too_long == []
    alone = sum(2 * 1.35 * math.hypot(x - 30, y - 30) for x, y in stops)
    assert found.km < alone / 2
    assert found == route((30.0, 30.0), stops, [60.0] * len(stops), tries=0)
