"""Clauses (条款): one condition on a firm's facts with its verdict, by how much it is missed, and trees of them.

A verdict is met, missed or unknown. A part that is not known decides nothing, unless the known part decides by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sanfu.kernel.capital.facts import FirmFacts
from sanfu.kernel.capital.measures import MARKET_VALUE, MEASURES, Kind, Measure, say
from sanfu.kernel.capital.quantities import Bare, amount, flag


class Verdict(StrEnum):
    """What is known of a condition."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Over(StrEnum):
    """What is taken from the years."""

    LAST = "last"
    EACH = "each"
    SUM = "sum"
    MEAN = "mean"
    GROWTH = "growth"
    YEAR_GROWTH = "year_growth"


class BadClause(ValueError):
    """A rule document that cannot be used; the words say where."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. per: divide by this measure (研发投入 of 营业收入); strict: more than, not at least.

    is_set: what a flag must be. needed is in 元, a share of one, or a count.
    """

    measure: Measure
    over: Over
    years: int
    needed: Fraction
    strict: bool = False
    per: Measure | None = None
    is_set: bool = True
    text: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of what is compared."""
        growing = self.over in {Over.GROWTH, Over.YEAR_GROWTH}
        return Kind.RATIO if self.per or growing else self.measure.kind


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions: all of them, or one of them."""

    every: bool
    parts: "tuple[Clause | Group, ...]"


Tree = Clause | Group


@dataclass(frozen=True, slots=True)
class Checked:
    """A clause with what was found. actual: compared value; short: how much is missing (> 0), None unless missed."""

    clause: Clause
    verdict: Verdict
    actual: Fraction | None = None
    short: Fraction | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CheckedGroup:
    """A group with its parts."""

    every: bool
    verdict: Verdict
    parts: "tuple[Checked | CheckedGroup, ...]"


CheckedTree = Checked | CheckedGroup


# ---- reading ----


def tree_of(raw: Any, where: str) -> Tree:
    """A clause, or {all: […]}, or {any: […]}; BadClause otherwise."""
    if not isinstance(raw, Mapping):
        raise BadClause(f"{where}：应是一个条款，或 all、any 加一列条款")
    for word, every in (("all", True), ("any", False)):
        if word in raw:
            parts = raw[word]
            if not isinstance(parts, list) or not parts:
                raise BadClause(f"{where}：{word} 后面应有一列条款")
            return Group(every, tuple(tree_of(one, f"{where} {word} {n}") for n, one in enumerate(parts, 1)))
    return _clause_of(raw, where)


def _clause_of(raw: Mapping[str, Any], where: str) -> Clause:
    measure, per = _measure(raw.get("measure"), where), raw.get("per")
    try:
        over = Over(raw.get("over", "last"))
    except ValueError as problem:
        raise BadClause(f"{where}：over 只能是 {'、'.join(Over)}") from problem
    made = Clause(measure, over, int(raw.get("years", 1)), Fraction(0), text=str(raw.get("text", "")))
    if measure.kind is Kind.FLAG:
        return _named(Clause(measure, over, 1, Fraction(1), is_set=flag(raw.get("is", True)), text=made.text))
    word = next((one for one in ("least", "more_than") if one in raw), None)
    if word is None:
        raise BadClause(f"{where}：{measure.label}要有 least 或 more_than")
    divided = Clause(
        measure, over, made.years, made.needed, word == "more_than", _measure(per, where) if per else None
    )
    try:
        needed = amount(raw[word], divided.kind, "元" if raw[word] == 0 else "")
    except ValueError as problem:
        raise BadClause(f"{where}：{problem}") from problem
    if isinstance(needed, Bare):
        raise BadClause(f"{where}：{measure.label}的金额要写单位")
    return _named(Clause(measure, over, made.years, needed, divided.strict, divided.per, text=made.text))


def _measure(code: Any, where: str) -> Measure:
    if code not in MEASURES:
        raise BadClause(f"{where}：没有指标 {code}")
    return MEASURES[code]


