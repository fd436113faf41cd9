"""Working days (工作日): a calendar made of published years, and arithmetic on it in constant time.

A `Notice` is what the State Council's office announced for one year: days off, and weekend days worked
(调休上班). A `Statute` is the list of public holidays in law, which fills the years that have no notice yet;
days in such a year are 暂算 (provisional) and the answer says so instead of failing.

    between(a, b)   working days in (a, b], negative when b is before a
    add(a, n)       the n-th working day after a; n may be negative; n = 0 gives a itself

Two arrays carry everything: `cum[d]`, the working days up to d, and `wd[k]`, the k-th working day, so that
between is one subtraction and add one look-up, for a single day as for a million (numpy).
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from sanfu.kernel.flow import Labelled

Days = npt.NDArray[np.int64]  # day numbers: days since 1970-01-01, as numpy's datetime64[D] counts them

EPOCH = date(1970, 1, 1).toordinal()
FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)


class CalendarError(ValueError):
    """A calendar file that contradicts itself, or a day that no calendar reaches; the message says which."""


class DayKind(Labelled):
    WORKDAY = "workday", "工作日"
    MAKE_UP = "make_up", "调休上班"
    WEEKEND = "weekend", "周末"
    HOLIDAY = "holiday", "节假日"


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's announcement. Days of the previous December that it moves belong to it as well."""

    year: int
    number: str | None
    issued: date | None
    mark: str
    holidays: tuple[tuple[str, date, date], ...]
    workdays: frozenset[date]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Notice":
        """Read the form of content/calendar/<year>.yaml; CalendarError names what is wrong."""
        try:
            year, paper = int(raw["year"]), raw.get("notice") or {}
            spans = tuple((str(one["name"]), _day(one["from"]), _day(one["to"])) for one in raw["holidays"])
            worked = frozenset(_day(one) for one in raw["workdays"])
        except (KeyError, TypeError, ValueError) as error:
            raise CalendarError(
                f"日历文件缺少或写错了一项：{error!r}。需要 year、holidays、workdays。"
            ) from error
        issued = paper.get("issued")
        notice = cls(
            year,
            paper.get("number"),
            _day(issued) if issued else None,
            str(paper.get("mark", "待核")),
            spans,
            worked,
        )
        notice._check()
        return notice

    def _check(self) -> None:
        for name, begin, end in self.holidays:
            if end < begin:
                raise CalendarError(f"{self.year}年“{name}”的止日{end}早于起日{begin}。")
        off = self.days_off()
        for day in (*off, *self.workdays):
            if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                raise CalendarError(f"{self.year}年的通知里出现了{day}，只能写本年和上年12月的日子。")
        for day in sorted(self.workdays):
            if day in off:
                raise CalendarError(f"{day}既写成放假（{off[day]}）又写成上班。")
            if day.weekday() < 5:
                raise CalendarError(f"{day}本来就是工作日，不能写成调休上班，请核对日期。")

    def days_off(self) -> dict[date, str]:
        """Each day off with the name of its holiday."""
        return {day: name for name, begin, end in self.holidays for day in span(begin, end)}


@dataclass(frozen=True, slots=True)
class Statute:
    """The public holidays in law, by version, with the dates of the traditional festivals."""

    versions: tuple[tuple[date, tuple[Mapping[str, Any], ...], bool], ...]
    festivals: Mapping[int, Mapping[str, date]]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Statute":
        """Read the form of content/calendar/statutory.yaml."""
        versions = sorted(
            ((_day(one["from"]), tuple(one["days"]), bool(one["substitute"])) for one in raw["versions"]),
            key=lambda version: version[0],
        )
        festivals = {
            int(year): {name: _day(day) for name, day in days.items()}
            for year, days in raw["festivals"].items()
        }
        return cls(tuple(versions), festivals)

    def days_off(self, year: int) -> dict[date, str]:
        """Public holidays of `year`, with the working days given in return for those on a weekend.

        A festival whose date is not in the table is left out: the year is provisional in any case.
        """
        place = bisect_right([begin for begin, _, _ in self.versions], date(year, 12, 31)) - 1
        if place < 0:
            return {}
        _, rules, substitute = self.versions[place]
        found: dict[date, str] = {}
        for rule in rules:
            day = self._place(rule, year)
            if day is not None:
                found[day] = f"{found[day]}、{rule['name']}" if day in found else str(rule["name"])
        return self._substituted(found) if substitute else found

    def _place(self, rule: Mapping[str, Any], year: int) -> date | None:
        if "festival" not in rule:
            return date(year, rule["month"], rule["day"])
        festival = self.festivals.get(year, {}).get(rule["festival"])
        return festival + timedelta(days=rule["offset"]) if festival else None

    @staticmethod
    def _substituted(found: dict[date, str]) -> dict[date, str]:
        given = dict(found)
        for day in sorted(found):
            if day.weekday() >= 5:
                free = day
                while free.weekday() >= 5 or free in given:
                    free += timedelta(days=1)
                given[free] = f"{found[day]}补假"
        return given


