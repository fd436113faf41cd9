"""Hotspots against a count by hand of every arrangement; distances against known ones."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.hotspots import SURE, hotspots, metres_between

CELLS = st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["路灯", "噪声"])), max_size=9)


def by_hand(now: int, before: int) -> float:
    """Share of all arrangements of the orders over two windows that put as many or more into the newer one."""
    ways = [sum(one) for one in product((0, 1), repeat=now + before)]
    return sum(count >= now for count in ways) / len(ways)


@given(CELLS, CELLS)
@settings(max_examples=40, deadline=None)
def test_every_cell_is_counted_and_its_chance_is_that_of_all_arrangements(
    now: list[tuple[str, str]], before: list[tuple[str, str]]
) -> None:
    found = hotspots(now, before)
    assert {(one.place, one.kind): one.now for one in found} == {cell: now.count(cell) for cell in now}
    for one in found:
        assert one.before == before.count((one.place, one.kind))
        assert one.chance == pytest.approx(by_hand(one.now, one.before))
    ranked = sorted(one.chance for one in found)
    line = max((p for k, p in enumerate(ranked, 1) if p <= SURE * k / len(ranked)), default=-1.0)
    assert all(one.surge == (one.now >= 3 and one.chance <= line) for one in found)


def test_a_steady_place_is_no_hotspot_and_a_sudden_one_is() -> None:
    steady = [("甲", "路灯")] * 30
    found = hotspots([*steady, *[("乙", "噪声")] * 12], [*steady, ("乙", "噪声")])
    assert [(one.place, one.surge) for one in found] == [("乙", True), ("甲", False)]
    assert found[0].growth == 11
    assert found[1].growth == 0


def test_metres() -> None:
    assert metres_between(120, 30, 120, 31) == pytest.approx(111_195, rel=1e-3)
    assert metres_between(120, 30, 121, 30) == pytest.approx(96_297, rel=1e-3)
    assert metres_between(120, 30, 120, 30) == 0
