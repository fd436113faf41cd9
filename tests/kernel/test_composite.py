"""综合指数: the weighted sum by hand, bounded, monotone; what is missing is named and never taken as zero."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.indicators.composite import index, parse
from sanfu.kernel.indicators.formula import BadFormula, Formula
from sanfu.kernel.indicators.formula import parse as formula
from sanfu.kernel.indicators.rowkind import RowKind

KIND = RowKind("k", "件", "", facts={"a": "甲", "b": "乙"}, moments={"m": "受理"}, values={"v": "值"})


def share(name: str, better: str = "high") -> Formula:
    raw = {
        "id": name,
        "rows": "k",
        "name": name,
        "month": "m",
        "measure": "share",
        "hit": ["a"],
        "better": better,
        "small_sample": 5,
    }
    return formula(raw, {"k": KIND})


BOOK = {
    "好": share("好"), "坏": share("坏", "low"),
    "数": formula({"id": "数", "rows": "k", "name": "数", "month": "m", "measure": "count"}, {"k": KIND}),
}  # fmt: skip
ONE = parse({"id": "x", "name": "指数", "weights": {"好": 60, "坏": 40}}, BOOK)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 50), st.integers(5, 50), st.integers(0, 50), st.integers(5, 50))
def test_the_weighted_sum(good: int, of_good: int, bad: int, of_bad: int) -> None:
    good, bad = min(good, of_good), min(bad, of_bad)
    found = index(ONE, {"好": (good, of_good), "坏": (bad, of_bad)}).value
    assert found == 60 * Fraction(good, of_good) + 40 * (1 - Fraction(bad, of_bad))
    assert 0 <= found <= 100
    if good < of_good:
        more = index(ONE, {"好": (good + 1, of_good), "坏": (bad, of_bad)}).value
        assert more is not None
        assert more > found


def test_what_is_missing_or_small_is_named() -> None:
    assert index(ONE, {"好": (3, 9)}).missing == ("坏",)
    assert index(ONE, {"好": (3, 4), "坏": (0, 9)}) == index(ONE, {"坏": (1, 9)})
    assert ONE.sentence() == "0.6×好＋0.4×（100%－坏）"


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"好": 60}, "100"),
        ({"好": 100, "无": 0}, "无"),
        ({"数": 100}, "不是占比"),
        ({"好": 110, "坏": -10}, "大于零"),
    ],
)
def test_a_wrong_index_is_refused(weights: dict[str, Any], says: str) -> None:
    with pytest.raises(BadFormula, match=says):
        parse({"id": "x", "name": "指数", "weights": weights}, BOOK)
