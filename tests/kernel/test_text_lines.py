"""Lines by width: nothing lost, nothing too wide, no closing mark in front, numbers whole."""

from hypothesis import given
from hypothesis import strategies as st

from sanfu.kernel.text.lines import CLOSING, OPENING, lines_of

TEXTS = st.text("一二三工单，。（）“”、12.5%ab", min_size=1, max_size=80)


def wide(text: str) -> float:
    """A Chinese sign is two wide, a letter or figure one."""
    return sum(1 if sign.isascii() else 2 for sign in text)


@given(TEXTS, st.integers(12, 40), st.sampled_from([0, 4]))
def test_nothing_is_lost_or_too_wide_and_marks_stand_where_they_may(
    text: str, width: int, indent: int
) -> None:
    lines = lines_of(text, width, wide, indent=indent)
    assert "".join(lines) == text
    for place, line in enumerate(lines):
        if place:
            before = lines[place - 1]
            # A mark stands in front only where the whole line before it is nothing that could be handed on.
            assert line[0] not in CLOSING or len(before) == 1 or all(s in CLOSING for s in before[1:])
            assert before[-1] not in OPENING or all(s in OPENING for s in before)


def test_a_number_stays_whole_and_a_comma_takes_its_word_along() -> None:
    assert lines_of("办结率为12.5%，上升", 12, wide) == ["办结率为", "12.5%，上升"]
    assert lines_of("甲乙丙，丁", 6, wide) == ["甲乙", "丙，丁"]
    assert lines_of("甲乙（丙）", 6, wide) == ["甲乙", "（丙）"]
    assert lines_of("甲乙丙丁", 8, wide, indent=4) == ["甲乙", "丙丁"]
    assert lines_of("a" * 9, 4, wide) == ["aaaa", "aaaa", "a"]
