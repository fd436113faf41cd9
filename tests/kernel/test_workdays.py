"""Working days against an independent calendar, against day-by-day counting, and over the edge of the notices."""

from datetime import date, timedelta

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfu.kernel.workdays import Calendar, CalendarError, DayKind, Notice, Statute, day_number, span
from sanfu.records.content import CONTENT, read_yaml
from tests.kernel.calendars import CALENDAR, works

DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
ANY_DAY = st.dates(date(1995, 1, 1), date(2095, 12, 31))
STATUTE = Statute.parse(read_yaml(CONTENT / "calendar" / "statutory.yaml"))


def test_every_day_from_2004_to_2026_agrees_with_an_independent_calendar() -> None:
    wrong = [
        day
        for day in span(date(2004, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2025, 9, 28), DayKind.MAKE_UP, "调休上班"),
        (date(2025, 10, 1), DayKind.HOLIDAY, "国庆节、中秋节"),
        (date(2025, 10, 9), DayKind.WORKDAY, "工作日"),
        (date(2025, 10, 12), DayKind.WEEKEND, "周末"),
        (date(2018, 12, 29), DayKind.MAKE_UP, "调休上班"),  # announced by the notice for 2019
        (date(2027, 2, 10), DayKind.HOLIDAY, "春节补假"),
    ],
)
def test_kinds_of_day(day: date, kind: DayKind, name: str) -> None:
    assert (CALENDAR.kind(day), CALENDAR.name(day)) == (kind, name)


@pytest.mark.slow
@given(DAYS, st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_between_counts_days_one_by_one(a: date, length: int) -> None:
    b = a + timedelta(days=length)
    expected = sum(works(day) for day in span(a, b)[1:])
    assert CALENDAR.between(a, b) == expected
    assert CALENDAR.between(b, a) == -expected


@given(ANY_DAY, st.integers(-300, 300).filter(bool))
@settings(max_examples=200, deadline=None)
def test_add_is_the_inverse_of_between(a: date, n: int) -> None:
    due = CALENDAR.add(a, n)
    assert CALENDAR.is_workday(due)
    if n > 0:
        assert CALENDAR.between(a, due) == n
    else:
        assert CALENDAR.between(due - timedelta(days=1), a - timedelta(days=1)) == -n


@given(st.lists(st.tuples(ANY_DAY, st.integers(1, 500)), min_size=1, max_size=50))
@settings(max_examples=50, deadline=None)
def test_arrays_give_the_scalar_answers(pairs: list[tuple[date, int]]) -> None:
    a = np.array([day_number(day) for day, _ in pairs])
    n = np.array([count for _, count in pairs])
    due = CALENDAR.add_many(a, n)
    assert due.tolist() == [day_number(CALENDAR.add(day, count)) for day, count in pairs]
    assert CALENDAR.between_many(a, due).tolist() == n.tolist()


@given(DAYS, st.integers(1, 60), st.dates(date(2025, 1, 1), date(2025, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_a_new_holiday_never_brings_a_date_forward_a_new_workday_never_puts_it_off(
    a: date, n: int, changed: date
) -> None:
    year = next(notice for notice in CALENDAR.notices if notice.year == 2025)
    others = [notice for notice in CALENDAR.notices if notice.year != 2025]
    before = CALENDAR.add(a, n)
    if CALENDAR.is_workday(changed):
        holidays = (*year.holidays, ("临时放假", changed, changed))
        moved = Notice(2025, None, None, "演示", holidays, year.workdays - {changed})
        assert Calendar([*others, moved], STATUTE).add(a, n) >= before
    elif CALENDAR.kind(changed) is DayKind.WEEKEND:
        moved = Notice(2025, None, None, "演示", year.holidays, year.workdays | {changed})
        assert Calendar([*others, moved], STATUTE).add(a, n) <= before


def test_years_without_a_notice_follow_the_law_and_say_so() -> None:
    assert not CALENDAR.provisional(date(2026, 12, 31))
    assert CALENDAR.provisional(date(2027, 1, 1))
    # 除夕 2027-02-05 is a Friday; 初一 and 初二 fall on a weekend and are given back on Tuesday and Wednesday.
    off = [d.isoformat() for d in span(date(2027, 2, 1), date(2027, 2, 14)) if not CALENDAR.is_workday(d)]
    assert off == [f"2027-02-{day:02}" for day in (5, 6, 7, 8, 9, 10, 13, 14)]
    for year in range(2027, 2051):
        law = [d for d, name in STATUTE.days_off(year).items() if not name.endswith("补假")]
        assert len(law) == 13 - (len(set(law)) < 13) or len(law) in (12, 13)
        free_weekdays = sum(not CALENDAR.is_workday(d) and d.weekday() < 5 for d in span_of(year))
        assert free_weekdays == len(law), year


def span_of(year: int) -> list[date]:
    return list(span(date(year, 1, 1), date(year, 12, 31)))


def test_far_future_keeps_working_and_the_end_is_a_clear_error() -> None:
    assert CALENDAR.add(date(2090, 1, 1), 10) > date(2090, 1, 1)
    with pytest.raises(CalendarError, match="超出日历范围"):
        CALENDAR.add(date(2100, 12, 1), 100)
    with pytest.raises(CalendarError, match="超出日历范围"):
        CALENDAR.between(date(1900, 1, 1), date(2025, 1, 1))
    with pytest.raises(CalendarError, match="超出日历范围"):
        CALENDAR.add_many(np.array([day_number(date(2100, 12, 1))]), 100)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"workdays": ["2025-10-03"]}, "既写成放假"),
        ({"workdays": ["2025-10-14"]}, "本来就是工作日"),
        ({"workdays": ["2024-10-12"]}, "只能写本年和上年12月"),
        ({"holidays": [{"name": "元旦", "from": "2025-01-03", "to": "2025-01-01"}]}, "早于起日"),
        ({"holidays": [{"name": "元旦"}]}, "缺少或写错"),
        ({"workdays": ["10月12日"]}, "缺少或写错"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused(change: dict[str, object], words: str) -> None:
    raw = {
        "year": 2025,
        "holidays": [{"name": "国庆节", "from": "2025-10-01", "to": "2025-10-08"}],
        "workdays": ["2025-10-11"],
    }
    with pytest.raises(CalendarError, match=words):
        Notice.parse(raw | change)


def test_two_notices_of_one_year_are_refused() -> None:
    with pytest.raises(CalendarError, match="同一年有两份"):
        Calendar([CALENDAR.notices[-1], CALENDAR.notices[-1]])


def test_the_version_names_years_and_changes_with_a_day() -> None:
    assert CALENDAR.version.startswith("2004–2026@")
    assert Calendar(CALENDAR.notices[:-1], STATUTE).version.startswith("2004–2025@")
    assert Calendar(CALENDAR.notices, STATUTE).version == CALENDAR.version
