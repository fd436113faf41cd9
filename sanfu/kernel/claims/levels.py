"""Levels judged against facts: a number that repeats a figure, a share, a rate made of two counts, a completion, a mean."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sanfu.kernel.claims.bases import Z, other_scope
from sanfu.kernel.claims.changes import of_ratio, result
from sanfu.kernel.claims.facts import Facts, Reading, about, compared, likeness, newest
from sanfu.kernel.claims.naming import names, of_its_month, told_name
from sanfu.kernel.claims.numbers import Fit, Kind, Quantity, fits, size_in
from sanfu.kernel.claims.periods import years_in
from sanfu.kernel.claims.roles import Claim
from sanfu.kernel.claims.units import Unit, comparable, undecided
from sanfu.kernel.claims.verdicts import Judged, Verdict, as_stated, percent, plainly

FEW = 30  # a rate of fewer cases is told with its counts, never alone
_EVERY = re.compile("连续|始终|每月|各月|逐月|一直|均[在保达为超]|都[在达超]")
_WHOLE = ("合计", "总", "应", "全部", "受理", "全年", "共")


def level(claim: Claim, facts: Facts, label: str = "") -> Judged | None:
    """Judge a number that repeats a reading; None when no fact speaks of it."""
    one = claim.quantity
    readings = [r for r in facts.readings if not label or not r.label or r.label == label or r.period]
    readings = _as_told(claim, [r for r in readings if _same_kind(one, r)])
    if claim.local.isspace():  # a cell of a table's row: its column, and so its period, is not known
        same = next((r for r in readings if compared(one, r) is Fit.YES), None)
        return _confirmed(one, same, claim.sentence) if same else None
    near = _of_that_name(about(readings, claim.local) or about(readings, claim.sentence), claim)
    readings = _of_that_name(readings, claim)
    if not label and _EVERY.search(_clause(claim)) and len(near) > 1 and len({r.name for r in near}) == 1:
        low = next((r for r in near if compared(one, r) is Fit.NO), None)
        if low is not None:
            return result(one, Verdict.WRONG, f"{low.label}为{_shown(low)}，并非每期如此。")
    inherit = not label
    near, readings = (
        of_its_month(some, claim.when, claim.sentence, inherit, facts.latest) for some in (near, readings)
    )
    wholes = [r for r in facts.wholes if _same_kind(one, r)]
    for group in (near, readings, wholes):
        for reading in group:
            if compared(one, reading) is Fit.YES:
                return _confirmed(one, reading, claim.sentence)
        if any(compared(one, r) is Fit.EITHER for r in group):
            return result(one, Verdict.AMBIGUOUS, "恰在半位，取位规则不同结果不同；应多写一位小数。")
    near = [r for r in near if _named_in(r.name, claim)]
    if not near or _unknown_unit(claim):
        return None
    return _contradicted(one, near, label, claim.sentence)


def _unknown_unit(claim: Claim) -> bool:
    """Does a bare number stand before a word that is no unit we know (3轮次)? Then no figure convicts it."""
    one = claim.quantity
    bare = one.kind is Kind.PLAIN and not one.unit.name and not re.search("[万亿]", one.text)
    return bare and bool(re.match("[\u4e00-\u9fff]", claim.behind))


def _clause(claim: Claim) -> str:
    """The clause of a number: what is said to hold in every month is said of this number and not of a later one."""
    return re.split(r"[，,；;]", claim.sentence)[-1] + claim.local


def _named_in(name: str, claim: Claim) -> bool:
    """Does the sentence speak of this very figure? The name right before the number tells, else its last forty signs."""
    told = told_name(claim.when)
    near = claim.when if told else claim.sentence[-40:]
    near = (
        claim.lead + claim.sentence if "其中" in _clause(claim) else near
    )  # a part of what the sentence began with
    return names(name, near + claim.behind) or bool(told and _shortened(name, told, claim.sentence))


def _shortened(name: str, told: str, sentence: str) -> bool:
    """Is 办结率 what a sentence about 建议和提案 calls 建议提案办结率? Its head must stand in the sentence, word by word."""
    head = name.removesuffix(told)
    words = [head[i : i + 2] for i in range(0, len(head), 2)]
    return head != name and len(head) > 1 and all(word in sentence for word in words)


_OWN_RATE = re.compile(r"([\u4e00-\u9fff]{2,10}率)(?:为|达到|达|是|约|仅|[:：])?$")


def _of_that_name(near: list[Reading], claim: Claim) -> list[Reading]:
    """办结率98% is not held against 满意率, though it is the only rate that the facts give."""
    named = _OWN_RATE.search(re.split(r"[，,；;、]", claim.local)[-1])
    if named is None or claim.quantity.kind is not Kind.PERCENT:
        return near
    return [
        r for r in near if not r.rate or not r.name.endswith("率") or likeness(r.name, named.group(1)) >= 20
    ]


def _same_kind(one: Quantity, reading: Reading) -> bool:
    if one.kind in (Kind.PERCENT, Kind.FRACTION):
        return reading.rate
    return one.kind is Kind.PLAIN and not reading.rate


_FALLS = re.compile("降幅|跌幅|下降|下跌|亏损")


def _as_told(claim: Claim, readings: Sequence[Reading]) -> list[Reading]:
    """降幅由12.4%收窄: where the clause says that it falls, a rate below zero is told without its sign."""
    if not (claim.quantity.value > 0 and _FALLS.search(_clause(claim))):
        return list(readings)
    return [replace(r, value=-r.value) if r.value < 0 else r for r in readings]


def _confirmed(one: Quantity, reading: Reading, sentence: str) -> Judged:
    used = f"{reading.name}{reading.label and '（' + reading.label + '）'}：{_shown(reading)}"
    if scope := other_scope(reading.scope, sentence):
        return result(
            one, Verdict.AMBIGUOUS, f"数字一致，但文中口径是“{scope}”，依据口径是“{reading.scope}”。"
        )
    if reading.denominator and reading.denominator < FEW and str(reading.denominator) not in sentence:
        why = f"数字一致，但分母只有{reading.denominator}，应附件数。"
        return result(one, Verdict.AMBIGUOUS, why)
    if reading.rate and reading.denominator and reading.numerator is not None:
        made = Fraction(reading.numerator, reading.denominator)
        if fits(made, one) is Fit.NO:
            shown = as_stated(made, one)
            why = f"{reading.numerator}÷{reading.denominator}＝{percent(made, 2)}%，与所给比率不符。"
            return result(one, Verdict.WRONG, why, shown, shown)
    found = result(one, Verdict.OK, f"与依据一致：{used}。")
    found.used = [used]
    return found


def _shown(reading: Reading) -> str:
    if reading.rate:
        return percent(reading.value, 2) + "%"
    return plainly(reading.value / reading.unit.size) + _unit_words(reading)


def _unit_words(reading: Reading) -> str:
    word = {10**4: "万", 10**8: "亿"}.get(int(reading.unit.size), "") if reading.unit.size >= 10**4 else ""
    return word + reading.unit.name


def _contradicted(one: Quantity, near: Sequence[Reading], label: str, sentence: str) -> Judged | None:
    """No reading of the figure has the stated value: wrong, or in doubt where only the unit differs."""
    readings = [r for r in near if r.label == label] if label else list(near)
    readings = readings or list(near)
    mixed = next((r for r in readings if undecided(one.unit, r.unit)), None)
    if mixed is not None:
        why = f"文中单位是{one.unit.name}，依据单位是{mixed.unit.name}，不可直接比较。"
        return result(one, Verdict.AMBIGUOUS, why)
    reading = readings[-1]
    if scope := other_scope(reading.scope, sentence):
        return result(one, Verdict.AMBIGUOUS, f"文中口径是“{scope}”，依据口径是“{reading.scope}”，不能对照。")
    if not comparable(one.unit, reading.unit):
        if {one.unit.dimension, reading.unit.dimension} <= {"time", "area", "working", "元", "美元"}:
            return result(one, Verdict.WRONG, f"依据是{_shown(reading)}，文中写{one.text}。")
        return None
    size = size_in(one, reading.unit)
    value = reading.value if reading.rate else reading.value / size
    expected = as_stated(value, one)
    return result(
        one, Verdict.WRONG, f"依据是{reading.name}{_shown(reading)}，文中写{one.text}。", expected, expected
    )


def within(claim: Claim, facts: Facts) -> Judged | None:
    """Judge an end of 3至5天: the figure that the sentence names must lie between both ends."""
    if claim.pair is None:
        return None
    one, (low, high) = claim.quantity, claim.pair
    shared = high.unit.size if not low.unit.name else low.unit.size
    scale = Fraction(1, 100) if high.kind is Kind.PERCENT and low.kind is Kind.PLAIN else Fraction(1)
    near = [r for r in about(facts.readings, claim.local) if _same_kind(high, r)]
    near = of_its_month(near, claim.when, claim.sentence, inherit=True)
    near = [
        r
        for r in near
        if (high.kind is not Kind.PLAIN or comparable(high.unit, r.unit)) and _named_in(r.name, claim)
    ]
    if not near:
        return None
    counted = high.kind is Kind.PLAIN
    ends = (low.value * shared, high.size) if counted else (low.value * scale, high.value)
    inside = all(ends[0] <= r.value <= ends[1] for r in near)
    why = "、".join(f"{r.name}{_shown(r)}" for r in near[:3]) + (
        "在此区间内。" if inside else "不在此区间内。"
    )
    return result(one, Verdict.OK if inside else Verdict.WRONG, why)


def completion(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 完成全年目标的40%: what was reached ÷ what was meant to be."""
    one = claim.quantity
    targets = [r for r in facts.readings if r.is_target]
    rates = [r for r in facts.readings if r.rate and "完成" in r.name]
    if rates:
        return level(claim, facts)
    if not targets:
        return result(one, Verdict.AMBIGUOUS, "依据里没有目标数，无法核算完成率。") if facts else None
    target = (
        newest(about(targets, claim.of, claim.sentence) or targets, years_in(claim.sentence)) or targets[-1]
    )
    reached = [
        r for r in facts.readings if not r.is_target and not r.rate and comparable(r.unit, target.unit)
    ]
    near = about(reached, claim.local, claim.sentence) or reached
    if not near or target.value <= 0:
        return result(one, Verdict.AMBIGUOUS, "依据里没有完成数，无法核算完成率。")
    done = newest(near, years_in(claim.sentence)) or near[-1]
    value = done.value / target.value
    how = f"{plainly(done.value)}÷{plainly(target.value)}＝{percent(value, 2)}%"
    return of_ratio(one, value - 1 if claim.excess else value, how)


