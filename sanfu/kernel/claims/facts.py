"""Facts that a briefing is checked against (依据): readings of named figures, shares, rankings.

A fact is a mapping: name with before and after, or with value and period, with value and of (a share), or with ranking
and self. Keys that nobody knows are passed by; a value that is no number is left out, never taken as zero.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sanfu.kernel.claims.numbers import Fit, Hedge, Kind, Quantity, fits, plain, quantities, size_in
from sanfu.kernel.claims.periods import Period, period_of
from sanfu.kernel.claims.units import MULTIPLIERS, Unit, comparable, unit_of

_RATES = ("率", "占比", "比重", "满意度", "增速", "增幅", "降幅", "份额")
_NO_RATES = ("容积率", "汇率", "功率", "效率", "频率", "倍率", "周转率")
_UNDER = {"不足", "不到", "低于", "少于", "以下", "未达"}
_OVER = {"超过", "超", "高于", "多于", "以上", "逾"}
TARGETS = ("目标", "任务", "计划", "指标数")


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a figure. value is in the base of its unit; a rate is a share. bound: 0 exact, -1 under, 1 over."""

    name: str
    value: Fraction
    unit: Unit
    rate: bool
    period: Period | None = None
    label: str = ""
    scope: str = ""
    numerator: int | None = None
    denominator: int | None = None
    bound: int = 0

    @property
    def is_target(self) -> bool:
        return any(word in self.name for word in TARGETS) or self.name.endswith(("预算", "预算数"))


@dataclass(frozen=True, slots=True)
class Ranking:
    """A table of places: name → value, best first or not; `own` is the one that the text speaks of."""

    name: str
    table: tuple[tuple[str, Fraction], ...]
    own: str
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a text is checked against."""

    readings: tuple[Reading, ...] = ()
    shares: tuple[Reading, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    wholes: tuple[Reading, ...] = ()  # what shares and rates are made of: 360 of 1200

    @property
    def latest(self) -> Period | None:
        """The newest period of any figure; none where no figure is dated."""
        every = [r.period for r in (*self.readings, *self.shares) if r.period and not r.is_target]
        return max(every, key=lambda one: one.order, default=None)

    def __bool__(self) -> bool:
        return bool(self.readings or self.shares or self.rankings)


def facts_of(raw: Iterable[Mapping[str, Any]]) -> Facts:
    """Read facts as they are given with a case."""
    readings: list[Reading] = []
    shares: list[Reading] = []
    rankings: list[Ranking] = []
    wholes: list[Reading] = []
    for one in raw:
        if not isinstance(one, Mapping):
            continue
        if one.get("ranking"):
            rankings.append(_ranking(one))
        elif one.get("of") is not None and _number(one.get("of"), one) is not None:
            shares += _share(one)
            wholes += _whole_of(one)
        own = _readings(one) or _of_its_counts(one)
        readings += own
        wholes += [part for reading in own for part in _counts_of(reading)]
    return Facts(tuple(readings), tuple(shares), tuple(rankings), tuple(wholes))


def is_rate_name(name: str) -> bool:
    """Is a figure of this name a share of something, told in percent?"""
    return name.endswith(_RATES) and not name.endswith(_NO_RATES)


def _number(
    raw: Any, fact: Mapping[str, Any], unit: str | None = None
) -> tuple[Fraction, Unit, bool, int] | None:
    """Value in base units, unit, whether it is a rate, bound."""
    if raw is None or isinstance(raw, bool | Mapping | list):
        return None
    name, told = str(fact.get("name", "")), str(unit if unit is not None else fact.get("unit") or "")
    text = plain(str(raw)).strip()
    bound = 0
    if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text):
        value, own = Fraction(text), told
    else:
        found = quantities(text)
        if len(found) != 1:
            return None
        one = found[0]
        bound = {Hedge.UNDER: -1, Hedge.OVER: 1, Hedge.AT_LEAST: 1}.get(one.hedge, 0)
        if one.kind in (Kind.PERCENT, Kind.FRACTION):
            return one.value, unit_of("%"), True, bound
        value, own = one.value, one.unit.name or told
    if own in ("%", "％", "百分比"):
        return value / 100, unit_of("%"), True, bound
    if not own and is_rate_name(name) and abs(value) <= 100:
        return (value / 100 if abs(value) > 1 else value), unit_of("%"), True, bound
    read = unit_of(own)
    return value * read.size, read, False, bound


def _readings(raw: Mapping[str, Any]) -> list[Reading]:
    found = []
    for key in ("before", "after", "value", "target", "total"):
        if key not in raw:
            continue
        number = _number(raw[key], raw, raw.get(f"{key}_unit"))
        if number is None:
            continue
        value, unit, rate, bound = number
        word = str(raw.get(f"{key}_bound") or (raw.get("bound") if key == "value" else "") or "")
        bound = -1 if word in _UNDER else 1 if word in _OVER else bound
        period = str(raw.get(f"{key}_period") or (raw.get("period", "") if key != "target" else ""))
        name = str(raw.get("name", ""))
        found.append(
            Reading(
                name + {"target": "目标", "total": "合计"}.get(key, ""), value, unit, rate,
                period=period_of(period) if period else None,
                label=key if key in ("before", "after") else period,
                scope=str(raw.get(f"{key}_scope") or raw.get("scope") or ""),
                numerator=_whole(raw, key, "numerator"),
                denominator=_whole(raw, key, "denominator"),
                bound=bound,
            )
        )  # fmt: skip
    return found


def _of_its_counts(raw: Mapping[str, Any]) -> list[Reading]:
    """A rate of which only numerator and denominator are given."""
    part, whole = _whole(raw, "value", "numerator"), _whole(raw, "value", "denominator")
    name, label = str(raw.get("name", "")), str(raw.get("period", ""))
    if part is None or not whole or not is_rate_name(name):
        return []
    when = period_of(label) if label else None
    return [
        Reading(
            name,
            Fraction(part, whole),
            unit_of("%"),
            True,
            when,
            label,
            str(raw.get("scope") or ""),
            part,
            whole,
        )
    ]


def _whole(raw: Mapping[str, Any], key: str, part: str) -> int | None:
    names = (f"{key}_{part}", *((part,) if key == "value" else ()))
    if part == "denominator":
        names += (f"{key}_n", *(("n", "sample") if key == "value" else ()))
    for name in names:
        try:
            if raw.get(name) is not None:
                return int(raw[name])
        except (TypeError, ValueError):
            continue
    return None


def _share(raw: Mapping[str, Any]) -> list[Reading]:
    part, whole = _number(raw.get("value"), raw), _number(raw["of"], raw)
    if part is None or whole is None or not whole[0]:
        return []
    period = str(raw.get("period", ""))
    when = period_of(period) if period else None
    return [
        Reading(str(raw.get("name", "")), part[0] / whole[0], unit_of("%"), True, period=when, label=period)
    ]


def _whole_of(raw: Mapping[str, Any]) -> list[Reading]:
    """The whole that a share is of, as a figure of its own."""
    found = _number(raw["of"], raw)
    return [] if found is None else [Reading(f"{raw.get('name', '')}的总数", found[0], found[1], found[2])]


def _counts_of(reading: Reading) -> list[Reading]:
    """The counts that a rate is made of: a text that tells them is confirmed by them."""
    counts = (("分子", reading.numerator), ("分母", reading.denominator))
    return [
        Reading(reading.name + word, Fraction(count), unit_of(""), False, label=reading.label)
        for word, count in counts
        if count is not None
    ]


def _ranking(raw: Mapping[str, Any]) -> Ranking:
    table, sizes = [], {}
    for row in raw["ranking"]:
        cells = (
            list(row.values())
            if isinstance(row, Mapping)
            else list(row)
            if isinstance(row, list | tuple)
            else [row]
        )
        number = _number(cells[1], raw) if len(cells) > 1 else None
        if number is not None:
            table.append((str(cells[0]), number[0]))
            if len(cells) > 2 and str(cells[2]).isdigit():
                sizes[str(cells[0])] = int(cells[2])
    return Ranking(str(raw.get("name", "")), tuple(table), str(raw.get("self", "")), sizes)


# --- which fact a piece of text speaks of ---


@lru_cache(maxsize=1 << 15)
def _pairs(text: str) -> frozenset[str]:
    """Every two neighbouring signs of a text."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


