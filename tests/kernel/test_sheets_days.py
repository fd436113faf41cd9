"""A day of a cell: written as people write it, and nothing that a file holds breaks the reading."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfu.kernel.sheets import UnreadableSheet, read_day

WAYS = ("{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y.%m.%d}", "{:%Y年%m月%d日}", "{:%Y%m%d}", " {:%Y-%m-%d} 00:00:00 ")


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)), st.sampled_from(WAYS))
def test_a_day_is_read_as_it_was_written(day: date, way: str) -> None:
    assert read_day(way.format(day)) == day


@pytest.mark.parametrize("text", ["", " ", "-", "无"])
def test_an_empty_cell_is_no_day(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    "text", ["2015-02-30", "2015-13-01", "99999999999999999999-1-1", "一九年", "2015-3", "²015-1-1", "=1+1"]
)
def test_what_is_no_day_is_said(text: str) -> None:
    with pytest.raises(UnreadableSheet):
        read_day(text)


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_refused(text: str) -> None:
    with suppress(UnreadableSheet):
        assert read_day(text) is None or isinstance(read_day(text), date)
