"""Indicators as data (指标): conditions over rows, tallies that add up, figures, scores, consistency. Pure.

A row is a mapping of facts (booleans) and values (numbers). An indicator keeps the rows that meet its
denominator and counts those that also meet its numerator, or averages a value over them. Tallies of two sets
of rows add, whatever the order: a county is the sum of its units, a year the sum of its months.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

Facts = Mapping[str, Any]
_NOT = "not "
_Z = 1.96  # two-sided 95%


class BadIndicator(ValueError):
    """An indicator file that cannot be used; the message names the indicator and what is wrong."""


class Show(StrEnum):
    """What is shown of the rows in the denominator."""

    RATIO = "ratio"
    MEAN = "mean"
    P95 = "p95"


@dataclass(frozen=True, slots=True)
class Condition:
    """Facts that must all hold; `negated` ones must not."""

    label: str
    required: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Condition":
        names = [str(name) for name in raw["all"]]
        return cls(
            str(raw["label"]),
            tuple(name for name in names if not name.startswith(_NOT)),
            tuple(name.removeprefix(_NOT) for name in names if name.startswith(_NOT)),
        )

    def meets(self, row: Facts) -> bool:
        return all(row[name] for name in self.required) and not any(row[name] for name in self.negated)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.required, *self.negated)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One formula. `of` names the kind of row, `month` the moment that places a row in a month."""

    id: str
    name: str
    of: str
    month: str
    denominator: Condition
    numerator: Condition | None
    value: str
    show: Show
    higher_is_better: bool
    source: Mapping[str, Any]

    @property
    def formula(self) -> str:
        """The formula in Chinese, as the page shows it."""
        if self.numerator is not None:
            return f"{self.name} ＝ {self.numerator.label} ÷ {self.denominator.label}"
        what = {"mean": "平均值", "p95": "第95百分位"}[self.show.value]
        return f"{self.name} ＝ {self.denominator.label}的{self.value}{what}"

    @property
    def is_ratio(self) -> bool:
        return self.show is Show.RATIO


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """The indicators of one file, with the words for their facts and values."""

    id: str
    title: str
    small_sample: int
    facts: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Mapping[str, str]]
    indicators: tuple[Indicator, ...]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "IndicatorSet":
        """Read the form of content/indicators/requests.yaml; BadIndicator for names nobody defined."""
        facts, values = raw["facts"], raw.get("values") or {}
        indicators = tuple(_indicator(one, facts, values) for one in raw["indicators"])
        ids = Counter(one.id for one in indicators)
        twice = [name for name, count in ids.items() if count > 1]
        if twice:
            raise BadIndicator(f"指标编号重复：{'、'.join(twice)}。")
        return cls(str(raw["id"]), str(raw["title"]), int(raw["small_sample"]), facts, values, indicators)

    def get(self, name: str) -> Indicator:
        """By id; BadIndicator when there is none."""
        for one in self.indicators:
            if one.id == name:
                return one
        raise BadIndicator(f"没有编号为“{name}”的指标。")

    def words(self, indicator: Indicator) -> list[str]:
        """The conditions spelled out, fact by fact, for the formula drawer."""
        known = self.facts[indicator.of]
        parts = [indicator.denominator] + ([indicator.numerator] if indicator.numerator else [])
        return [
            f"{part.label}："
            + "、".join([known[n] for n in part.required] + ["非“" + known[n] + "”" for n in part.negated])
            for part in parts
        ]


@dataclass(frozen=True)
class Tally:
    """Counts of some rows under one indicator; `values` counts how often each value occurs."""

    denominator: int = 0
    numerator: int = 0
    values: Counter[Fraction] = field(default_factory=Counter)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.denominator + other.denominator,
            self.numerator + other.numerator,
            self.values + other.values,
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """What is shown. value is None when no row counts: unknown, not zero.

    For a ratio value is a share (0 … 1) and low/high its 95% range (Wilson); for a mean or a percentile the
    value itself. small: fewer rows than the sample size below which nobody should be ranked.
    """

    value: Fraction | None
    numerator: int
    denominator: int
    small: bool
    low: float | None = None
    high: float | None = None

    def percent(self, digits: int = 2) -> Decimal | None:
        return None if self.value is None else rounded(self.value * 100, digits)


def tally(indicator: Indicator, rows: Iterable[Facts]) -> Tally:
    """Count rows under an indicator."""
    counted, hits, values = 0, 0, Counter[Fraction]()
    for row in rows:
        if not indicator.denominator.meets(row):
            continue
        counted += 1
        if indicator.numerator is not None and indicator.numerator.meets(row):
            hits += 1
        if indicator.value:
            values[Fraction(row[indicator.value])] += 1
    return Tally(counted, hits, values)


