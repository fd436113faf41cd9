"""League tables and suppression: small units are pulled in and never ranked, hidden cells cannot be worked out."""

from hypothesis import given
from hypothesis import strategies as st

from sanfu.kernel.indicators.league import league, limits, strength
from sanfu.kernel.indicators.suppress import suppressed

UNITS = st.dictionaries(
    st.integers(0, 40),
    st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    max_size=20,
)


@given(UNITS)
def test_a_shrunk_share_lies_between_the_own_and_the_countys(units: dict[int, tuple[int, int]]) -> None:
    mean, weight = strength(units)
    assert weight > 0
    for one in league(units, 30):
        low, high = sorted((one.raw, mean))
        assert low - 1e-9 <= one.shrunk <= high + 1e-9
        assert (one.rank is None) == (one.rows < 30)


@given(UNITS)
def test_ranks_follow_the_shrunk_share(units: dict[int, tuple[int, int]]) -> None:
    ranked = [one for one in league(units, 30) if one.rank]
    assert [one.shrunk for one in ranked] == sorted((one.shrunk for one in ranked), reverse=True)
    assert not ranked or ranked[0].rank == 1


def test_one_case_at_a_hundred_percent_leads_nothing() -> None:
    found = league({"大": (930, 1000), "中": (280, 300), "小": (1, 1)}, 30)
    assert found[-1].unit == "小"
    assert found[-1].rank is None
    assert found[-1].shrunk < 0.94


def test_units_that_differ_much_keep_their_own_share() -> None:
    _, much = strength({"甲": (900, 1000), "乙": (500, 1000), "丙": (700, 1000)})
    _, little = strength({"甲": (701, 1000), "乙": (699, 1000), "丙": (700, 1000)})
    assert much < 30 < little


def test_the_funnel_narrows() -> None:
    wide, narrow = limits(0.9, 30), limits(0.9, 3000)
    assert wide[0] < narrow[0] < 0.9 < narrow[1] < wide[1] or wide[1] == 1.0


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 60).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=9))  # fmt: skip
def test_no_small_cell_is_shown_nor_left_alone(cells: dict[int, tuple[int, int]]) -> None:
    shown = suppressed(cells)
    for cell in shown.values():
        assert cell is None or not any(0 < n < 5 for n in (cell[0], cell[1], cell[0] - cell[1]))
    hidden = [key for key, cell in shown.items() if cell is None]
    others = [key for key, cell in cells.items() if cell[0]]
    assert len(hidden) != 1 or len(others) == 1
