"""公式: one indicator as data, checked when it is read, evaluated over rows or turned into a condition on bits.

Measures: count, sum, mean, share, quantile, distinct, and ratio (one sum over another). Conditions are facts: all of
these, any of those, none of others. No free text is ever executed.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sanfu.kernel.indicators.rowkind import RowKind


class BadFormula(ValueError):
    """A formula that cannot be used; the message names it and says what is wrong."""


class Measure(StrEnum):
    """What is made of the rows that count."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    SHARE = "share"
    QUANTILE = "quantile"
    DISTINCT = "distinct"
    RATIO = "ratio"


_JUDGED = frozenset(
    {Measure.SHARE, Measure.MEAN, Measure.QUANTILE, Measure.RATIO}
)  # a number of things is neither
ADDITIVE = frozenset({Measure.COUNT, Measure.SUM, Measure.MEAN, Measure.SHARE, Measure.RATIO})


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions on facts: all hold, at least one of `any` holds, none of `none` does."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @classmethod
    def parse(cls, raw: Any, kind: RowKind, name: str) -> "Where":
        """Read {all, any, none} or a list of facts; BadFormula for facts that nobody declared."""
        raw = {"all": raw} if isinstance(raw, list) else raw or {}
        unknown_keys = set(raw) - {"all", "any", "none"}
        parts = {key: tuple(str(one) for one in raw.get(key) or ()) for key in ("all", "any", "none")}
        unknown = [one for part in parts.values() for one in part if one not in kind.facts]
        if unknown_keys or unknown:
            bad = "、".join([*unknown_keys, *unknown])
            raise BadFormula(
                f"指标{name}：{kind.label}没有登记“{bad}”；可用的事实有{'、'.join(kind.facts)}。"
            )
        return cls(**parts)

    @property
    def facts(self) -> frozenset[str]:
        """Every fact that the conditions ask for."""
        return frozenset((*self.all, *self.any, *self.none))

    def meets(self, facts: int, kind: RowKind) -> bool:
        """Do the facts of a row, as bits, meet the conditions?"""
        every, some, no = kind.mask(self.all), kind.mask(self.any), kind.mask(self.none)
        return facts & every == every and not facts & no and (not some or bool(facts & some))

    def sql(self, kind: RowKind) -> str:
        """The same over a column `bits`; numbers of our own only."""
        every, some, no = kind.mask(self.all), kind.mask(self.any), kind.mask(self.none)
        parts = []
        if every | no:
            parts.append(f"bits & {every | no} = {every}")
        if some:
            parts.append(f"bits & {some} <> 0")
        return " AND ".join(parts) or "true"

    def words(self, kind: RowKind) -> str:
        """In Chinese: 已到期且按时办结，非暂停."""
        text = "且".join(kind.facts[one] for one in self.all)
        if self.any:
            text += ("且" if text else "") + "（" + "或".join(kind.facts[one] for one in self.any) + "）"
        if self.none:
            text += ("，且" if text else "") + "不含" + "、".join(kind.facts[one] for one in self.none)
        return text


@dataclass(frozen=True, slots=True)
class Formula:
    """One indicator. small_sample: fewer rows are shown in grey and never ranked. only: strata that count.

    better: high, low, or nothing where neither is (how many came in).
    """

    id: str
    name: str
    kind: RowKind
    month: str
    measure: Measure
    where: Where
    hit: Where | None = None
    value: str = ""
    over: str = ""
    q: Fraction = Fraction(95, 100)
    cap: Fraction | None = None
    floor: Fraction | None = None
    better: str = "high"
    unit: str = ""
    small_sample: int = 30
    only: tuple[str, ...] = ()
    room: str = ""
    version: int = 1
    valid_from: date | None = None
    valid_to: date | None = None
    basis: Mapping[str, Any] | None = None
    only_words: str = ""

    @property
    def additive(self) -> bool:
        """May its cells be added over units and months?"""
        return self.measure in ADDITIVE

    @property
    def is_share(self) -> bool:
        return self.measure is Measure.SHARE

    @property
    def names_raters(self) -> bool:
        """Does it count by a fact that must not be tied to a case for the unit that handled it?"""
        used = self.where.facts | (self.hit.facts if self.hit else frozenset())
        return bool(used & set(self.kind.private))

    @property
    def higher_is_better(self) -> bool:
        return self.better != "low"

    @property
    def ripens(self) -> bool:
        """Does it rise by time alone, because rows are counted where they began and hit when they end (办结率)?"""
        return self.is_share and self.hit is not None and "closed" in self.hit.all and self.month != "closed"

    def on(self, day: date) -> bool:
        """Does this version hold on a day?"""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def sentence(self) -> str:
        """The formula as one Chinese sentence, made from its parts."""
        return sentence(self)


