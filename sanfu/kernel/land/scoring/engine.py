"""Scores (得分): value over base times weight, with cap, floor and missing rules; every line kept for re-reading.

Decimals of 34 digits: a published base comes out at exactly its weight, and two firms with the same figures tie.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, localcontext

from sanfu.kernel.land.scoring.schemes import Exclusion, Indicator, Missing, Scheme, SchemeError, Veto

PRECISION = Context(prec=34)
LAND, LEASED_IN, LEASED_OUT = "用地面积", "租入面积", "租出面积"
TAX, PAID_TAX, TAX_REFUND = "评价税收", "实缴税收", "留抵退税"

Figure = Decimal | None


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm's facts (万元, 亩, 人, 吨, 万千瓦时) and indicator values that the file gives ready."""

    id: str
    name: str
    set: str
    facts: Mapping[str, Figure] = field(default_factory=dict)
    values: Mapping[str, Figure] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    district: str = ""
    bonus: Decimal = Decimal(0)
    follows: str = ""  # the firm that owns the lot, whose grade a tenant takes


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one firm, with everything needed to compute it by hand. `score` None: unknown."""

    indicator: str
    weight: Decimal
    numerator: Figure
    denominator: Figure
    value: Figure
    base: Figure
    raw: Figure
    score: Figure
    note: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A firm's result. `total` None when a missing figure leaves it open, or the firm is not evaluated."""

    firm: Firm
    lines: tuple[Line, ...]
    bonus: Decimal
    total: Figure
    missing: tuple[str, ...] = ()
    excluded: Exclusion | None = None
    vetoes: tuple[Veto, ...] = ()
    doubts: tuple[str, ...] = ()


def score_all(
    scheme: Scheme, firms: Iterable[Firm], on: date | None = None, means: Mapping[str, Decimal] | None = None
) -> list[Score]:
    """Every firm of a run. `means` fixes the mean scores that missing figures get (of a published run).

    SchemeError when a base is neither given nor derivable.
    """
    with localcontext(PRECISION):
        day = on or date(scheme.year or 1, 12, 31)
        listed = [_restored(scheme, f) for f in firms]
        bases = _derived_bases(scheme, listed)
        first = [_first_pass(scheme, firm, day, bases) for firm in listed]
        filled = dict(means or {})
        for key, mean in _means(first).items():
            filled.setdefault(key, mean)
        return [_filled(scheme, score, filled) for score in first]


def score_one(
    scheme: Scheme, firm: Firm, on: date | None = None, means: Mapping[str, Decimal] | None = None
) -> Score:
    """One firm by itself; a figure that would get the group's mean needs `means` (by set and indicator)."""
    return score_all(scheme, [firm], on, means or {})[0] if means else _alone(scheme, firm, on)


def _alone(scheme: Scheme, firm: Firm, on: date | None) -> Score:
    with localcontext(PRECISION):
        day = on or date(scheme.year or 1, 12, 31)
        return _filled(scheme, _first_pass(scheme, _restored(scheme, firm), day, {}), {})


def set_of(scheme: Scheme, firm: Firm) -> str:
    """The set that a firm belongs to; a firm that does not say it goes where fewest of its figures are missing."""
    if firm.set.strip() or len(scheme.sets) == 1:
        return scheme.set_named(firm.set)
    lacking = {s: sum(value_of(firm, i)[0] is None for i in group) for s, group in scheme.sets.items()}
    return min(lacking, key=lambda s: lacking[s])


def mean_scores(scores: Sequence[Score]) -> dict[str, Decimal]:
    """Mean score of every indicator by `set/indicator`, over the firms that have the figure."""
    with localcontext(PRECISION):
        return _means(scores)


def _restored(scheme: Scheme, firm: Firm) -> Firm:
    """The set by its code, and figures that follow from others: tax with the refund restored, land with leases."""
    facts = dict(firm.facts)
    if facts.get(TAX) is None and facts.get(PAID_TAX) is not None:
        facts[TAX] = (facts[PAID_TAX] or Decimal(0)) + (facts.get(TAX_REFUND) or Decimal(0))
    if LAND in facts or LEASED_IN in facts:
        own, leased_in, leased_out = (facts.get(k) for k in (LAND, LEASED_IN, LEASED_OUT))
        if leased_in is not None or leased_out is not None:
            facts[LAND] = (own or Decimal(0)) + (leased_in or Decimal(0)) - (leased_out or Decimal(0))
    return Firm(
        firm.id,
        firm.name,
        set_of(scheme, firm),
        facts,
        firm.values,
        firm.days,
        firm.flags,
        firm.district,
        firm.bonus,
        firm.follows,
    )


def _first_pass(scheme: Scheme, firm: Firm, day: date, derived: Mapping[str, Decimal]) -> Score:
    group = scheme.set_named(firm.set)
    lines = tuple(_line(scheme, firm, i, derived.get(f"{group}/{i.name}")) for i in scheme.sets[group])
    excluded, doubts = _excluded(scheme, firm, day)
    vetoes = tuple(v for v in scheme.vetoes if firm.flags.get(v.fact) is True)
    bonus = firm.bonus if scheme.bonus_limit is None else min(firm.bonus, scheme.bonus_limit)
    return Score(firm, lines, bonus, None, (), excluded, vetoes, doubts)