def mean(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 平均每镇250件: some total of its unit ÷ some count; wrong only where one pair alone is possible."""
    one = claim.quantity
    given = [(_in_days(r), r.unit) for r in facts.readings if not r.rate]
    told = [(q.size, q.unit) for q in earlier if q.kind is Kind.PLAIN]
    years = (
        re.findall(r"([两二三四五六七八九十]|\d+)年", claim.sentence) if "年均" in claim.sentence[-8:] else []
    )
    spans = [(Fraction(_years(one)), None) for one in years]
    for known in (given, told):
        totals = [(total, unit) for total, unit in known if unit.dimension == one.unit.dimension]
        counts = [(count, unit) for count, unit in [*known, *spans] if count > 1]
        named = [(total, unit) for total, unit in totals if unit.name == one.unit.name]
        judged = _of_means(one, _paired(named, counts) or _paired(totals, counts))
        if judged is not None:
            return judged
    return None


def _paired(
    totals: Sequence[tuple[Fraction, Unit]], counts: Sequence[tuple[Fraction, Unit | None]]
) -> list[tuple[Fraction, Fraction]]:
    """Every total with every count of another unit."""
    return [
        (total, count)
        for total, unit in totals
        for count, other in counts
        if other is None or other.name != unit.name
    ]


def _in_days(reading: Reading) -> Fraction:
    """Days and hours divide as they were told, not as minutes."""
    return reading.value / reading.unit.size if reading.unit.dimension == "time" else reading.value


def _years(word: str) -> int:
    return int(word) if word.isdigit() else {"两": 2}.get(word, "零一二三四五六七八九十".find(word))


def _of_means(one: Quantity, pairs: Sequence[tuple[Fraction, Fraction]]) -> Judged | None:
    for total, count in pairs:
        if fits(total / count, one, one.size, one.step * one.unit.size) is Fit.YES:
            return result(one, Verdict.OK, f"{plainly(total)}÷{plainly(count)}＝{plainly(total / count)}。")
    if not pairs or any(pair != pairs[0] for pair in pairs):
        return None
    total, count = pairs[0]
    expected = as_stated(total / count / one.unit.size, one)
    why = f"{plainly(total)}÷{plainly(count)}＝{plainly(total / count)}，文中写{one.text}。"
    return result(one, Verdict.WRONG, why, expected, expected)


def pooled(claim: Claim, facts: Facts) -> Judged | None:
    """Judge 平均满意率: cases are added up, rates are not averaged."""
    one = claim.quantity
    rates = [r for r in facts.readings if r.rate and r.denominator and r.numerator is not None]
    if one.kind is not Kind.PERCENT or "平均" not in claim.sentence[-14:] or len({r.name for r in rates}) < 2:
        return None
    top = sum(r.numerator or 0 for r in rates)
    whole = sum(r.denominator or 0 for r in rates)
    judged = of_ratio(one, Fraction(top, whole), f"合计{top}÷{whole}＝{percent(Fraction(top, whole), 2)}%")
    if judged.verdict is Verdict.WRONG:
        judged.why += "比率不能直接平均，应按件数合并计算。"
    return judged


__all__ = ["FEW", "Z", "completion", "level", "mean", "pooled", "within"]
