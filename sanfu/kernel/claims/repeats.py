"""Numbers judged by others of their sentence or table (前后呼应): said again, added up, what is left, how far from a place."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sanfu.kernel.claims.bases import Base, base_of
from sanfu.kernel.claims.changes import result
from sanfu.kernel.claims.facts import Facts, Ranking, likeness
from sanfu.kernel.claims.naming import names
from sanfu.kernel.claims.numbers import Fit, Hedge, Kind, Quantity, chinese, fits
from sanfu.kernel.claims.roles import Claim
from sanfu.kernel.claims.units import comparable
from sanfu.kernel.claims.verdicts import Judged, Verdict, as_stated, percent, plainly

_SHARES = (Kind.PERCENT, Kind.FRACTION)
_NOTHING_NEW = re.compile(
    "[，,、]?(?P<just>正好|恰好|刚好|即|也就是|相当于|大体上?)?(?:已经?|也|就|占比|占到?|达到?)*"
)
TOGETHER = re.compile("合计|共占|共计|加起来|相加|之和")
_SO_MANY = re.compile("(?:前|这|上述)?(?P<many>[二两三四五])(?:者|项|类|个|家|大|位|名)")
_REST = re.compile("(?:余下|剩余|剩下|还剩|尚余|尚有|仍有|还有|其余)[^，,。；;\\d]{0,6}$")
PLACE = re.compile("第(?P<n>[一二两三四五六七八九十\\d]+)名?$|(?P<first>首位|榜首|头名)$")


def restated(claim: Claim, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 占64.8%，超过六成: a share told again in round words; None where it may speak of something else."""
    one = claim.quantity
    if not earlier or one.kind not in _SHARES or earlier[-1].kind not in _SHARES:
        return None
    nothing_new = _NOTHING_NEW.fullmatch(claim.local)
    if nothing_new is None or (one.hedge is Hedge.AT and not nothing_new.group("just")):
        return None
    said = earlier[-1]
    if fits(said.value, one) is not Fit.NO:
        return result(one, Verdict.OK, f"与前面的{said.text}相符。")
    if not re.match("[，,。；;！!]|$", claim.behind):
        return None
    return result(one, Verdict.WRONG, f"前面写的是{said.text}，不合“{one.text}”的说法。")


def told_aim(claim: Claim, facts: Facts) -> Judged | None:
    """Judge 下降3%的目标: the number is the target itself, and no change that happened."""
    one = claim.quantity
    if not re.match("的[^，,。；;]{0,4}(?:目标|任务)", claim.behind):
        return None
    rate = one.kind in _SHARES
    aims = [
        r for r in facts.readings if r.is_target and r.rate is rate and (rate or comparable(r.unit, one.unit))
    ]
    if len({r.value for r in aims}) != 1:
        return None
    value = abs(aims[0].value)
    fit = fits(value, one) if rate else fits(value, one, abs(one.size), one.step * one.unit.size)
    how = f"依据的目标是{percent(value, 2) + '%' if rate else plainly(value / one.unit.size) + one.unit.name}"
    if fit is not Fit.NO:
        return result(one, Verdict.OK, f"{how}。")
    expected = as_stated(value if rate else value / one.unit.size, one)
    return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)


def together(claim: Claim, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 二者合计占64.8%: the shares told before it, added up within their rounding."""
    one = claim.quantity
    shares = [q for q in earlier if q.kind is Kind.PERCENT]
    if one.kind not in _SHARES or not TOGETHER.search(claim.local) or len(shares) < 2:
        return None
    told = _SO_MANY.search(claim.local)
    many = int(chinese(told.group("many")) or 0) if told else len(shares)
    if len(shares) < many:
        return None
    some = shares[-many:]
    total, slack = sum((q.value for q in some), Fraction(0)), sum((q.step for q in some), Fraction(0)) / 2
    how = "＋".join(q.text for q in some) + f"＝{percent(total, 1)}%"
    if fits(total, one) is not Fit.NO or (one.hedge is Hedge.AT and abs(total - one.value) <= slack):
        return result(one, Verdict.OK, f"{how}。")
    expected = as_stated(total, one)
    return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)


def sum_of(claim: Claim, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 两者合计4.26万套: the last so many counts of its unit; wrong only where no others were told."""
    one, told = claim.quantity, _SO_MANY.search(claim.local)
    if one.kind is not Kind.PLAIN or told is None or not TOGETHER.search(claim.local[told.end() :]):
        return None
    many = int(chinese(told.group("many")) or 0)
    counts = [q for q in earlier if q.kind is Kind.PLAIN and comparable(q.unit, one.unit)]
    some = counts[-many:]
    if len(some) < many or any(q.hedge is not Hedge.AT for q in some):
        return None
    total = sum((q.size for q in some), Fraction(0))
    slack = sum((q.step * q.unit.size for q in some), Fraction(0)) / 2
    how = "＋".join(q.text for q in some) + f"＝{as_stated(total / one.unit.size, one)}"
    fit = fits(total, one, one.size, one.step * one.unit.size)
    rounded = one.hedge is Hedge.AT and one.step < 1 and abs(total - one.size) <= slack
    if fit is not Fit.NO or total == one.size or rounded:
        found = result(one, Verdict.OK, f"{how}。")
        found.used = [how]
        return found
    if len(counts) > many:
        return None
    expected = as_stated(total / one.unit.size, one)
    return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)


