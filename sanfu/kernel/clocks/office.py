"""Office hours (工作时间): which seconds of a working day count for a clock in work hours."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sanfu.kernel.workdays import EPOCH, FIRST, LAST, Calendar, CalendarError

DAY_SECONDS = 86_400
_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–~至]\s*(\d{1,2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Season:
    """Office hours from `begin` to `end` (month, day), both included; may run over the new year."""

    begin: tuple[int, int]
    end: tuple[int, int]
    hours: tuple[tuple[int, int], ...]  # spans in seconds after midnight, in order

    def covers(self, day: date) -> bool:
        here = (day.month, day.day)
        if self.begin <= self.end:
            return self.begin <= here <= self.end
        return here >= self.begin or here <= self.end


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Office hours of a place: one season or several that share out the year."""

    seasons: tuple[Season, ...]

    @classmethod
    def parse(cls, raw: Mapping[str, Any] | str) -> "OfficeHours":
        """Read content/calendar/office_hours.yaml, or a line such as `09:00-12:00,13:00-17:00`."""
        if isinstance(raw, str):
            return cls((Season((1, 1), (12, 31), _spans(re.split(r"[,，;；\s]+", raw.strip()))),))
        seasons = tuple(
            Season(_month_day(one["from"]), _month_day(one["to"]), _spans(one["hours"]))
            for one in raw["seasons"]
        )
        for day in (
            date.fromordinal(n) for n in range(date(2024, 1, 1).toordinal(), date(2025, 1, 1).toordinal())
        ):
            count = sum(season.covers(day) for season in seasons)
            if count != 1:
                raise CalendarError(f"{day:%m-%d}落在{count}个作息时段里，每一天必须正好属于一个时段。")
        return cls(seasons)

    def hours(self, day: date) -> tuple[tuple[int, int], ...]:
        return next(season.hours for season in self.seasons if season.covers(day))