@dataclass(frozen=True, slots=True)
class Tally:
    """What adds up: rows that count, those that hit, sum of the value, sum of the value it is set over."""

    rows: int = 0
    hits: int = 0
    total: Fraction = Fraction(0)
    below: Fraction = Fraction(0)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.rows + other.rows, self.hits + other.hits, self.total + other.total, self.below + other.below
        )


def parse(raw: Mapping[str, Any], kinds: Mapping[str, RowKind]) -> Formula:
    """Read one formula; BadFormula says what is missing, unknown or cannot be."""
    name = str(raw.get("id", "？"))
    try:
        kind = kinds[str(raw["rows"])]
    except KeyError as problem:
        raise BadFormula(
            f"指标{name}：没有行类“{raw.get('rows', '')}”；可用的有{'、'.join(kinds)}。"
        ) from problem
    try:
        measure = Measure(str(raw["measure"]))
        month = str(raw["month"])
        title = str(raw["name"])
    except (KeyError, ValueError) as problem:
        raise BadFormula(f"指标{name}：缺少或写错了一项：{problem}。") from problem
    if month not in kind.moments:
        raise BadFormula(f"指标{name}：{kind.label}没有时点“{month}”；可用的有{'、'.join(kind.moments)}。")
    one = Formula(
        id=name, name=title, kind=kind, month=month, measure=measure,
        where=Where.parse(raw.get("where"), kind, name),
        hit=Where.parse(raw["hit"], kind, name) if raw.get("hit") is not None else None,
        value=str(raw.get("of", "")), over=str(raw.get("over", "")), q=Fraction(str(raw.get("q", "0.95"))),
        cap=_maybe(raw, "cap"), floor=_maybe(raw, "floor"), better=str(raw.get("better", "high" if measure in _JUDGED else "")),
        unit=str(raw.get("unit", "%" if measure is Measure.SHARE else "")),
        small_sample=int(raw.get("small_sample", 30)), only=tuple(str(o) for o in raw.get("only") or ()),
        room=str(raw.get("room", "")), version=int(raw.get("version", 1)),
        valid_from=raw.get("from"), valid_to=raw.get("to"), basis=raw.get("basis"),
        only_words=str(raw.get("only_words", "")),
    )  # fmt: skip
    return _consistent(one)


def _maybe(raw: Mapping[str, Any], key: str) -> Fraction | None:
    return Fraction(str(raw[key])) if raw.get(key) is not None else None