def figure(indicator: Indicator, found: Tally, small_sample: int) -> Figure:
    """The figure of a tally."""
    small = found.denominator < small_sample
    if not found.denominator:
        return Figure(None, 0, 0, small)
    if indicator.is_ratio:
        low, high = wilson(found.numerator, found.denominator)
        share = Fraction(found.numerator, found.denominator)
        return Figure(share, found.numerator, found.denominator, small, low, high)
    return Figure(_of_values(indicator.show, found.values), 0, found.denominator, small)


def _of_values(show: Show, values: Counter[Fraction]) -> Fraction:
    count = values.total()
    if show is Show.MEAN:
        return sum((value * times for value, times in values.items()), Fraction(0)) / count
    rank, seen = math.ceil(count * 0.95), 0  # nearest rank: a value that did occur
    for value in sorted(values):
        seen += values[value]
        if seen >= rank:
            return value
    raise AssertionError("the ranks add up to the count")


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95% range of a share, honest for small counts."""
    share, z2 = hits / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def shrunk(own: Tally, whole: Tally, weight: int) -> Fraction | None:
    """A small unit's share pulled toward the county's as if it had `weight` more rows like the county's."""
    if not whole.denominator:
        return None
    mean = Fraction(whole.numerator, whole.denominator)
    return (own.numerator + weight * mean) / (own.denominator + weight)


@dataclass(frozen=True, slots=True)
class Scoring:
    """计分: full marks at the target and better; each percentage point worse costs; never under the floor.

    low_is_good: 重办率 and the like, where worse means above the target.
    """

    full: Fraction
    target: Fraction
    per_point: Fraction
    floor: Fraction
    low_is_good: bool = False

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Scoring":
        full, target, cost, floor = (
            Fraction(str(raw[name])) for name in ("full", "target", "per_point", "floor")
        )
        return cls(full, target, cost, floor)

    def score(self, percent: Fraction) -> Fraction:
        worse = percent - self.target if self.low_is_good else self.target - percent
        lost = max(worse, Fraction(0)) * self.per_point
        return max(self.full - lost, self.floor)

    def lost(self, percent: Fraction, digits: int = 2) -> Decimal:
        """Marks lost, taken from the rounded score: published totals are made of published scores."""
        return rounded(self.full, digits) - rounded(self.score(percent), digits)


def gap(parts: Mapping[str, Any], total: Any) -> Fraction:
    """By how much a published total exceeds the sum of its published parts; 0 when they agree."""
    return Fraction(str(total)) - sum((Fraction(str(part)) for part in parts.values()), Fraction(0))


def rounded(value: Fraction, digits: int) -> Decimal:
    """Half up, as bulletins round, exact up to that point."""
    sign, size = (-1, -value) if value < 0 else (1, value)
    units = math.floor(size * 10**digits + Fraction(1, 2))
    return Decimal(sign * units).scaleb(-digits)


def agrees(value: Fraction, published: str) -> bool:
    """Does a value round to what was published, at the digits that were published?"""
    digits = len(published.partition(".")[2])
    return rounded(value, digits) == Decimal(published)


def _indicator(raw: Mapping[str, Any], facts: Mapping[str, Any], values: Mapping[str, Any]) -> Indicator:
    try:
        of, show = str(raw["of"]), Show(raw.get("show", "ratio"))
        numerator = Condition.parse(raw["numerator"]) if raw.get("numerator") else None
        one = Indicator(
            id=str(raw["id"]),
            name=str(raw["name"]),
            of=of,
            month=str(raw["month"]),
            denominator=Condition.parse(raw["denominator"]),
            numerator=numerator,
            value=str(raw.get("value", "")),
            show=show,
            higher_is_better={"high": True, "low": False}[raw["good"]],
            source=raw["source"],
        )
    except (KeyError, ValueError) as error:
        raise BadIndicator(f"指标{raw.get('id', '？')}缺少或写错了一项：{error!r}。") from error
    names = (*one.denominator.names, *(numerator.names if numerator else ()))
    unknown = [name for name in names if name not in facts.get(of, {})]
    if one.value and one.value not in values.get(of, {}):
        unknown.append(one.value)
    if unknown:
        raise BadIndicator(f"指标{one.id}用了没有登记的事实：{'、'.join(unknown)}。")
    if (numerator is None) == one.is_ratio or bool(one.value) == one.is_ratio:
        raise BadIndicator(f"指标{one.id}：比率要有分子，平均值和百分位要有 value，二者不能都写或都缺。")
    return one