def _line(scheme: Scheme, firm: Firm, indicator: Indicator, derived: Figure) -> Line:
    base = indicator.base(scheme.year, firm.district) or derived
    if base is None:
        raise SchemeError(f"{indicator.name}没有 {scheme.year or ''} 年的基准值，不能评价；请在方案里补 base")
    value, above, below, note = value_of(firm, indicator)
    if value is None:
        return Line(indicator.name, indicator.weight, above, below, None, base, None, None, note)
    if indicator.lower_is_better:
        raw = indicator.weight * base / value if value > 0 else indicator.weight
    else:
        raw = value / base * indicator.weight
    score, said = raw, note
    if indicator.cap is not None and score > indicator.cap * indicator.weight:
        score, said = indicator.cap * indicator.weight, f"封顶 {indicator.cap:f} 倍权重"
    if scheme.floor is not None and score < scheme.floor:
        score, said = scheme.floor, f"不足 {scheme.floor:f} 按 {scheme.floor:f} 计"
    return Line(indicator.name, indicator.weight, above, below, value, base, raw, score, said)


def value_of(firm: Firm, indicator: Indicator) -> tuple[Figure, Figure, Figure, str]:
    """Value, numerator, denominator and a note; the figure given ready counts only when the facts do not."""
    above, below = firm.facts.get(indicator.numerator), firm.facts.get(indicator.denominator)
    given = firm.values.get(indicator.key or indicator.name)
    if above is not None and below is not None:
        if below > 0:
            return above / below, above, below, ""
        return given, above, below, f"{indicator.denominator}不是正数，这一项当作缺数"
    lacks = [n for n, v in ((indicator.numerator, above), (indicator.denominator, below)) if v is None and n]
    return given, above, below, "" if given is not None else f"缺 {'、'.join(lacks) or indicator.name}"


def _derived_bases(scheme: Scheme, firms: Sequence[Firm]) -> dict[str, Decimal]:
    """Bases set as a multiple of the mean: sum of numerators over sum of denominators, else the mean of values."""
    found = {}
    for group, indicators in scheme.sets.items():
        mine = [f for f in firms if scheme.set_named(f.set) == group]
        for indicator in indicators:
            if indicator.times_mean is None or indicator.base(scheme.year) is not None:
                continue
            values = [value_of(f, indicator) for f in mine]
            pairs = [(a, b) for v, a, b, _ in values if v is not None and a is not None and b is not None]
            plain = [v for v, _, _, _ in values if v is not None]
            if len(pairs) == len(plain) and pairs:
                mean = sum((a for a, _ in pairs), Decimal(0)) / sum((b for _, b in pairs), Decimal(0))
            else:
                mean = sum(plain, Decimal(0)) / len(plain) if plain else Decimal(0)
            if mean > 0:
                found[f"{group}/{indicator.name}"] = mean * indicator.times_mean
    return found


def _means(scores: Sequence[Score]) -> dict[str, Decimal]:
    sums: dict[str, tuple[Decimal, int]] = {}
    for score in scores:
        if score.excluded is not None:
            continue
        group = score.firm.set
        for line in score.lines:
            if line.score is not None and line.value is not None:
                total, count = sums.get(f"{group}/{line.indicator}", (Decimal(0), 0))
                sums[f"{group}/{line.indicator}"] = total + line.score, count + 1
    return {key: total / count for key, (total, count) in sums.items()}


def _filled(scheme: Scheme, score: Score, means: Mapping[str, Decimal]) -> Score:
    group = scheme.set_named(score.firm.set)
    rules = {i.name: i.missing for i in scheme.sets[group]}
    lines = []
    for line in score.lines:
        if line.score is None:
            mean = means.get(f"{group}/{line.indicator}")
            line = _with_rule(line, rules[line.indicator], mean)
        lines.append(line)
    missing = tuple(line.indicator for line in lines if line.score is None)
    total = None
    if not missing and score.excluded is None:
        total = sum((line.score for line in lines if line.score is not None), Decimal(0)) + score.bonus
    return Score(
        score.firm, tuple(lines), score.bonus, total, missing, score.excluded, score.vetoes, score.doubts
    )


def _with_rule(line: Line, rule: Missing, mean: Figure) -> Line:
    score = {Missing.ZERO: Decimal(0), Missing.FULL: line.weight, Missing.MEAN: mean, Missing.OPEN: None}[
        rule
    ]
    note = f"{line.note}；按{rule}" if score is not None else f"{line.note}；不能算"
    return Line(
        line.indicator,
        line.weight,
        line.numerator,
        line.denominator,
        None,
        line.base,
        None,
        score,
        note.strip("；"),
    )


def _excluded(scheme: Scheme, firm: Firm, day: date) -> tuple[Exclusion | None, tuple[str, ...]]:
    """The first exclusion that holds on the day; a missing date excludes nobody and is named as a doubt."""
    doubts = []
    for rule in scheme.exclusions:
        if not rule.years:
            if firm.flags.get(rule.fact) is True:
                return rule, ()
            continue
        since = firm.days.get(rule.fact)
        if since is None:
            doubts.append(f"缺{rule.fact}，未按“{rule.name}”排除")
        elif anniversary(since, rule.years) > day:
            return rule, ()
    return None, tuple(doubts)


def anniversary(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
