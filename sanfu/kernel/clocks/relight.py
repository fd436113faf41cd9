"""A million clocks at once (批量点灯): the fold on numpy columns, and which dates a new calendar moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sanfu.kernel.clocks.fold import Clock, ClockRule, Light, Moment, Timekeeper, Unit
from sanfu.kernel.workdays import EPOCH, FIRST

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

UNITS = tuple(Unit)
LIGHTS = tuple(Light)
NEVER = np.iinfo(np.int64).max // 4  # an open pause ends here; no pause begins here


@dataclass(frozen=True)
class Book:
    """Open clocks as columns, all of one unit. Places are day numbers (units in days) or wall-clock seconds.

    pauses_begin, pauses_end: shape (clocks, k), each row sorted by begin and filled up with `NEVER`.
    """

    unit: Unit
    begin: Ints
    ticks: Ints
    yellow: Ints
    orange: Ints
    roll: Flags
    pauses_begin: Ints
    pauses_end: Ints

    @classmethod
    def of(cls, keeper: Timekeeper, unit: Unit, clocks: Sequence[Clock]) -> "Book":
        """Columns for a list of clocks of one unit."""
        width = max((len(clock.pauses) for clock in clocks), default=0)
        edges = np.full((2, len(clocks), width), NEVER, dtype=np.int64)
        for i, clock in enumerate(clocks):
            spans = sorted(
                (keeper.edge(unit, p.begin), NEVER if p.end is None else keeper.edge(unit, p.end))
                for p in clock.pauses
            )
            for k, (a, b) in enumerate(spans):
                edges[:, i, k] = a, b
        rules = [clock.rule for clock in clocks]
        return cls(
            unit,
            _column([keeper.begin(clock.rule, clock.start) for clock in clocks]),
            _column([rule.ticks for rule in rules]),
            _column([_share(rule, "yellow") for rule in rules]),
            _column([_share(rule, "orange") for rule in rules]),
            np.array([rule.roll and unit is Unit.DAY for rule in rules], dtype=bool),
            edges[0],
            edges[1],
        )


@dataclass(frozen=True)
class Lights:
    """Columns of the answer: due places, ticks used, and the index of the light in `LIGHTS`."""

    due: Ints
    used: Ints
    light: npt.NDArray[np.int8]

    def named(self, index: int) -> Light:
        return LIGHTS[int(self.light[index])]


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date that a new calendar moves; `index` is the row in the book."""

    index: int
    before: Moment
    after: Moment


def relight(keeper: Timekeeper, book: Book, now: Moment) -> Lights:
    """Due place, ticks used and light of every clock at `now`, folded from the start each time."""
    scale = _Scale(keeper, book.unit)
    here = keeper.place(book.unit, now)
    at_begin = scale.position(book.begin)
    target = at_begin + book.ticks
    due = scale.reach(target, at_begin, book.begin).copy()  # natural units hand back the target itself
    spent = np.maximum(scale.position(np.int64(here)) - at_begin, 0)
    edge = book.begin.copy()
    paused = np.zeros(book.begin.shape, dtype=bool)
    for k in range(book.pauses_begin.shape[1]):
        rows = np.flatnonzero(
            book.pauses_begin[:, k] < NEVER
        )  # most clocks were never paused: only these are folded
        if not rows.size:
            break
        begun, ended = book.pauses_begin[rows, k], book.pauses_end[rows, k]
        open_now = ended == NEVER
        paused[rows] |= (begun <= here) & (open_now | (ended > here))
        a = np.maximum(begun, edge[rows])
        b = np.where(open_now, np.maximum(here, edge[rows]), ended)
        real = (b > a) & (a < due[rows])
        rows, a, b = rows[real], a[real], b[real]
        at_a, at_b = scale.position(a), scale.position(b)
        target[rows] += at_b - at_a
        due[rows] = scale.reach(target[rows], at_begin[rows], book.begin[rows])
        spent[rows] -= _before(scale, a, b, at_a, at_b, here)
        edge[rows] = b
    due = scale.rolled(due, book.roll if book.unit is Unit.DAY else book.ticks == 0)
    return Lights(due, spent, _lights(book, due, spent, here, paused))


def refold(before: Timekeeper, after: Timekeeper, book: Book, now: Moment) -> list[Moved]:
    """Every due date that differs between two calendars, in book order."""
    old, new = relight(before, book, now).due, relight(after, book, now).due
    return [
        Moved(i, before.moment(book.unit, int(old[i])), after.moment(book.unit, int(new[i])))
        for i in np.flatnonzero(old != new).tolist()
    ]


class _Scale:
    """`Timekeeper.position` and `reach` on arrays, for one unit."""

    def __init__(self, keeper: Timekeeper, unit: Unit) -> None:
        self.keeper, self.unit, self.calendar = keeper, unit, keeper.calendar
        self.offset = FIRST.toordinal() - EPOCH

    def position(self, places: Ints | np.int64) -> Ints:
        if self.unit is Unit.WORKDAY:
            cum: Ints = self.calendar.cum[self.calendar.indices(np.asarray(places))]
            return cum
        if self.unit is Unit.WORKHOUR:
            return self.keeper.worktime.position_many(np.asarray(places))
        return np.asarray(places)

    def reach(self, target: Ints, at_begin: Ints, begin: Ints) -> Ints:
        if self.unit is Unit.WORKDAY:
            found = self.calendar.wd[np.maximum(target - 1, 0)] + self.offset
        elif self.unit is Unit.WORKHOUR:
            found = self.keeper.worktime.instant_many(np.maximum(target, 1))
        else:
            return target
        return np.where(target > at_begin, found, begin)

    def rolled(self, due: Ints, roll: Flags) -> Ints:
        if not roll.any() or self.unit is Unit.HOUR:
            return due
        if self.unit is Unit.WORKHOUR:
            opened = due.copy()
            opened[roll] = [self.keeper.worktime.opening(one) for one in due[roll].tolist()]
            return opened
        index = due - self.offset
        cum, calendar = self.calendar.cum[index], self.calendar
        works = calendar.wd[cum - 1] == index
        return np.where(works | ~roll, due, calendar.wd[cum] + self.offset)


def _before(scale: _Scale, a: Ints, b: Ints, at_a: Ints, at_b: Ints, here: int) -> Ints:
    """Ticks that the pause (a, b] took up to `here`."""
    if not bool(((b > here) & (b > a)).any()):
        return at_b - at_a
    now = scale.position(np.int64(here))
    return np.where(b > here, now, at_b) - np.where(a > here, now, at_a)


def _lights(book: Book, due: Ints, spent: Ints, here: int, paused: Flags) -> npt.NDArray[np.int8]:
    some = book.ticks > 0
    light = np.zeros(due.shape, dtype=np.int8)
    light[some & (spent >= book.yellow)] = LIGHTS.index(Light.YELLOW)
    light[(due == here) | (some & (spent >= book.orange))] = LIGHTS.index(Light.ORANGE)
    light[paused] = LIGHTS.index(Light.PAUSED)
    light[due < here] = LIGHTS.index(Light.RED)
    return light


def _share(rule: ClockRule, name: str) -> int:
    """The least number of ticks that makes the share full."""
    share = getattr(rule, name) * rule.n * (1 if rule.unit.by_day else 3600)
    return int(-((-share) // 1))


def _column(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
