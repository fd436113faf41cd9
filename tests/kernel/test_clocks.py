"""Clocks against day-by-day and minute-by-minute counting, golden dates, lights, ladders and the million."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sanfu.kernel.clocks import (
    CHINA,
    Book,
    Clock,
    ClockError,
    ClockRule,
    Light,
    OfficeHours,
    Pause,
    Rung,
    Timekeeper,
    Unit,
    due_instant,
    explain,
    next_change,
    plain,
    refold,
    relight,
    rule_of,
    summary,
)
from sanfu.kernel.clocks.office import WorkTime
from sanfu.kernel.workdays import EPOCH, FIRST, Calendar, CalendarError, Notice, Statute
from sanfu.records.content import CONTENT, read_yaml
from tests.kernel.calendars import CALENDAR, KEEPER, ONE, slow_due_day, slow_due_minute

DAYS = st.dates(date(2015, 1, 1), date(2029, 12, 31))
DAY_RULES = st.builds(
    ClockRule,
    st.sampled_from([Unit.WORKDAY, Unit.DAY]),
    st.integers(0, 40).map(Fraction),
    from_next_day=st.booleans(),
    roll=st.booleans(),
)


@st.composite
def day_cases(draw: st.DrawFn) -> tuple[ClockRule, date, list[Pause]]:
    rule, start = draw(DAY_RULES), draw(DAYS)
    spans = draw(st.lists(st.tuples(st.integers(-10, 70), st.integers(0, 25)), max_size=4))
    days = [start + timedelta(days=a) for a, _ in spans]
    return rule, start, [Pause(a, a + timedelta(days=n)) for a, (_, n) in zip(days, spans, strict=True)]


@st.composite
def hour_cases(draw: st.DrawFn) -> tuple[ClockRule, datetime, list[Pause]]:
    unit = draw(st.sampled_from([Unit.HOUR, Unit.WORKHOUR]))
    rule = ClockRule(unit, Fraction(draw(st.integers(0, 9 * 60)), 60))
    midnight = datetime.combine(draw(DAYS), datetime.min.time(), CHINA)
    start = midnight + timedelta(minutes=draw(st.integers(0, 1439)))
    spans = draw(st.lists(st.tuples(st.integers(-600, 3000), st.integers(0, 1500)), max_size=3))
    begins = [start + timedelta(minutes=a) for a, _ in spans]
    return rule, start, [Pause(a, a + timedelta(minutes=n)) for a, (_, n) in zip(begins, spans, strict=True)]


@pytest.mark.slow
@given(day_cases())
@settings(max_examples=200, deadline=None)
def test_days_equal_a_walk_day_by_day(case: tuple[ClockRule, date, list[Pause]]) -> None:
    rule, start, pauses = case
    assume(rule.n > 0)
    assert KEEPER.due(rule, start, pauses) == slow_due_day(rule, start, pauses)


@given(hour_cases())
@settings(max_examples=80, deadline=None)
def test_hours_equal_a_walk_minute_by_minute(case: tuple[ClockRule, datetime, list[Pause]]) -> None:
    rule, start, pauses = case
    assume(rule.n > 0)
    assert KEEPER.due(rule, start, pauses) == slow_due_minute(rule, start, pauses)


@given(day_cases())
@settings(max_examples=150, deadline=None)
def test_the_due_day_is_the_first_on_which_all_is_used(case: tuple[ClockRule, date, list[Pause]]) -> None:
    rule, start, pauses = case
    rule = replace(rule, roll=False)
    due = KEEPER.due(rule, start, pauses)
    if rule.n == 0:
        assert due == (CALENDAR.roll(start) if rule.unit is Unit.WORKDAY else start)
        return
    assert KEEPER.used(rule, start, pauses, due) == rule.n
    assert KEEPER.used(rule, start, pauses, due - ONE) == rule.n - 1
    assert KEEPER.due(replace(rule, n=rule.n + 1), start, pauses) > due


@given(day_cases(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_order_repetition_and_splitting_of_pauses_change_nothing(
    case: tuple[ClockRule, date, list[Pause]], source: object
) -> None:
    rule, start, pauses = case
    due = KEEPER.due(rule, start, pauses)
    shuffled = pauses * 2
    source.shuffle(shuffled)  # type: ignore[attr-defined]
    assert KEEPER.due(rule, start, shuffled) == due
    halves = []
    for pause in pauses:
        middle = pause.begin + (pause.end - pause.begin) // 2
        halves += [Pause(pause.begin, middle), Pause(middle, pause.end)]
    assert KEEPER.due(rule, start, halves) == due
    assert KEEPER.due(rule, start, [*pauses, Pause(start, start)]) == due


@given(day_cases(), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_a_pause_begun_on_the_due_day_changes_nothing(
    case: tuple[ClockRule, date, list[Pause]], length: int
) -> None:
    rule, start, pauses = case
    rule = replace(rule, roll=False)
    due = KEEPER.due(rule, start, pauses)
    assert KEEPER.due(rule, start, [*pauses, Pause(due, due + timedelta(days=length))]) == due


@given(day_cases() | hour_cases())
@settings(max_examples=120, deadline=None)
def test_the_day_list_adds_up(case: tuple[ClockRule, date, list[Pause]]) -> None:
    rule, start, pauses = case
    days = explain(KEEPER, rule, start, pauses)
    assert sum(day.amount for day in days) == rule.n
    assert [day.date for day in days] == [days[0].date + k * ONE for k in range(len(days))]
    due = KEEPER.due(rule, start, pauses)
    if not rule.n and rule.unit is Unit.HOUR:
        assert due == start
    assert days[-1].date == (due if rule.unit.by_day else due.date())
    assert all(day.counted == (day.amount > 0) for day in days)
    assert summary(days, rule.unit)


GOLDEN = read_yaml(CONTENT / "calendar" / "clocks.golden.yaml")["cases"]


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_golden_dates(case: dict[str, object]) -> None:
    keeper = KEEPER
    if "office_hours" in case:
        keeper = Timekeeper(CALENDAR, OfficeHours.parse(str(case["office_hours"])))
    rule = rule_of(case["rule"])
    pauses = [Pause(_moment(a), _moment(b), str(why)) for a, b, why in case.get("pauses", [])]
    clock = Clock(rule, _moment(case["start"]), tuple(pauses))
    reading = keeper.read(clock, clock.start)
    due = reading.due
    assert (due.isoformat(timespec="minutes") if isinstance(due, datetime) else due.isoformat()) == case[
        "due"
    ]
    assert reading.provisional is case.get("provisional", False)
    if "summary" in case:
        assert summary(explain(keeper, rule, clock.start, pauses), rule.unit) == case["summary"]


def _moment(text: object) -> date | datetime:
    if isinstance(text, date):
        return text
    moment = datetime.fromisoformat(str(text))
    return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment


WD5 = ClockRule(Unit.WORKDAY, Fraction(5))


def light(clock: Clock, day: date) -> Light:
    return KEEPER.read(clock, day).light


def test_lights_over_the_life_of_a_clock() -> None:
    clock = Clock(WD5, date(2025, 9, 28))  # counted: 9/29 9/30 10/9 10/10 10/11
    expected = {
        date(2025, 9, 28): (Light.GREEN, None),
        date(2025, 10, 8): (Light.GREEN, None),
        date(2025, 10, 10): (Light.YELLOW, None),
        date(2025, 10, 11): (Light.ORANGE, None),
        date(2025, 10, 12): (Light.RED, None),  # Sunday: late, but no working day late yet
        date(2025, 10, 13): (Light.RED, "分管领导"),
        date(2025, 10, 16): (Light.RED, "分管领导"),
        date(2025, 10, 17): (Light.RED, "县督查"),
    }
    for day, (colour, rung) in expected.items():
        reading = KEEPER.read(clock, day)
        assert (reading.light, reading.rung.to if reading.rung else None) == (colour, rung), day
    assert KEEPER.read(clock, date(2025, 10, 14)).remaining == -2
    stopped = replace(clock, stopped=date(2025, 10, 10))
    assert KEEPER.read(stopped, date(2025, 12, 1)).light is Light.YELLOW


def test_an_open_pause_moves_the_due_date_with_the_day() -> None:
    clock = Clock(WD5, date(2025, 11, 3), (Pause(date(2025, 11, 4), None, "补正"),))
    monday, friday = KEEPER.read(clock, date(2025, 11, 5)), KEEPER.read(clock, date(2025, 11, 7))
    assert monday.light is Light.PAUSED
    assert (monday.used, friday.used) == (1, 1)
    assert friday.due == CALENDAR.add(monday.due, 2)
    assert light(clock, date(2025, 11, 4)) is Light.PAUSED
    assert light(clock, date(2025, 11, 3)) is Light.GREEN
    with pytest.raises(ClockError, match="仍在暂停"):
        KEEPER.due(WD5, date(2025, 11, 3), clock.pauses)


@pytest.mark.slow
@given(day_cases(), st.integers(0, 120))
@settings(max_examples=150, deadline=None)
def test_nothing_changes_before_the_next_change(
    case: tuple[ClockRule, date, list[Pause]], later: int
) -> None:
    rule, start, pauses = case
    clock = Clock(rule, start, tuple(pauses))
    now = datetime.combine(start + timedelta(days=later), datetime.min.time(), CHINA) + timedelta(hours=9)
    change = next_change(KEEPER, clock, now)
    reading = KEEPER.read(clock, now)
    if reading.light is Light.PAUSED:
        assert change is None
        return
    end = change or now + timedelta(days=90)
    moment = now
    while moment < end:
        # A closed pause in the past shows as paused only while it ran; it takes no time from the colours.
        here = KEEPER.read(clock, moment)
        assert Light.PAUSED is here.light or (here.light, here.rung) == (reading.light, reading.rung)
        moment += ONE


def test_due_instant_is_the_end_of_the_due_day() -> None:
    clock = Clock(WD5, date(2025, 9, 28))
    assert due_instant(KEEPER, clock, clock.start).isoformat() == "2025-10-11T23:59:59+08:00"
    hours = Clock(ClockRule(Unit.HOUR, Fraction(3)), datetime(2025, 10, 1, 22, 30, tzinfo=CHINA))
    assert due_instant(KEEPER, hours, hours.start).isoformat() == "2025-10-02T01:30:00+08:00"


@pytest.mark.slow
@given(st.lists(day_cases(), min_size=1, max_size=12), DAYS, st.sampled_from([Unit.WORKDAY, Unit.DAY]))
@settings(max_examples=80, deadline=None)
def test_the_million_reads_like_the_one(
    cases: list[tuple[ClockRule, date, list[Pause]]], now: date, unit: Unit
) -> None:
    clocks = [
        Clock(
            replace(rule, unit=unit),
            start,
            (*pauses, Pause(start + 3 * ONE, None)) if i % 3 else tuple(pauses),
        )
        for i, (rule, start, pauses) in enumerate(cases)
    ]
    assert_same(unit, clocks, now)


@given(st.lists(hour_cases(), min_size=1, max_size=8), DAYS, st.integers(0, 86_399))
@settings(max_examples=60, deadline=None)
def test_the_million_reads_hours_like_the_one(
    cases: list[tuple[ClockRule, datetime, list[Pause]]], day: date, second: int
) -> None:
    now = datetime.combine(day, datetime.min.time(), CHINA) + timedelta(seconds=second)
    for unit in (Unit.HOUR, Unit.WORKHOUR):
        assert_same(unit, [Clock(replace(r, unit=unit), s, tuple(p)) for r, s, p in cases], now)


def assert_same(unit: Unit, clocks: list[Clock], now: date | datetime) -> None:
    lights = relight(KEEPER, Book.of(KEEPER, unit, clocks), now)
    for i, clock in enumerate(clocks):
        reading = KEEPER.read(clock, now)
        assert KEEPER.moment(unit, int(lights.due[i])) == reading.due
        assert Fraction(int(lights.used[i]), 1 if unit.by_day else 3600) == reading.used
        assert lights.named(i) is reading.light


def test_a_new_notice_moves_provisional_dates_only_and_names_each() -> None:
    statute = Statute.parse(read_yaml(CONTENT / "calendar" / "statutory.yaml"))
    notice = Notice.parse(
        {
            "year": 2027,
            "holidays": [{"name": "春节", "from": "2027-02-05", "to": "2027-02-11"}],
            "workdays": ["2027-02-20"],
        }
    )
    after = Timekeeper(Calendar([*CALENDAR.notices, notice], statute), KEEPER.office)
    clocks = [Clock(WD5, date(2026, 11, 1) + timedelta(days=i)) for i in range(150)]
    moved = refold(KEEPER, after, Book.of(KEEPER, Unit.WORKDAY, clocks), date(2026, 11, 1))
    assert moved
    for one in moved:
        clock = clocks[one.index]
        assert KEEPER.read(clock, clock.start).provisional
        assert one.before == KEEPER.due(WD5, clock.start)
        assert one.after == after.due(WD5, clock.start) != one.before
        assert not after.read(clock, clock.start).provisional
    still = [i for i in range(len(clocks)) if i not in {one.index for one in moved}]
    assert all(KEEPER.due(WD5, clocks[i].start) == after.due(WD5, clocks[i].start) for i in still)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ClockRule(Unit.WORKDAY, Fraction(-1)), "不能是负数"),
        (lambda: ClockRule(Unit.DAY, Fraction(3, 2)), "必须是整数"),
        (lambda: KEEPER.due(WD5, date(2025, 1, 1), [Pause(date(2025, 1, 9), date(2025, 1, 3))]), "早于起点"),
        (lambda: KEEPER.due(ClockRule(Unit.HOUR, 3), datetime(2025, 1, 1, 9)), "没有时区"),
        (lambda: KEEPER.due(ClockRule(Unit.WORKDAY, 10**7), date(2025, 1, 1)), "超出日历范围"),
        (lambda: KEEPER.due(ClockRule(Unit.DAY, 10**5), date(2025, 1, 1)), "超出日历范围"),
        (lambda: KEEPER.due(ClockRule(Unit.WORKHOUR, 10**7), date(2025, 1, 1)), "超出日历范围"),
        (lambda: OfficeHours.parse("9点到12点"), "看不懂工作时间"),
        (lambda: OfficeHours.parse("09:00-12:00,11:00-17:00"), "从早到晚"),
    ],
)
def test_bad_input_is_refused_in_words(make: object, words: str) -> None:
    with pytest.raises((ClockError, CalendarError), match=words):
        make()  # type: ignore[operator]


def test_times_from_other_zones_are_the_same_instant() -> None:
    utc = datetime.fromisoformat("2025-10-01T14:30:00+00:00")
    due = KEEPER.due(ClockRule(Unit.HOUR, Fraction(3)), utc)
    assert due.isoformat() == "2025-10-02T01:30:00+08:00"
    late = datetime.fromisoformat("2025-09-27T20:00:00+00:00")  # already 9/28 in China
    assert KEEPER.due(WD5, late) == KEEPER.due(WD5, date(2025, 9, 28))


@given(DAY_RULES)
@settings(max_examples=50, deadline=None)
def test_a_rule_survives_json(rule: ClockRule) -> None:
    assert rule_of(plain(rule)) == rule
    other = replace(rule, ladder=(Rung(2, "镇长"),), yellow=Fraction(2, 3))
    assert rule_of(plain(other)) == other


@st.composite
def offices(draw: st.DrawFn) -> OfficeHours:
    """Hours nobody keeps: odd minutes, one to three spans, two seasons of very different length, or one second a day."""

    def spans() -> list[str]:
        edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        return [f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in pairs]

    return OfficeHours.parse(
        {"seasons": [{"from": "05-01", "to": "09-30", "hours": spans()}, {"from": "10-01", "to": "04-30", "hours": spans()}]}
    )  # fmt: skip


@given(offices(), st.lists(st.integers(0, 2 * 10**8), min_size=1, max_size=40))
@settings(max_examples=10, deadline=None)
def test_work_time_on_arrays_is_work_time_one_by_one(office: OfficeHours, seconds: list[int]) -> None:
    time = WorkTime(CALENDAR, office)
    first = (FIRST.toordinal() - EPOCH) * 86_400
    instants = np.array([first + one for one in seconds])
    positions = time.position_many(instants)
    assert positions.tolist() == [time.position(one) for one in instants.tolist()]
    reached = np.unique(
        np.clip(np.concatenate([positions, positions + 1, positions - 1]), 1, time.before[-1])
    )
    assert time.instant_many(reached).tolist() == [time.instant(one) for one in reached.tolist()]


def test_work_time_on_arrays_refuses_what_the_calendar_does_not_hold() -> None:
    time = KEEPER.worktime
    for instants in ([-1], [(FIRST.toordinal() - EPOCH) * 86_400 - 1], [10**12]):
        with pytest.raises(CalendarError):
            time.position_many(np.array(instants))
    for positions in ([0], [int(time.before[-1]) + 1]):
        with pytest.raises(CalendarError):
            time.instant_many(np.array(positions))