def _named(clause: Clause) -> Clause:
    """The same clause with its words, where the document gives none."""
    if clause.text:
        return clause
    what = clause.measure.label + (f"占{clause.per.label}" if clause.per else "")
    years = "三" if clause.years == 3 else "两" if clause.years == 2 else str(clause.years)
    head = {
        Over.LAST: f"最近一年{what}" if clause.measure.yearly else what,
        Over.EACH: f"最近{years}年{what}每年",
        Over.SUM: f"最近{years}年{what}合计",
        Over.MEAN: f"最近{years}年{what}平均",
        Over.GROWTH: f"最近{years}年{what}复合增长率",
        Over.YEAR_GROWTH: f"最近一年{what}增长率",
    }[clause.over]
    if clause.measure.kind is Kind.FLAG:
        bound = "" if clause.is_set else "：否"
    elif clause.strict and clause.needed == 0:
        bound = "为正"
    else:
        bound = ("高于" if clause.strict else "不低于") + say(clause.needed, clause.kind, clause.measure.unit)
    text = head + bound
    return Clause(
        clause.measure,
        clause.over,
        clause.years,
        clause.needed,
        clause.strict,
        clause.per,
        clause.is_set,
        text,
    )


# ---- judging ----


def check(tree: Tree, facts: FirmFacts) -> CheckedTree:
    """The tree with a verdict on every clause and group."""
    if isinstance(tree, Clause):
        return _check_clause(tree, facts)
    parts = tuple(check(one, facts) for one in tree.parts)
    return CheckedGroup(tree.every, together([one.verdict for one in parts], tree.every), parts)


def together(verdicts: list[Verdict], every: bool) -> Verdict:
    """Three-valued and (every) or or: one that decides is enough, otherwise an unknown leaves it unknown."""
    deciding, other = (Verdict.MISSED, Verdict.MET) if every else (Verdict.MET, Verdict.MISSED)
    if deciding in verdicts:
        return deciding
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else other


def clauses_of(tree: CheckedTree) -> Iterator[Checked]:
    """All clauses of a checked tree, in order."""
    if isinstance(tree, Checked):
        yield tree
    else:
        for one in tree.parts:
            yield from clauses_of(one)


def thresholds(tree: Tree) -> set[Fraction]:
    """Market values at which the answer may change."""
    if isinstance(tree, Clause):
        return {tree.needed} if tree.measure.code == MARKET_VALUE else set()
    return set().union(*(thresholds(one) for one in tree.parts))


def _check_clause(clause: Clause, facts: FirmFacts) -> Checked:
    if clause.measure.kind is Kind.FLAG:
        return _check_flag(clause, facts)
    if clause.measure.code == MARKET_VALUE:
        return _check_span(clause, facts)
    if clause.over is Over.EACH:
        return _check_each(clause, facts)
    if clause.over in {Over.GROWTH, Over.YEAR_GROWTH}:
        return _check_growth(clause, facts)
    return _check_amount(clause, facts)


def _against(clause: Clause, actual: Fraction, why: str = "") -> Checked:
    met = actual > clause.needed if clause.strict else actual >= clause.needed
    if met:
        return Checked(clause, Verdict.MET, actual, None, why)
    return Checked(clause, Verdict.MISSED, actual, clause.needed - actual, why)


def _check_flag(clause: Clause, facts: FirmFacts) -> Checked:
    said = facts.one(clause.measure.code)
    if said is None:
        return Checked(clause, Verdict.UNKNOWN, why=f"没有给出：{clause.measure.label}")
    met = bool(said) is clause.is_set
    return Checked(clause, Verdict.MET if met else Verdict.MISSED, Fraction(int(bool(said))))


def _check_span(clause: Clause, facts: FirmFacts) -> Checked:
    low, high = facts.market_value.low, facts.market_value.high
    if low is not None and _against(clause, low).verdict is Verdict.MET:
        return _against(clause, low)
    if high is not None and _against(clause, high).verdict is Verdict.MISSED:
        return _against(clause, high)
    why = "没有给出预计市值" if low is None and high is None else "预计市值的区间跨过这条线"
    return Checked(clause, Verdict.UNKNOWN, why=why)


def _check_each(clause: Clause, facts: FirmFacts) -> Checked:
    """Every year; the worst known year decides a miss even when another is not known."""
    known = {
        back: value for back in range(clause.years) if (value := _yearly(clause, facts, back)) is not None
    }
    worst = min(known, key=lambda back: known[back], default=None)
    if worst is not None:
        found = _against(clause, known[worst], f"最低的是{facts.named_year(worst)}")
        if found.verdict is Verdict.MISSED or len(known) == clause.years:
            return found
    return Checked(clause, Verdict.UNKNOWN, why=_missing_years(clause, facts))