def base_of_sum(claim: Claim, facts: Facts) -> Base | None:
    """The base of a change of 两者合计: the figures that the sentence names, added up at either end."""
    clause = claim.lead + claim.sentence
    told = re.search(rf"{_SO_MANY.pattern}(?:{TOGETHER.pattern})[^，,]*[，,][^，,\d]*$", clause)
    if told is None:
        return None
    counts = [r for r in facts.readings if not r.rate and not r.is_target and names(r.name, clause)]
    every = list(dict.fromkeys(r.name for r in counts))
    if len(every) != int(chinese(told.group("many")) or 0):
        return Base(missing="依据里没有各项合计的基数")
    bases = [
        base_of(Facts(tuple(r for r in counts if r.name == name)), name, clause, claim.relation, None)
        for name in every
    ]
    ends = [(one.before, one.after) for one in bases if one.before and one.after]
    if len(ends) != len(every):
        return Base(missing="依据里没有各项合计的基数")
    before, after = (sum((end[n].value for end in ends), Fraction(0)) for n in (0, 1))
    first, last = ends[0]
    return Base(replace(first, name="合计", value=before), replace(last, name="合计", value=after))


def remainder(claim: Claim, facts: Facts, earlier: Sequence[Quantity]) -> Judged | None:
    """Judge 余下12个: the difference of two numbers that are known; wrong only where no others are known."""
    one = claim.quantity
    if one.kind is not Kind.PLAIN or not _REST.search(claim.local):
        return None
    known = [r.value for r in facts.readings if not r.rate and comparable(r.unit, one.unit)]
    told = [q.size for q in earlier if q.kind is Kind.PLAIN and comparable(q.unit, one.unit)]
    for values in (known, told):
        for large in values:
            for small in values:
                if large > small and fits(large - small, one, one.size, one.step * one.unit.size) is Fit.YES:
                    return result(
                        one, Verdict.OK, f"{plainly(large)}−{plainly(small)}＝{plainly(large - small)}。"
                    )
    if len(known) != 2:
        return None
    expected = as_stated(abs(known[0] - known[1]) / one.unit.size, one)
    why = f"{plainly(max(known))}−{plainly(min(known))}＝{plainly(abs(known[0] - known[1]))}，文中写{one.text}。"
    return result(one, Verdict.WRONG, why, expected, expected)


def _table(facts: Facts, text: str) -> tuple[Ranking, Fraction] | None:
    """The table that a text speaks of, and the value of whom it is about."""
    table = max(facts.rankings, key=lambda one: likeness(one.name, text), default=None)
    own = next((value for name, value in table.table if name == table.own), None) if table else None
    return (table, own) if table is not None and own is not None else None


def own_value(claim: Claim, facts: Facts) -> Judged | None:
    """Confirm 得91.6分 by the table of places; a table convicts nobody."""
    one, found = claim.quantity, _table(facts, claim.sentence)
    if (
        found is None
        or one.kind not in (Kind.PLAIN, Kind.PERCENT)
        or fits(found[1], one, one.size) is not Fit.YES
    ):
        return None
    return result(one, Verdict.OK, f"与“{found[0].name}”中{found[0].own}的数一致。")


def apart(claim: Claim, facts: Facts) -> Judged | None:
    """Judge 较第一名低0.8分 by the table of places; None where the table has no such place."""
    place, found = PLACE.search(claim.of), _table(facts, claim.sentence)
    if place is None or found is None:
        return None
    table, own = found
    number = 1 if place.group("first") else int(chinese(place.group("n")) or 0)
    values = [value for _, value in table.table]
    orders = [sorted(values, reverse=True), sorted(values)]
    if not 0 < number <= len(values):
        return None
    one = claim.quantity
    gaps = [abs(own - order[number - 1]) for order in orders]
    if claim.sign:  # lower than the first of a table that begins with the highest, and the other way round
        gaps = [gaps[0]] if claim.sign < 0 else gaps
    for gap in gaps:
        if fits(gap, one, abs(one.size)) is Fit.YES:
            return result(one, Verdict.OK, f"与第{number}名相差{_told(gap, one)}。")
    expected = as_stated(gaps[0] / one.unit.size, one)
    return result(
        one, Verdict.WRONG, f"与第{number}名相差{_told(gaps[0], one)}，文中写{one.text}。", expected, expected
    )


def _told(value: Fraction, like: Quantity) -> str:
    if like.kind in (Kind.POINTS, Kind.PERCENT):
        return percent(value, 1) + ("个百分点" if like.kind is Kind.POINTS else "%")
    return plainly(value / like.unit.size) + like.unit.name
