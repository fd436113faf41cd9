"""When a clock needs looking at again (巡检): the due instant and the next moment its light changes by itself."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from sanfu.kernel.clocks.fold import CHINA, Clock, Light, Moment, Timekeeper, as_day


def due_instant(keeper: Timekeeper, clock: Clock, now: Moment) -> datetime:
    """The due moment as an instant: for units in days the last second of the due day (民法典 §203)."""
    due = keeper.read(clock, now).due
    return due if isinstance(due, datetime) else datetime.combine(due, time(23, 59, 59), CHINA)


def next_change(keeper: Timekeeper, clock: Clock, now: datetime) -> datetime | None:
    """The next instant after `now` at which light or ladder changes if nobody acts; None when none does.

    A clock that is paused in time does not change by itself: its due date moves on with the day.
    """
    if clock.stopped is not None or keeper.read(clock, now).light is Light.PAUSED:
        return None
    later = [moment for moment in _changes(keeper, clock, now) if moment > now]
    return min(later, default=None)


def _changes(keeper: Timekeeper, clock: Clock, now: datetime) -> list[datetime]:
    rule = clock.rule
    found = []
    for share in (rule.yellow, rule.orange):
        length = Fraction(-((-share * rule.n) // 1)) if rule.unit.by_day else share * rule.n
        part = replace(rule, n=length, roll=False)
        found.append(_begin(keeper.due(part, clock.start, clock.pauses, now)))
    due = keeper.due(rule, clock.start, clock.pauses, now)
    found.append(_begin(due))
    found.append(due + timedelta(seconds=1) if isinstance(due, datetime) else _begin(due + timedelta(days=1)))
    found += [_begin(keeper.calendar.add(as_day(due), rung.after)) for rung in rule.ladder]
    return found


def _begin(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), CHINA)
