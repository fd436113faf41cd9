"""What is known of a firm for listing and funds: yearly series, single values, a market value with a range."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sanfu.kernel.capital.measures import MARKET_VALUE

Value = Fraction | bool | str


@dataclass(frozen=True, slots=True)
class Span:
    """A value between two ends, in 元; None: nobody said. Unknown altogether when both are None."""

    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """Facts of one firm. Years count back from the last one: 0 is the last full year, 1 the one before.

    series: measure → years back → value. totals: (measure, "sum" | "mean" | "growth", years) → value that the file
    gives itself. last_year: calendar year of 0 where the file names years. notes: how something was read.
    """

    name: str = ""
    series: Mapping[str, Mapping[int, Fraction]] = field(default_factory=dict)
    totals: Mapping[tuple[str, str, int], Fraction] = field(default_factory=dict)
    single: Mapping[str, Value] = field(default_factory=dict)
    market_value: Span = Span()
    last_year: int | None = None
    notes: tuple[str, ...] = ()

    def year(self, measure: str, back: int) -> Fraction | None:
        """A measure `back` years before the last one; None when nobody said."""
        return self.series.get(measure, {}).get(back)

    def one(self, measure: str) -> Value | None:
        """A single value; None when nobody said."""
        return self.single.get(measure)

    def at_value(self, value: Fraction) -> "FirmFacts":
        """The same firm with a market value."""
        return FirmFacts(
            self.name,
            self.series,
            self.totals,
            self.single,
            Span(value, value),
            self.last_year,
            self.notes,
        )

    def named_year(self, back: int) -> str:
        """The year in words: 2025年, or 最近一年 where the file names none."""
        if self.last_year is not None:
            return f"{self.last_year - back}年"
        return ("最近一年", "前一年", "前两年")[back] if back < 3 else f"前{back}年"


__all__ = ["MARKET_VALUE", "FirmFacts", "Span", "Value"]
