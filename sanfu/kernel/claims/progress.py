"""Progress judged against the calendar (序时进度): what was reached of a year's target, less the share of the year that has gone."""

import re
from collections.abc import Sequence
from fractions import Fraction

from sanfu.kernel.claims.changes import result
from sanfu.kernel.claims.facts import Facts, about
from sanfu.kernel.claims.numbers import Fit, Kind, Quantity, fits
from sanfu.kernel.claims.periods import months_in
from sanfu.kernel.claims.roles import Claim, Cue
from sanfu.kernel.claims.units import comparable
from sanfu.kernel.claims.verdicts import Judged, Verdict, as_stated, percent

CALENDAR = re.compile("序时|时序|时间进度")


def ahead(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 快于序时进度3个百分点; None where no completion or no date is known."""
    one = claim.quantity
    reached, gone = _reached(claim.sentence, facts, earlier), _gone(claim.sentence, facts)
    if reached is None or gone is None:
        return None
    apart = (reached - gone) * claim.sign
    how = f"完成{percent(reached, 1)}%，序时进度{percent(gone, 1)}%，相差{percent(abs(apart), 1)}个百分点"
    if fits(apart, one, abs(one.value)) is not Fit.YES:
        expected = as_stated(abs(apart), one)
        return result(
            one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected if apart > 0 else None
        )
    if one.kind is Kind.PERCENT:
        return result(one, Verdict.AMBIGUOUS, f"{how}；百分比之差应写百分点。")
    return result(one, Verdict.OK, f"{how}。")


def abreast(cue: Cue, facts: Facts, earlier: Sequence[Quantity]) -> Judged:
    """Judge 与序时进度持平: within half a point of the share of the year that has gone."""
    told = cue.sentence[: cue.end]
    reached, gone = _reached(told, facts, earlier), _gone(told, facts)
    if reached is None or gone is None:
        return Judged(cue.start, cue.end, cue.word, Verdict.UNCHECKED, "没有完成率或序时进度，未核。")
    level = abs(reached - gone) <= Fraction(1, 200)
    how = f"完成{percent(reached, 1)}%，序时进度{percent(gone, 1)}%。"
    return Judged(cue.start, cue.end, cue.word, Verdict.OK if level else Verdict.WRONG, how)


def _reached(text: str, facts: Facts, earlier: Sequence[Quantity]) -> Fraction | None:
    """The completion: told in the sentence, given as a rate, or made of what was reached and its target."""
    told = [one.value for one in earlier if one.kind is Kind.PERCENT]
    if told:
        return told[-1]
    rates = [r.value for r in facts.readings if r.rate and "完成" in r.name]
    if rates:
        return rates[-1]
    for target in (r for r in facts.readings if r.is_target and r.value > 0):
        done = [
            r for r in facts.readings if not r.is_target and not r.rate and comparable(r.unit, target.unit)
        ]
        near = about(done, text) or done
        if near:
            return near[-1].value / target.value
    return None


def _gone(text: str, facts: Facts) -> Fraction | None:
    """The share of the year that has gone: given, or by the last month that the sentence names."""
    given = [r.value for r in facts.readings if r.rate and CALENDAR.search(r.name)]
    if given:
        return given[-1]
    months = months_in(text)
    return Fraction(months[1], 12) if months else None


__all__ = ["CALENDAR", "abreast", "ahead"]