@lru_cache(maxsize=1 << 15)
def likeness(name: str, text: str) -> int:
    """Length of the longest piece of a name that stands in a text, with a little for other shared pairs."""
    pairs = _pairs(name)
    if pairs.isdisjoint(_pairs(text)):
        return int(any(sign in text for sign in name))
    longest = 0
    for start in range(len(name)):
        while start + longest < len(name) and name[start : start + longest + 1] in text:
            longest += 1
    return longest * 10 + sum(pair in text for pair in pairs) if longest > 1 else longest


def about(readings: Iterable[Reading], *contexts: str) -> list[Reading]:
    """The readings whose name the nearest context speaks of most; all of them where no context tells them apart."""
    every = list(readings)
    names = {one.name for one in every}
    for context in contexts:
        scores = {name: likeness(name, context) for name in names}
        best = max(scores.values(), default=0)
        if best > 1:
            return _best_covered([one for one in every if scores[one.name] == best], best)
    return every if len(names) == 1 else []


def _best_covered(alike: list[Reading], best: int) -> list[Reading]:
    """Of figures that a text speaks of alike, those named whole, else by half: 出口 is 出口额 and not 进出口总额."""
    whole = [one for one in alike if best // 10 == len(one.name)]
    if whole:
        return whole
    half = [one for one in alike if best // 10 * 2 >= len(one.name)]
    return half or alike


def newest(readings: Iterable[Reading], years: Iterable[int] = ()) -> Reading | None:
    """The last reading in time, of the years named where there is one; the last given where none is dated."""
    every = list(readings)
    named = [one for one in every if one.period and one.period.year in set(years)] or every
    dated = [one for one in named if one.period]
    return max(dated, key=lambda one: one.period.order) if dated else named[-1] if named else None  # type: ignore[union-attr]


def compared(one: Quantity, reading: Reading) -> Fit:
    """Whether a stated number says what a figure says, in the unit that either has."""
    if reading.bound and one.hedge is not Hedge.AT:  # 不足0.6 against 不足0.6: the bound itself is told
        one = replace(one, hedge=Hedge.AT)
    if one.kind in (Kind.PERCENT, Kind.FRACTION):
        return fits(reading.value, one)
    if not comparable(one.unit, reading.unit):
        return Fit.NO
    if one.value < 0 < reading.value and re.search("亏|赔", reading.name):
        one = replace(one, value=-one.value)  # 亏损120万元 against a figure of losses
    size = size_in(one, reading.unit)
    found = fits(reading.value, one, one.value * size, one.step * size)
    if found is Fit.NO and not reading.unit.name and (many := re.search("万亿|亿|万", one.text)):
        size /= MULTIPLIERS[many.group()]  # 5.12亿元 against a figure given as 5.12 without a unit
        return fits(reading.value, one, one.value * size, one.step * size)
    return found
