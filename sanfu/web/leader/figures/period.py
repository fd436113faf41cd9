"""The months a page shows, from its address: `from` and `to` as 2026-03, by default the last six months."""

import re
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.http import urlencode

from sanfu.measure.queries import months_between

DEFAULT_MONTHS = 6
MOST_MONTHS = 24
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """First days of the first and last month, both included."""

    first: date
    last: date

    @classmethod
    def read(cls, params: QueryDict, today: date) -> "Period":
        """What was asked, put right: a span the wrong way round is turned, a too long one is cut at its start."""
        last = _month(params.get("to", "")) or today.replace(day=1)
        first = _month(params.get("from", "")) or shift(last, 1 - DEFAULT_MONTHS)
        first, last = min(first, last), max(first, last)
        return cls(max(first, shift(last, 1 - MOST_MONTHS)), last)

    @property
    def months(self) -> list[date]:
        return months_between(self.first, self.last)

    @property
    def a_year_before(self) -> "Period":
        return Period(shift(self.first, -12), shift(self.last, -12))

    @property
    def span(self) -> dict[str, date]:
        """As the queries take it."""
        return {"first": self.first, "last": self.last}

    @property
    def choices(self) -> list[date]:
        """Months a person may choose from, newest first: from a year after the last one shown, four years."""
        return [shift(self.last, 12 - back) for back in range(12 + MOST_MONTHS + 12)]

    @property
    def query(self) -> str:
        """As an address carries it."""
        return urlencode({"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"})

    @property
    def words(self) -> str:
        first, last = f"{self.first.year}年{self.first.month}月", f"{self.last.year}年{self.last.month}月"
        return first if first == last else f"{first}至{last}"


def shift(month: date, by: int) -> date:
    """A month some months later (or, negative, earlier)."""
    place = month.year * 12 + month.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)


def _month(text: str) -> date | None:
    match = _MONTH.fullmatch(text)
    return date(int(match[1]), int(match[2]), 1) if match else None
