"""Calendar steps that rules need: whole months back from a day."""

import calendar
from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day of the month, `months` earlier; the last day of a shorter month when there is none."""
    if months == 0:
        return day
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
