"""Figures of a firm as somebody types them: each is judged or refused in words, however large, small or odd."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sanfu.enterprise.capital.content import boards
from sanfu.kernel.capital.boards import check_listing
from sanfu.kernel.capital.reading import UnreadableFacts, read_facts
from sanfu.kernel.rules.language.quantities import exact

DAY = date(2026, 11, 23)
YEARLY = ("净利润", "营业收入", "经营活动现金流净额", "研发投入")
ODD = st.sampled_from(
    ["1e308", "1e-308", "-1e308", "9" * 400, "nan", "inf", "1e9", "0", "-0", "1e14", "1e-9", "½", "٣"]
)
CELLS = (
    ODD | st.floats(allow_nan=True, allow_infinity=True).map(str) | st.integers(-(10**20), 10**20).map(str)
)


@given(
    st.dictionaries(st.tuples(st.sampled_from(YEARLY), st.sampled_from([2023, 2024, 2025])), CELLS),
    CELLS,
    CELLS,
)
@budget(max_examples=120, deadline=None)
def test_any_figures_are_judged_or_refused_in_words(
    yearly: dict[tuple[str, int], str], low: str, high: str
) -> None:
    raw = {"单位": "万元", "企业": "演示企业", "预计市值（亿元）": {"low": low, "high": high}}
    for (name, year), value in yearly.items():
        raw.setdefault(name, {})[year] = value  # type: ignore[attr-defined]
    try:
        facts = read_facts(raw)
    except UnreadableFacts:
        return
    for board in boards().boards:
        version = boards().on(board, DAY)
        assert version is not None
        assert check_listing(version, facts, DAY).standards


@pytest.mark.parametrize(
    "text", ["1e999999999", "-1e999999999", "1e-999999999", "0e999999999", "1E+99999999", "1,0e999999"]
)
def test_a_number_whose_zeros_fill_the_memory_is_refused_before_they_do(text: str) -> None:
    with pytest.raises(ValueError, match="不是能写完的数"):
        exact(text)


@pytest.mark.parametrize("value", ["1e308", "9" * 16, "0.0000000001"])
def test_a_number_that_no_firm_has_is_refused(value: str) -> None:
    with pytest.raises(UnreadableFacts, match="核对位数和单位"):
        read_facts({"单位": "万元", "企业": "演示企业", "净利润": {2025: value}})
