"""Days, years and times in China of a moment: the one place that makes them.

A moment (`datetime` with a zone) is kept in UTC by the database. Between midnight and 08:00 in China, UTC still
has yesterday's date, so `.date()` and `.year` of a moment are wrong for a third of every day.
`tests/architecture/test_moments.py` keeps these spellings out of all other files.
"""

from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

MINUTE = "%Y-%m-%d %H:%M"


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def wall(at: datetime) -> datetime:
    """The same moment as a clock on the wall in China shows it; ValueError for a moment without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone: a moment is aware, only a day goes without")
    return at.astimezone(_zone(settings.TIME_ZONE))


def day_of(at: date | datetime) -> date:
    """The day in China of a moment (北京时间的日期); a day stays as it is."""
    return wall(at).date() if isinstance(at, datetime) else at


def year_of(at: date | datetime) -> int:
    """The year in China of a moment, as in business numbers."""
    return day_of(at).year


def said(at: date | datetime, form: str = MINUTE) -> str:
    """A moment as text in China's time. `form`: `strftime` codes, by default 2026-11-23 09:05."""
    return (wall(at) if isinstance(at, datetime) else at).strftime(form)


def begin_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(0), _zone(settings.TIME_ZONE))
