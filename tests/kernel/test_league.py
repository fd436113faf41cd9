"""League tables and suppression: small units are pulled in and never ranked, hidden cells cannot be worked out."""

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import settings as budget
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
    left = [sum(cells[key][at] for key in hidden) for at in (0, 1)]
    whole = [sum(cell[at] for cell in cells.values()) for at in (0, 1)]
    if set(others) - set(hidden) and not _small(*whole):
        assert not _small(*left), "the total minus what is shown gives back a small sum"


def _small(rows: int, hits: int) -> bool:
    return any(0 < count < 5 for count in (rows, hits, rows - hits))


SMALL = st.integers(0, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.lists(SMALL, min_size=2, max_size=4))
@budget(max_examples=150, deadline=None)
def test_who_knows_the_total_and_the_rule_cannot_work_out_a_hidden_count(
    cells: list[tuple[int, int]],
) -> None:
    """By brute force: another county with the same total shows the same table, and its hidden small cell is another."""
    shown = suppressed(dict(enumerate(cells)))
    hidden = [at for at, cell in shown.items() if cell is None]
    total = _sums(cells)
    if _small(*total) or len(hidden) < 2 or len(hidden) == sum(rows > 0 for rows, _ in cells):
        return  # the total is hidden itself, or nothing else is left to hide
    left = _sums([cells[at] for at in hidden])
    options = [(rows, hits) for rows in range(1, left[0]) for hits in range(min(rows, left[1]) + 1)]
    worlds = [
        guess for guess in product(options, repeat=len(hidden) - 1)
        if (rest := (left[0] - sum(r for r, _ in guess), left[1] - sum(h for _, h in guess)))[0] >= 1
        and 0 <= rest[1] <= rest[0]
    ]  # fmt: skip
    for place in range(len(hidden) - 1):
        assert len({world[place] for world in worlds}) > 1, (cells, shown)


def _sums(cells: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(rows for rows, _ in cells), sum(hits for _, hits in cells)


def test_three_units_with_one_case_each_are_not_given_back_by_their_sum() -> None:
    """Hidden alone, 3 of 3 would say that each has exactly one; so a fourth is hidden with them."""
    shown = suppressed({"甲": (1, 1), "乙": (1, 0), "丙": (1, 1), "丁": (40, 20), "戊": (60, 30)})
    assert [unit for unit, cell in shown.items() if cell is None] == ["甲", "乙", "丙", "丁"]


def test_what_is_hidden_besides_is_the_cell_that_hides_most() -> None:
    """Two misses of 甲 are hidden among the eight of 丁, not beside the none of 乙."""
    shown = suppressed({"甲": (100, 98), "乙": (50, 50), "丙": (60, 60), "丁": (200, 192)})
    assert [unit for unit, cell in shown.items() if cell is None] == ["甲", "丁"]