def _consistent(one: Formula) -> Formula:
    """Refuse a formula whose parts do not go together."""

    def refuse(why: str) -> None:
        raise BadFormula(f"指标{one.id}：{why}")

    needs_value = one.measure in (
        Measure.SUM,
        Measure.MEAN,
        Measure.QUANTILE,
        Measure.DISTINCT,
        Measure.RATIO,
    )
    if needs_value != bool(one.value):
        refuse("总和、平均、分位、去重和比值要写 of，计数和占比不写。")
    for value in filter(None, (one.value, one.over)):
        if value not in one.kind.values:
            refuse(f"{one.kind.label}没有数值“{value}”；可用的有{'、'.join(one.kind.values) or '无'}。")
    if (one.measure is Measure.SHARE) != (one.hit is not None):
        refuse("占比要写分子条件 hit，其他的不写。")
    if (one.measure is Measure.RATIO) != bool(one.over):
        refuse("两和之比要写 over，其他的不写。")
    if one.measure is Measure.RATIO and not one.where.all:
        refuse("比值的分母可能为零：请在 where 里写明哪些行有分母。")
    if one.better not in ("high", "low", ""):
        refuse("better 只能是 high 或 low，说不上好坏的不写。")
    if not 0 < one.q < 1:
        refuse("分位 q 要在 0 与 1 之间。")
    if one.cap is not None and one.floor is not None and one.cap < one.floor:
        refuse("封顶低于保底。")
    return one


def tally(one: Formula, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Tally:
    """Count rows, each given as its bits and its values: the plain oracle of every engine."""
    count, hits, total, below = 0, 0, Fraction(0), Fraction(0)
    for bits, values in rows:
        if not one.where.meets(bits, one.kind):
            continue
        count += 1
        hits += one.hit is not None and one.hit.meets(bits, one.kind)
        if one.value and values.get(one.value) is not None:
            total += Fraction(values[one.value])
        if one.over and values.get(one.over) is not None:
            below += Fraction(values[one.over])
    return Tally(count, hits, total, below)


def value_of(one: Formula, found: Tally) -> Fraction | None:
    """The figure of a tally; None when nothing counts: unknown, not zero. Quantiles and distinct need the rows."""
    if one.measure is Measure.COUNT:
        return _bounded(one, Fraction(found.rows))
    if not found.rows:
        return None
    if one.measure is Measure.SHARE:
        return _bounded(one, Fraction(found.hits, found.rows))
    if one.measure is Measure.SUM:
        return _bounded(one, found.total)
    if one.measure is Measure.MEAN:
        return _bounded(one, found.total / found.rows)
    if one.measure is Measure.RATIO:
        return _bounded(one, found.total / found.below) if found.below else None
    return None


def of_values(one: Formula, values: list[Fraction]) -> Fraction | None:
    """A quantile (nearest rank: a value that did occur) or the number of distinct values."""
    if one.measure is Measure.DISTINCT:
        return Fraction(len(set(values)))
    if not values:
        return None
    return _bounded(one, sorted(values)[max(math.ceil(len(values) * one.q), 1) - 1])


def _bounded(one: Formula, value: Fraction) -> Fraction:
    if one.cap is not None:
        value = min(value, one.cap)
    return max(value, one.floor) if one.floor is not None else value


def sentence(one: Formula) -> str:
    """按应办结月份，在已到期的诉求工单中，按时办结的占比；越高越好。"""
    which = one.where.words(one.kind)
    rows = (which + "的" if which else "全部") + (one.only_words or one.kind.label)
    what = {
        Measure.COUNT: f"{rows}的件数",
        Measure.SHARE: f"{rows}中，{one.hit.words(one.kind) if one.hit else ''}的占比",
        Measure.SUM: f"{rows}的{one.kind.values.get(one.value, '')}之和",
        Measure.MEAN: f"{rows}的{one.kind.values.get(one.value, '')}平均值",
        Measure.QUANTILE: f"{rows}的{one.kind.values.get(one.value, '')}第{float(one.q * 100):g}百分位",
        Measure.DISTINCT: f"{rows}的{one.kind.values.get(one.value, '')}去重个数",
        Measure.RATIO: f"{rows}的{one.kind.values.get(one.value, '')}之和除以{one.kind.values.get(one.over, '')}之和",
    }[one.measure]
    bounds = f"，最高{float(one.cap):g}" if one.cap is not None else ""
    bounds += f"，最低{float(one.floor):g}" if one.floor is not None else ""
    way = {"high": "；越高越好", "low": "；越低越好"}.get(one.better, "")
    return f"按{one.kind.moments[one.month]}月份计：{what}{bounds}{way}。"
