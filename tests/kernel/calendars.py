"""The shipped calendar and a slow, obvious second way to count, for the tests of working days and clocks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache

from sanfu.kernel.clocks import ClockRule, Pause, Timekeeper, Unit
from sanfu.records.content import timekeeper

KEEPER: Timekeeper = timekeeper()
CALENDAR = KEEPER.calendar
ONE, MINUTE = timedelta(days=1), timedelta(minutes=1)


@cache
def works(day: date) -> bool:
    """From the published lists alone: no arrays."""
    for notice in reversed(CALENDAR.notices):
        if day in notice.workdays:
            return True
        if day in notice.days_off():
            return False
    return day.weekday() < 5 and CALENDAR.name(day) == "工作日"


def slow_due_day(rule: ClockRule, start: date, pauses: Sequence[Pause]) -> date:
    """Walk day by day: a day counts unless a pause holds it, or it is off and the unit is working days."""
    day = start if rule.from_next_day else start - ONE
    left = rule.ticks
    while left:
        day += ONE
        held = any(pause.begin < day <= pause.end for pause in pauses)
        if not held and (rule.unit is Unit.DAY or works(day)):
            left -= 1
    if rule.unit is Unit.DAY and rule.roll:
        while not works(day):
            day += ONE
    return day


def slow_due_minute(rule: ClockRule, start: datetime, pauses: Sequence[Pause]) -> datetime:
    """Walk minute by minute: a minute counts unless paused or, for work hours, outside the office hours."""
    minute, left = 0, rule.ticks // 60
    held = {m for pause in pauses for m in range(_minutes(start, pause.begin), _minutes(start, pause.end))}
    while left:
        if minute not in held and (rule.unit is Unit.HOUR or _in_office(start + minute * MINUTE)):
            left -= 1
        minute += 1
    return start + minute * MINUTE


def _minutes(a: datetime, b: datetime) -> int:
    return (b - a) // MINUTE


@cache
def office_hours(day: date) -> tuple[tuple[int, int], ...]:
    return KEEPER.office.hours(day)


def _in_office(now: datetime) -> bool:
    second = now.hour * 3600 + now.minute * 60
    return works(now.date()) and any(a <= second < b for a, b in office_hours(now.date()))