class WorkTime:
    """Work seconds counted from FIRST: `position` of an instant, and `instant` of a position.

    Instants are seconds since 1970-01-01T00:00 on the wall clock; China keeps one zone and no summer time.
    """

    def __init__(self, calendar: Calendar, office: OfficeHours) -> None:
        self.calendar, self.office = calendar, office
        days = calendar.cum.size
        self._hours = [office.hours(date.fromordinal(FIRST.toordinal() + i)) for i in range(days)]
        per_day = np.zeros(days, dtype=np.int64)
        for i in calendar.wd.tolist():
            per_day[i] = sum(end - begin for begin, end in self._hours[i])
        self.before: npt.NDArray[np.int64] = np.concatenate(([0], np.cumsum(per_day)))
        self._before: list[int] = self.before.tolist()
        self._base = (FIRST.toordinal() - EPOCH) * DAY_SECONDS

    def position(self, instant: int) -> int:
        """Work seconds from FIRST up to `instant`."""
        index, second = divmod(instant - self._base, DAY_SECONDS)
        if not 0 <= index < len(self._hours):
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}），请检查年份或期限的长短。")
        done = self._before[index]
        if self._before[index + 1] != done:
            done += sum(min(second, end) - begin for begin, end in self._hours[index] if second > begin)
        return done

    def instant(self, position: int) -> int:
        """The earliest instant by which `position` work seconds have passed."""
        if not 0 < position <= self._before[-1]:
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}），请检查年份或期限的长短。")
        index = bisect_left(self._before, position) - 1
        rest = position - self._before[index]
        for begin, end in self._hours[index]:
            if rest <= end - begin:
                return self._base + index * DAY_SECONDS + begin + rest
            rest -= end - begin
        raise AssertionError("a working day holds its own seconds")

    def opening(self, instant: int) -> int:
        """`instant` when the office is open then or just closed, else the next opening."""
        done = self.position(instant)
        index, second = divmod(instant - self._base, DAY_SECONDS)
        works = self._before[index + 1] != self._before[index]
        if works and any(begin <= second <= end for begin, end in self._hours[index]):
            return instant
        return self.instant(done + 1) - 1

    @cached_property
    def _tables(self) -> "_Tables":
        """Made when the first array is asked for: single clocks need none."""
        return _Tables.of(self._hours, self.calendar.wd, self.before)

    def position_many(self, instants: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`position` on an array."""
        return self._tables.position(instants - self._base)

    def instant_many(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`instant` on an array."""
        result: npt.NDArray[np.int64] = self._base + self._tables.instant(positions)
        return result


MOST_CELLS = 4_000_000  # of the coarse table; a place that works a few seconds a day is searched instead


@dataclass(frozen=True)
class _Tables:
    """Look-ups instead of sums over spans: there are only a few kinds of day, and each has 86,400 seconds."""

    before: npt.NDArray[np.int64]  # work seconds before each day
    within: npt.NDArray[
        np.int64
    ]  # of each kind of day: work seconds up to each second, one row after the other
    row: npt.NDArray[np.int64]  # where the row of each day's kind begins
    starts: npt.NDArray[np.int64]  # first second of each working day
    work_before: npt.NDArray[np.int64]  # work seconds before each working day, and after the last
    at: npt.NDArray[np.int64]  # of each kind of day: the second by which so many work seconds have passed
    work_row: npt.NDArray[np.int64]
    step: int
    coarse: npt.NDArray[np.int64]  # working day of position 1 + j · step; empty: search

    @classmethod
    def of(
        cls,
        hours: Sequence[tuple[tuple[int, int], ...]],
        working: npt.NDArray[np.int64],
        before: npt.NDArray[np.int64],
    ) -> "_Tables":
        """`hours` of each day, whether it works or not; `working`: which days do; `before`: work seconds by day."""
        works = set(working.tolist())
        kinds: dict[tuple[tuple[int, int], ...], int] = {(): 0}
        kind = np.array(
            [kinds.setdefault(spans if day in works else (), len(kinds)) for day, spans in enumerate(hours)]
        )
        counts = np.zeros((len(kinds), DAY_SECONDS + 1), dtype=np.int64)
        at = np.zeros((len(kinds), DAY_SECONDS + 1), dtype=np.int64)
        for spans, place in kinds.items():
            for begin, end in spans:
                counts[place, begin + 1 : end + 1] = 1
            seconds = np.flatnonzero(counts[place])
            at[place, 1 : len(seconds) + 1] = seconds
        at[:, 0] = at[:, 1]
        after = np.append(before[working], before[-1])
        step = int(np.diff(after).min()) if len(working) else 1
        few = len(working) and after[-1] // step <= MOST_CELLS
        coarse = np.searchsorted(after, np.arange(1, after[-1] + 1, step)) - 1 if few else after[:0]
        return cls(
            before, counts.cumsum(axis=1).ravel(), kind * (DAY_SECONDS + 1), working * DAY_SECONDS, after,
            at.ravel(), kind[working] * (DAY_SECONDS + 1), step, coarse.astype(np.int64),
        )  # fmt: skip

    def position(self, seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        day = seconds // DAY_SECONDS
        if day.size and not 0 <= int(day.min()) <= int(day.max()) < len(self.row):
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}），请检查年份或期限的长短。")
        second = seconds - day * DAY_SECONDS
        result: npt.NDArray[np.int64] = self.before[day] + self.within[self.row[day] + second]
        return result

    def instant(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        if positions.size and not 0 < int(positions.min()) <= int(positions.max()) <= self.work_before[-1]:
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}），请检查年份或期限的长短。")
        if len(self.coarse):  # a step is no longer than the shortest working day: at most one day further
            day = self.coarse[(positions - 1) // self.step]
            day = day + (positions > self.work_before[day + 1])
        else:
            day = np.searchsorted(self.work_before, positions) - 1
        rest = positions - self.work_before[day]
        result: npt.NDArray[np.int64] = self.starts[day] + self.at[self.work_row[day] + rest]
        return result


def _spans(texts: Any) -> tuple[tuple[int, int], ...]:
    spans = []
    for text in texts:
        match = _HOURS.fullmatch(str(text).strip())
        if match is None:
            raise CalendarError(f"看不懂工作时间“{text}”，请写成 09:00-12:00。")
        a, b, c, d = (int(part or 0) for part in match.groups())
        spans.append((a * 3600 + b * 60, c * 3600 + d * 60))
    edges = [edge for one in spans for edge in one]
    if not edges or edges != sorted(set(edges)) or edges[-1] > DAY_SECONDS:
        raise CalendarError(f"工作时间{'、'.join(map(str, texts))}必须从早到晚、互不重叠、不过24点。")
    return tuple(spans)


def _month_day(text: object) -> tuple[int, int]:
    month, day = str(text).split("-")
    return int(month), int(day)