def _yearly(clause: Clause, facts: FirmFacts, back: int) -> Fraction | None:
    value = facts.year(clause.measure.code, back)
    if clause.per is None or value is None:
        return value
    base = facts.year(clause.per.code, back)
    return value / base if base else None


def _check_amount(clause: Clause, facts: FirmFacts) -> Checked:
    """The last year, a sum or a mean, or a single value."""
    if not clause.measure.yearly:
        said = facts.one(clause.measure.code)
        if not isinstance(said, Fraction):
            return Checked(clause, Verdict.UNKNOWN, why=f"没有给出：{clause.measure.label}")
        return _against(clause, said)
    actual = _total(clause.measure, clause, facts)
    if clause.per is not None:
        base = _total(clause.per, clause, facts)
        if base is not None and base == 0:
            return Checked(clause, Verdict.UNKNOWN, why=f"{clause.per.label}为零，算不出比例")
        actual = None if actual is None or base is None else actual / base
    if actual is not None:
        return _against(clause, actual)
    return _by_known_part(clause, facts)


def _total(measure: Measure, clause: Clause, facts: FirmFacts) -> Fraction | None:
    """Sum, mean or last year of a measure; a total that the file gives itself counts where years are missing."""
    count = 1 if clause.over is Over.LAST else clause.years
    values = [facts.year(measure.code, back) for back in range(count)]
    if all(value is not None for value in values):
        added = sum((value for value in values if value is not None), Fraction(0))
        return added / count if clause.over is Over.MEAN else added
    given = facts.totals.get((measure.code, "sum", count))
    mean = facts.totals.get((measure.code, "mean", count))
    if given is None and mean is not None:
        given = mean * count
    if given is None:
        return None
    return given / count if clause.over is Over.MEAN else given


def _by_known_part(clause: Clause, facts: FirmFacts) -> Checked:
    """A sum of what cannot be negative is met as soon as the known years reach it."""
    if clause.per is None and clause.measure.floor == 0 and clause.over in {Over.SUM, Over.MEAN}:
        known = [facts.year(clause.measure.code, back) or Fraction(0) for back in range(clause.years)]
        part = sum(known, Fraction(0)) / (clause.years if clause.over is Over.MEAN else 1)
        if (found := _against(clause, part, "已知年份已经够了")).verdict is Verdict.MET:
            return found
    return Checked(clause, Verdict.UNKNOWN, why=_missing_years(clause, facts))


def _check_growth(clause: Clause, facts: FirmFacts) -> Checked:
    """Growth of the last year, or compound growth from the first to the last of the years, compared exactly."""
    steps = 1 if clause.over is Over.YEAR_GROWTH else clause.years - 1
    code = clause.measure.code
    last, first = facts.year(code, 0), facts.year(code, steps)
    given = facts.totals.get((code, "growth", 0 if steps == 1 else clause.years))
    if given is None and steps == 1:
        given = facts.totals.get((code, "growth", 1))
    if last is None or first is None:
        if given is not None:
            return _against(clause, given)
        return Checked(clause, Verdict.UNKNOWN, why=_missing_years(clause, facts))
    if first <= 0:
        return Checked(clause, Verdict.UNKNOWN, why=f"{facts.named_year(steps)}为零或负数，算不出增长率")
    ratio, line = last / first, (1 + clause.needed) ** steps
    growth = ratio - 1 if steps == 1 else Fraction(float(max(ratio, Fraction(0))) ** (1 / steps) - 1)
    met = ratio > line if clause.strict else ratio >= line
    if met:
        return Checked(clause, Verdict.MET, growth)
    return Checked(clause, Verdict.MISSED, growth, max(clause.needed - growth, Fraction(0)))


def _missing_years(clause: Clause, facts: FirmFacts) -> str:
    count = 2 if clause.over is Over.YEAR_GROWTH else 1 if clause.over is Over.LAST else clause.years
    measures = [clause.measure, *([clause.per] if clause.per else [])]
    missing = [
        f"{facts.named_year(back)}{one.label}"
        for one in measures
        for back in range(count)
        if facts.year(one.code, back) is None
    ]
    return f"没有给出：{'、'.join(missing)}" if missing else "算不出"


def plain_number(value: Fraction | None, kind: Kind) -> float | None:
    """A value for JSON: money in 万元, shares in %, counts as they are."""
    if value is None:
        return None
    scaled = value / 10**4 if kind is Kind.MONEY else value * 100 if kind is Kind.RATIO else value
    return round(float(scaled), 6)
