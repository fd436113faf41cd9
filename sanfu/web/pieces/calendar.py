"""Whether next year's holidays are known: a reminder that several pages show."""

from datetime import date
from functools import cache

from sanfu.kernel.workdays import Calendar
from sanfu.records.content import read_calendar

NOTICE_MONTH = 11  # the State Council's office announces next year's holidays in November


@cache
def _calendar() -> Calendar:
    return read_calendar()


def missing_notice(day: date) -> int | None:
    """The coming year, from November on, while its holiday notice is not in content/calendar."""
    coming = day.year + 1
    return coming if day.month >= NOTICE_MONTH and _calendar().provisional(date(coming, 1, 1)) else None
