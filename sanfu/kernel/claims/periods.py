"""Periods of figures (时期): year with its first and last month, and which period another is compared with."""

import re
from dataclasses import dataclass

_WORDS = {
    "上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9), "前二季度": (1, 6), "前两季度": (1, 6), "全年": (1, 12),
    "一季度": (1, 3), "二季度": (4, 6), "三季度": (7, 9), "四季度": (10, 12),
    "1季度": (1, 3), "2季度": (4, 6), "3季度": (7, 9), "4季度": (10, 12),
    "H1": (1, 6), "H2": (7, 12), "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12),
}  # fmt: skip
_MONTHS = re.compile(r"(\d{1,2})\s*(?:月)?\s*[-—~至到]\s*(\d{1,2})\s*月")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*月")
_YEAR = re.compile(r"((?:19|20)\d{2})")
_FORMAL = re.compile(r"(\d{4})-(\d{2})(?:(?:\.\.|~|/|至)(?:(\d{4})-)?(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Period:
    """Months `first` to `last` of a year; year 0 stands for one that is not told."""

    year: int
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def year_before(self) -> "Period":
        """同比: the same months of the year before."""
        return Period(self.year - 1, self.first, self.last)

    def before(self) -> "Period":
        """环比: the period of the same length just before."""
        if self.first > self.length:
            return Period(self.year, self.first - self.length, self.first - 1)
        return Period(self.year - 1, 13 - self.length, 12)

    def begin_of_year(self) -> list["Period"]:
        """年初: where the year began, as December before, as January, or as the whole year before."""
        last = self.year - 1
        return [Period(last, 12, 12), Period(self.year, 1, 1), Period(last, 1, 12)]

    @property
    def order(self) -> tuple[int, int, int]:
        return self.year, self.last, self.first


def period_of(text: str) -> Period | None:
    """Read 2026-01..06, 2026-09, 2025-H1, 2026Q1, 2026, 2025年上半年, 2026年1—9月; None for other words."""
    text = text.strip()
    if formal := _FORMAL.match(text):
        first = int(formal.group(2))
        last, begun = int(formal.group(4) or first), int(formal.group(1))
        if not (1 <= first <= 12 and 1 <= last <= 12):
            return None
        last += 12 * (int(formal.group(3) or begun) - begun)  # a winter: 2025-11..2026-03
        return Period(begun, first, last) if first <= last else None
    months = months_in(text)
    year = _YEAR.search(text)
    if months is None and year is None:
        return None
    first, last = months or (1, 12)
    return Period(int(year.group(1)) if year else 0, first, last)


def months_in(text: str) -> tuple[int, int] | None:
    """The months that a text names first: 上半年, 前三季度, 1—9月, 9月."""
    places = [(text.find(word), -len(word), span) for word, span in _WORDS.items() if word in text]
    for pattern in (_MONTHS, _MONTH):
        if found := pattern.search(text):
            first = int(found.group(1))
            last = int(found.group(2)) if pattern is _MONTHS else first
            if 1 <= first <= last <= 12:
                places.append((found.start(), -9 if pattern is _MONTHS else 0, (first, last)))
    return min(places)[2] if places else None


def years_in(text: str) -> list[int]:
    """Every year named, in order."""
    return [int(one) for one in _YEAR.findall(text)]
