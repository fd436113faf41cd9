"""One clock: a start, a number of units and pauses, folded into a due date (期限的折算).

Every unit is a *scale*: a never-falling count of units over time with an inverse. Working days count
working days, calendar days count days, natural hours count seconds, work hours count office seconds. A due
date is then the same sum on each scale:

    due = earliest moment whose position is  position(start) + n + what the pauses took before it

A pause is the interval (P, R]: the day the notice goes out still counts, the day the answer arrives does
not (by analogy with 次日起算; a convention, not law). Pauses are folded in order; one that begins on or after
the running due date changes nothing. Overlapping and repeated pauses are one pause.

A period of no length (n = 0, 当日办结) ends with what it began with — unless that is no time to end: 工作日
leave holidays out altogether (行政许可法 §82), so a period in them cannot end on one; 自然日 end after the
holidays (民法典 §203, the same rule that rolls every other n); 工作时 end when the office is open (民法典 §203,
second paragraph: 停止业务活动的时间为截止时间). 自然小时 count from the moment itself (民法典 §201) and never roll.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cached_property

from sanfu.kernel.clocks.office import DAY_SECONDS, OfficeHours, WorkTime
from sanfu.kernel.flow import Labelled
from sanfu.kernel.workdays import EPOCH, FIRST, LAST, Calendar, CalendarError

# China has kept one zone without summer time since 1992, so a fixed offset is exact and needs no zone file.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
_START = datetime(1970, 1, 1)

Moment = date | datetime


class ClockError(ValueError):
    """A clock that cannot be: a negative length, a pause that ends before it begins, a naive time."""


class Unit(Labelled):
    WORKDAY = "workday", "工作日"
    WORKHOUR = "workhour", "工作时"
    HOUR = "hour", "自然小时"
    DAY = "day", "自然日"

    @property
    def by_day(self) -> bool:
        """Counted in whole days (the due moment is a date) or by the clock (it is an instant)."""
        return self in (Unit.WORKDAY, Unit.DAY)


class Light(Labelled):
    """Traffic light (红黄灯)."""

    GREEN = "green", "正常", "ok"
    YELLOW = "yellow", "临期", "warn"
    ORANGE = "orange", "到期", "warn"
    RED = "red", "超期", "danger"
    PAUSED = "paused", "暂停"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the escalation ladder (督办): `after` working days past due, tell `to`."""

    after: int
    to: str


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long, in what, counted how. n may be a fraction for hours (1.5) but not for days.

    from_next_day: 次日起算, the day itself is not counted (民法典 §201); days only.
    roll: a calendar-day period that ends on a holiday ends on the next working day (民法典 §203).
    yellow, orange: shares of the time used at which the light changes; on the due day it is orange anyhow.
    """

    unit: Unit
    n: Fraction
    from_next_day: bool = True
    roll: bool = True
    yellow: Fraction = Fraction(4, 5)
    orange: Fraction = Fraction(1)
    ladder: tuple[Rung, ...] = (Rung(1, "分管领导"), Rung(5, "县督查"))

    def __post_init__(self) -> None:
        for name in ("n", "yellow", "orange"):
            object.__setattr__(self, name, Fraction(getattr(self, name)))
        if self.n < 0:
            raise ClockError(f"期限不能是负数：{float(self.n):g}{self.unit.label}。")
        if self.unit.by_day and self.n.denominator != 1:
            raise ClockError(f"{self.unit.label}必须是整数，收到{float(self.n):g}。")

    @property
    def ticks(self) -> int:
        """The length on the unit's scale: days, or seconds."""
        return int(self.n) if self.unit.by_day else math.ceil(self.n * 3600)


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension (begin, end]; `end` None while it still runs."""

    begin: Moment
    end: Moment | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case. `stopped` is the moment it ended, None while it runs."""

    rule: ClockRule
    start: Moment
    pauses: tuple[Pause, ...] = ()
    stopped: Moment | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows at a moment.

    due: a date for units counted in days, an aware datetime in China's zone for hours. While a pause runs
    it is the earliest date still possible (as if the answer came now) and `paused` is true.
    used, remaining: in the clock's unit; remaining is negative past the due date.
    rung: the highest step of the ladder reached. provisional: the answer leans on a year without a notice.
    """

    due: Moment
    used: Fraction
    remaining: Fraction
    light: Light
    rung: Rung | None
    paused: bool
    provisional: bool
    rolled_from: date | None = None


@dataclass(frozen=True)
class Timekeeper:
    """A calendar and office hours: everything that turns rules into dates."""

    calendar: Calendar
    office: OfficeHours

    @cached_property
    def worktime(self) -> WorkTime:
        return WorkTime(self.calendar, self.office)

    # --- scales: whole numbers along which a unit counts ---

    def place(self, unit: Unit, moment: Moment) -> int:
        """A moment as a day number (units in days) or as seconds on China's wall clock (hours)."""
        if unit.by_day:
            return as_day(moment).toordinal() - EPOCH
        return seconds(moment)

    def moment(self, unit: Unit, place: int) -> Moment:
        """The inverse of `place`."""
        if unit.by_day:
            return date.fromordinal(place + EPOCH)
        return (_START + timedelta(seconds=place)).replace(tzinfo=CHINA)

    def position(self, unit: Unit, place: int) -> int:
        """Units counted up to a place."""
        if unit is Unit.WORKDAY:
            return self.calendar.between(FIRST, date.fromordinal(place + EPOCH))
        if unit is Unit.WORKHOUR:
            return self.worktime.position(place)
        if (
            not FIRST.toordinal() - EPOCH
            <= place // (1 if unit is Unit.DAY else DAY_SECONDS)
            <= LAST.toordinal() - EPOCH
        ):
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}），请检查年份或天数。")
        return place

    def reach(self, unit: Unit, position: int, start: int) -> int:
        """The earliest place, not before `start`, by which `position` units are counted."""
        here = self.position(unit, start)
        if here >= position:
            return start
        if unit is Unit.WORKDAY:
            return self.calendar.add(date.fromordinal(start + EPOCH), position - here).toordinal() - EPOCH
        if unit is Unit.WORKHOUR:
            return self.worktime.instant(position)
        self.position(unit, position)  # refuses what lies outside the calendar
        return position

    # --- the fold ---

    def due(
        self, rule: ClockRule, start: Moment, pauses: Sequence[Pause] = (), now: Moment | None = None
    ) -> Moment:
        """The due date; an open pause needs `now` and is taken as ending then."""
        place = self.due_place(rule, start, pauses, now)
        return self.moment(rule.unit, self._rolled(rule, place))

    def due_place(
        self, rule: ClockRule, start: Moment, pauses: Sequence[Pause] = (), now: Moment | None = None
    ) -> int:
        """The due place before any rolling."""
        return self._fold(rule, start, pauses, now)[0]

    def _fold(
        self, rule: ClockRule, start: Moment, pauses: Sequence[Pause], now: Moment | None
    ) -> tuple[int, list[tuple[int, int]]]:
        """The due place and the pauses that moved it, disjoint and in order."""
        unit, begin = rule.unit, self.begin(rule, start)
        at_begin = self.position(unit, begin)
        target = at_begin + rule.ticks
        due = self.reach(unit, target, begin)
        applied = []
        for a, b in self.merged(rule, start, pauses, now):
            if a >= due:
                break
            target += self.position(unit, b) - self.position(unit, a)
            due = self.reach(unit, target, begin)
            applied.append((a, b))
        return due, applied

    def begin(self, rule: ClockRule, start: Moment) -> int:
        """The place after which units count: the day of receipt, or the day before when it counts too."""
        place = self.place(rule.unit, start)
        return place - 1 if rule.unit.by_day and rule.n and not rule.from_next_day else place

    def merged(
        self, rule: ClockRule, start: Moment, pauses: Iterable[Pause], now: Moment | None = None
    ) -> list[tuple[int, int]]:
        """Pauses as disjoint (begin, end] places after the start, in order."""
        unit, floor = rule.unit, self.begin(rule, start)
        spans = []
        for pause in pauses:
            a = max(self.edge(unit, pause.begin), floor)
            end = pause.end if pause.end is not None else now
            if end is None:
                raise ClockError("时钟仍在暂停，折算到期日要给出当前时间。")
            b = self.edge(unit, end)
            if pause.end is not None and b < self.edge(unit, pause.begin):
                raise ClockError(f"暂停的止点{pause.end}早于起点{pause.begin}。")
            if b > a:
                spans.append((a, b))
        joined: list[tuple[int, int]] = []
        for a, b in sorted(spans):
            if joined and a <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], b))
            else:
                joined.append((a, b))
        return joined

    def edge(self, unit: Unit, moment: Moment) -> int:
        # In hours a bare day means its end: the notice day still counts, the answer day does not.
        if not unit.by_day and not isinstance(moment, datetime):
            return self.place(unit, moment) + DAY_SECONDS
        return self.place(unit, moment)

    def _rolled(self, rule: ClockRule, place: int) -> int:
        if rule.unit is Unit.WORKHOUR and not rule.n:
            return self.worktime.opening(place)
        if (rule.unit is Unit.DAY and rule.roll) or (rule.unit is Unit.WORKDAY and not rule.n):
            return self.calendar.roll(date.fromordinal(place + EPOCH)).toordinal() - EPOCH
        return place

    # --- reading ---

    def used(self, rule: ClockRule, start: Moment, pauses: Sequence[Pause], at: Moment) -> Fraction:
        """Units spent by `at`, without the pauses that moved the due date."""
        unit, begin = rule.unit, self.begin(rule, start)
        end = max(self.place(unit, at), begin)
        spent = self.position(unit, end) - self.position(unit, begin)
        for a, b in self._fold(rule, start, pauses, at)[1]:
            spent -= self.position(unit, min(b, end)) - self.position(unit, min(a, end))
        return Fraction(spent) if unit.by_day else Fraction(spent, 3600)

    def read(self, clock: Clock, now: Moment) -> Reading:
        """Due date, time used and light of a clock at `now`; a stopped clock is read at its stop."""
        rule, at = clock.rule, clock.stopped if clock.stopped is not None else now
        place = self.due_place(rule, clock.start, clock.pauses, at)
        due_place = self._rolled(rule, place)
        used = self.used(rule, clock.start, clock.pauses, at)
        here = self.place(rule.unit, at)
        paused = clock.stopped is None and any(self._runs(rule.unit, p, here) for p in clock.pauses)
        late = here > due_place
        return Reading(
            due=self.moment(rule.unit, due_place),
            used=used,
            remaining=rule.n - used,
            light=_light(rule, used, here, due_place, paused),
            rung=self._rung(rule, due_place, at) if late else None,
            paused=paused,
            provisional=self.provisional(rule, clock.start, due_place),
            rolled_from=as_day(self.moment(rule.unit, place)) if due_place != place else None,
        )

    def _runs(self, unit: Unit, pause: Pause, here: int) -> bool:
        ended = pause.end is not None and self.edge(unit, pause.end) <= here
        return self.edge(unit, pause.begin) <= here and not ended

    def _rung(self, rule: ClockRule, due_place: int, at: Moment) -> Rung | None:
        late = self.calendar.between(as_day(self.moment(rule.unit, due_place)), as_day(at))
        reached = [rung for rung in rule.ladder if late >= rung.after]
        return max(reached, key=lambda rung: rung.after, default=None)

    def provisional(self, rule: ClockRule, start: Moment, due_place: int) -> bool:
        """Does the due date lean on working days of a year that has no notice yet?"""
        if rule.unit is Unit.HOUR or (rule.unit is Unit.DAY and not rule.roll):
            return False
        first = as_day(start) if rule.unit is not Unit.DAY else as_day(self.moment(rule.unit, due_place))
        last = as_day(self.moment(rule.unit, due_place))
        return any(year not in self.calendar.years for year in range(first.year, last.year + 1))


def _light(rule: ClockRule, used: Fraction, here: int, due: int, paused: bool) -> Light:
    if here > due:
        return Light.RED
    if paused:
        return Light.PAUSED
    if here == due or used >= rule.orange * rule.n > 0:
        return Light.ORANGE
    return Light.YELLOW if used >= rule.yellow * rule.n > 0 else Light.GREEN


def as_day(moment: Moment) -> date:
    """The day in China of a date or an aware datetime."""
    if isinstance(moment, datetime):
        return in_china(moment).date()
    return moment


def in_china(moment: datetime) -> datetime:
    """The same moment as a clock on the wall in China shows it; ClockError without a zone."""
    return _aware(moment).astimezone(CHINA)


def seconds(moment: Moment) -> int:
    """Seconds on China's wall clock since 1970-01-01T00:00; a bare date is its midnight."""
    if isinstance(moment, datetime):
        wall = in_china(moment).replace(tzinfo=None)
        return math.floor((wall - _START).total_seconds())
    return (moment.toordinal() - EPOCH) * DAY_SECONDS


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ClockError(f"时间{moment.isoformat()}没有时区，请给出带时区的时间。")
    return moment
