"""Versions in force: against a day-by-day oracle, with both times."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.effective import FlawKind, Timeline, Version, close

START = date(2026, 1, 1)


def day(n: int) -> date:
    return START + timedelta(days=n)


@st.composite
def versions(draw: st.DrawFn) -> list[Version[str, int]]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        begin, length = draw(st.integers(0, 20)), draw(st.integers(1, 10) | st.none())
        end = None if length is None else day(begin + length)
        recorded = draw(st.integers(-5, 10))
        withdrawn = draw(st.none() | st.integers(recorded, recorded + 10).map(day))
        found.append(Version(draw(st.sampled_from("ab")), day(begin), end, number, day(recorded), withdrawn))
    return found


@pytest.mark.slow
@given(versions(), st.integers(-2, 35), st.integers(-6, 25))
@settings(max_examples=200, deadline=None)
def test_in_force_as_known(found: list[Version[str, int]], n: int, known: int) -> None:
    timeline = Timeline(found)
    for matter in "ab":
        answer = timeline.on(matter, day(n), day(known))
        holding = [
            v
            for v in found
            if v.matter == matter
            and v.begin <= day(n) < (v.end or date.max)
            and v.recorded <= day(known) < (v.withdrawn or date.max)
        ]
        assert (answer is None) == (not holding)
        if answer is not None:
            assert answer in holding
            assert answer.recorded == max(v.recorded for v in holding)


@pytest.mark.slow
@given(versions())
@settings(max_examples=200, deadline=None)
def test_flaws_are_exactly_the_days_with_two_or_none(found: list[Version[str, int]]) -> None:
    known = [v for v in found if v.withdrawn is None]
    flaws = Timeline(found).flaws()
    for matter in "ab":
        mine = [v for v in known if v.matter == matter]
        if not mine:
            assert not [f for f in flaws if f.matter == matter]
            continue
        first = min(v.begin for v in mine)
        last = max((v.end or day(60)) for v in mine)
        here = first
        while here < last:
            count = sum(v.holds(here) for v in mine)
            hit = {f.kind for f in flaws if f.matter == matter and f.begin <= here < (f.end or date.max)}
            assert (FlawKind.GAP in hit) == (count == 0), here
            assert (FlawKind.OVERLAP in hit) == (count > 1), here
            here += timedelta(days=1)


def test_a_repealed_law_and_its_successor() -> None:
    old = Version("环评", date(2003, 9, 1), None, "环境影响评价法", date(2002, 10, 28))
    new = Version("环评", date(2026, 8, 15), None, "生态环境法典", date(2026, 3, 12))
    timeline = Timeline([close(old, new.begin), new])
    assert timeline.on("环评", date(2026, 8, 14)).value == "环境影响评价法"
    assert timeline.on("环评", date(2026, 8, 15)).value == "生态环境法典"
    assert timeline.next_change("环评", date(2026, 8, 1)) == date(2026, 8, 15)
    assert timeline.flaws() == []
    assert [str(f) for f in Timeline([old, new]).flaws()] == ["环评在2026-08-15至长期有两个版本"]
    assert timeline.on("环评", date(2000, 1, 1)) is None
    assert timeline.all_on(date(2026, 9, 1))["环评"].value == "生态环境法典"


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ValueError, match="不晚于生效日"):
        Version("a", day(3), day(3), 0)
