"""Office hours (工作时间): which seconds of a working day count for a clock in work hours."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
        spans = max(len(season.hours) for season in office.seasons)
        # Row k holds the k-th span of each day; a free day and a missing span are empty: begin = end = 0.
        self._begin, self._end = np.zeros((2, spans, days), dtype=np.int64)
        for i in calendar.wd.tolist():
            for k, (begin, end) in enumerate(self._hours[i]):
                self._begin[k, i], self._end[k, i] = begin, end
        per_day = (self._end - self._begin).sum(axis=0)
        self.before: npt.NDArray[np.int64] = np.concatenate(([0], np.cumsum(per_day)))
        self._before: list[int] = self.before.tolist()
        self._base = (FIRST.toordinal() - EPOCH) * DAY_SECONDS

    def position(self, instant: int) -> int:
        """Work seconds from FIRST up to `instant`."""
        index, second = divmod(instant - self._base, DAY_SECONDS)
        if not 0 <= index < len(self._hours):
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}）。")
        done = self._before[index]
        if self._before[index + 1] != done:
            done += sum(min(second, end) - begin for begin, end in self._hours[index] if second > begin)
        return done

    def instant(self, position: int) -> int:
        """The earliest instant by which `position` work seconds have passed."""
        if not 0 < position <= self._before[-1]:
            raise CalendarError(f"时间超出日历范围（{FIRST}至{LAST}）。")
        index = bisect_left(self._before, position) - 1
        rest = position - self._before[index]
        for begin, end in self._hours[index]:
            if rest <= end - begin:
                return self._base + index * DAY_SECONDS + begin + rest
            rest -= end - begin
        raise AssertionError("a working day holds its own seconds")

    def position_many(self, instants: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`position` on an array."""
        index, second = np.divmod(instants - self._base, DAY_SECONDS)
        done = self.before[index]
        for begins, ends in zip(self._begin, self._end, strict=True):
            begin = begins[index]
            done += np.clip(second, begin, ends[index]) - begin
        return done

    def instant_many(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`instant` on an array."""
        index = np.searchsorted(self.before, positions, side="left") - 1
        rest = positions - self.before[index]
        at = np.zeros_like(rest)
        for begins, ends in zip(self._begin, self._end, strict=True):
            begin = begins[index]
            take = np.minimum(rest, ends[index] - begin)
            at = np.where(rest > 0, begin + take, at)
            rest -= take
        result: npt.NDArray[np.int64] = self._base + index * DAY_SECONDS + at
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