class Calendar:
    """Working days from FIRST to LAST. Build once, share freely: nothing in it changes."""

    def __init__(self, notices: Iterable[Notice], statute: Statute | None = None) -> None:
        self.notices = tuple(sorted(notices, key=lambda notice: notice.year))
        self.years = frozenset(notice.year for notice in self.notices)
        if len(self.years) != len(self.notices):
            raise CalendarError("同一年有两份放假安排，请合并或删去一份。")
        self._off: dict[date, str] = {}
        worked: set[date] = set()
        for notice in self.notices:  # a later notice may move days of the December before it
            off = notice.days_off()
            self._off = {d: n for d, n in self._off.items() if d not in notice.workdays} | off
            worked = (worked - off.keys()) | notice.workdays
        self._worked = frozenset(worked)
        if statute is not None:
            for year in range(FIRST.year, LAST.year + 1):
                if year not in self.years:
                    law = statute.days_off(year)
                    self._off |= {d: n for d, n in law.items() if d not in self._off and d not in worked}
        self._build()

    def _build(self) -> None:
        self._base = FIRST.toordinal()
        ordinals = np.arange(self._base, LAST.toordinal() + 1)
        worked = (ordinals + 6) % 7 < 5  # ordinal 1 is a Monday
        worked[[d.toordinal() - self._base for d in self._off if FIRST <= d <= LAST]] = False
        worked[[d.toordinal() - self._base for d in self._worked]] = True
        self.cum: Days = np.cumsum(worked, dtype=np.int64)  # cum[i]: working days in FIRST .. FIRST+i
        self.wd: Days = np.flatnonzero(worked).astype(np.int64)  # wd[k-1]: index of the k-th working day
        # The same as plain lists: reading one element of a list is several times faster than of an array.
        self._cum: list[int] = self.cum.tolist()
        self._wd: list[int] = (self.wd + self._base).tolist()
        digest = hashlib.blake2b(np.packbits(worked).tobytes(), digest_size=4).hexdigest()
        self.version = f"{min(self.years, default='—')}–{max(self.years, default='—')}@{digest}"

    # --- one day ---

    def is_workday(self, day: date) -> bool:
        index = self._index(day)
        return self._cum[index] != (self._cum[index - 1] if index else 0)

    def kind(self, day: date) -> DayKind:
        if day in self._worked:
            return DayKind.MAKE_UP
        if day in self._off:
            return DayKind.HOLIDAY
        return DayKind.WORKDAY if day.weekday() < 5 else DayKind.WEEKEND

    def name(self, day: date) -> str:
        """Name of the holiday on `day`, or the kind of day in Chinese."""
        return self._off.get(day) or self.kind(day).label

    def provisional(self, day: date) -> bool:
        """Is the year of `day` without a published notice?"""
        return day.year not in self.years

    # --- arithmetic ---

    def between(self, a: date, b: date) -> int:
        """Working days in (a, b]."""
        cum, base = self._cum, self._base
        i, j = a.toordinal() - base, b.toordinal() - base
        if i < 0 or j < 0 or i >= len(cum) or j >= len(cum):
            raise self._outside(a if FIRST <= b <= LAST else b)
        return cum[j] - cum[i]

    def add(self, a: date, n: int) -> date:
        """The n-th working day after `a`, before it when n is negative, `a` itself when n is 0."""
        if n == 0:
            return a
        k = self._cum[self._index(a)] + n - (1 if n > 0 or self.is_workday(a) else 0)
        if not 0 <= k < len(self._wd):
            told = f"{a}{'后' if n > 0 else '前'}第{abs(n)}个工作日"
            raise CalendarError(f"{told}超出日历范围（{FIRST}至{LAST}），请检查年份或天数。")
        return date.fromordinal(self._wd[k])

    def roll(self, day: date) -> date:
        """`day` when it is a working day, else the next one (末日顺延)."""
        return day if self.is_workday(day) else self.add(day, 1)

    def between_many(self, a: Days, b: Days) -> Days:
        """`between` on arrays of day numbers."""
        cum: Days = self.cum[self.indices(b)] - self.cum[self.indices(a)]
        return cum

    def add_many(self, a: Days, n: Days | int) -> Days:
        """`add` on arrays of day numbers; n must be 1 or more."""
        k = self.cum[self.indices(a)] + n - 1
        if k.size and (int(k.max()) >= self.wd.size or int(np.min(n)) < 1):
            raise self._outside(LAST)
        days: Days = self.wd[k] + (self._base - EPOCH)
        return days

    def indices(self, days: Days) -> Days:
        """Places of day numbers in the arrays of this calendar."""
        index = days - (self._base - EPOCH)
        if index.size and (int(index.min()) < 0 or int(index.max()) >= self.cum.size):
            raise self._outside(LAST)
        return index

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._base
        if not 0 <= index < len(self._cum):
            raise self._outside(day)
        return index

    @staticmethod
    def _outside(day: date) -> CalendarError:
        return CalendarError(f"日期{day}超出日历范围（{FIRST}至{LAST}），请检查年份或天数。")


def span(begin: date, end: date) -> Sequence[date]:
    """Days from `begin` to `end`, both included."""
    return [date.fromordinal(n) for n in range(begin.toordinal(), end.toordinal() + 1)]


def day_number(day: date) -> int:
    """Days since 1970-01-01, the unit of the array functions."""
    return day.toordinal() - EPOCH


def _day(value: object) -> date:
    if type(value) is date:
        return value
    return date.fromisoformat(str(value))
