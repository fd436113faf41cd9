"""Changes judged (增减): percent against points, times against multiples, doublings, yearly means, bases of no use."""

from fractions import Fraction

from sanfu.kernel.claims.bases import Base, moved, years_between
from sanfu.kernel.claims.numbers import Fit, Hedge, Kind, Quantity, fits, size_in
from sanfu.kernel.claims.roles import Claim, Role
from sanfu.kernel.claims.units import undecided
from sanfu.kernel.claims.verdicts import Judged, Verdict, as_stated, decimal, percent, plainly


def result(
    one: Quantity, verdict: Verdict, why: str, expected: str = "", replacement: str | None = None
) -> Judged:
    return Judged(one.start, one.end, one.text, verdict, why, expected, replacement)


def change(claim: Claim, base: Base) -> Judged:
    """Judge 增长20%, 提高3.5个百分点, 增长4倍, 减少3小时."""
    one = claim.quantity
    if base.before is None or base.after is None:
        return result(one, Verdict.AMBIGUOUS, base.missing)
    if base.mixed:
        return result(one, Verdict.AMBIGUOUS, f"{base.doubt}。")
    before, after = base.before.value, base.after.value
    if one.kind is Kind.PLAIN:
        return _absolute(claim, base, before, after)
    if one.kind is Kind.DOUBLINGS:
        return _doublings(claim, before, after)
    if base.rate and one.kind in (Kind.POINTS, Kind.PERCENT, Kind.FRACTION):
        return _of_rate(claim, base, before, after)
    if one.kind is Kind.POINTS:
        return _points_of_counts(claim, before, after)
    return _relative(claim, base, before, after)


def _sign(claim: Claim) -> int:
    return -claim.sign if claim.quantity.value < 0 else claim.sign


def _doubted(judged: Judged, base: Base) -> Judged:
    """Numbers that agree are still in doubt where the two values are not comparable."""
    if judged.verdict is Verdict.OK and base.doubt:
        judged.verdict, judged.why = Verdict.AMBIGUOUS, f"算术正确，但{base.doubt}。"
    return judged


def _relative(claim: Claim, base: Base, before: Fraction, after: Fraction) -> Judged:
    """A relative change of a count: percent, tenths, fractions, times."""
    one, sign = claim.quantity, _sign(claim)
    grown = moved(before, after)
    if grown is None:
        if before < 0 and after < 0 and claim.verb in ("收窄", "减亏", "扩大"):
            grown = (abs(after) - abs(before)) / abs(before)
        else:
            why = f"基数为{plainly(before)}，不计算增长率，应写增减额。"
            return result(one, Verdict.WRONG, why)
    if one.kind is Kind.TIMES and sign < 0:
        shown = percent(-grown, 1).removesuffix(".0") + "%"
        return result(one, Verdict.WRONG, f"减少不能用倍，最多减少100%；应为{shown}。", shown, shown)
    if sign < 0 and grown < -1:
        why = f"由{plainly(before)}到{plainly(after)}，降幅不能超过100%；应写增减额。"
        return result(one, Verdict.WRONG, why)
    if base.bound and base.before is not None:
        return _bounded(claim, before, after, sign)
    actual = grown * sign
    fit = fits(actual, one, abs(one.value))
    how = f"（{plainly(after)}−{plainly(before)}）÷{plainly(before)}＝{percent(grown, 2)}%"
    if fit is Fit.YES:
        return _doubted(result(one, Verdict.OK, how), base)
    if fit is Fit.EITHER:
        digits = as_stated_finer(abs(actual), one)
        return result(
            one, Verdict.AMBIGUOUS, f"{how}，恰在半位，取位规则不同结果不同；应多写一位小数。", digits, digits
        )
    return _wrong_relative(claim, grown, how, before, after)


def _wrong_relative(claim: Claim, grown: Fraction, how: str, before: Fraction, after: Fraction) -> Judged:
    one = claim.quantity
    expected = as_stated(abs(grown), one)
    if one.kind is Kind.TIMES and fits(after / before, one) is Fit.YES:
        multiple = as_stated(after / before, one)
        why = f"{plainly(after)}是{plainly(before)}的{multiple}，增长的倍数是{expected}。"
        return result(one, Verdict.WRONG, why, expected, expected)
    why = f"{how}，文中写{one.text}。" if grown * _sign(claim) > 0 or not grown else f"{how}，方向相反。"
    return result(one, Verdict.WRONG, why, expected, expected)


def _bounded(claim: Claim, before: Fraction, after: Fraction, sign: int) -> Judged:
    """The base is only known to lie below a number: at least so much is sure, the exact change is not."""
    one, least = claim.quantity, (after - before) / before * sign
    if one.hedge in (Hedge.OVER, Hedge.AT_LEAST, Hedge.ODD) and least >= one.value:
        return result(one, Verdict.OK, f"基数不足{plainly(before)}，至少{percent(least, 1)}%，说法成立。")
    multiple = decimal(after / before, 1)
    why = f"基数只知不足{plainly(before)}：至少是原来的{multiple}倍，实际更高但不可知；应给出基数。"
    return result(one, Verdict.AMBIGUOUS, why)


def as_stated_finer(value: Fraction, like: Quantity) -> str:
    finer = Quantity(
        like.start,
        like.end,
        like.left,
        like.right,
        like.value,
        like.step / 10,
        like.kind,
        like.unit,
        like.hedge,
        like.text,
    )
    return as_stated(value, finer)


def _of_rate(claim: Claim, base: Base, before: Fraction, after: Fraction) -> Judged:
    """A change of a rate: points are its difference; percent would be the change of the change."""
    one, sign = claim.quantity, _sign(claim)
    apart = after - before
    if claim.verb in ("收窄", "扩大") and before <= 0 and after <= 0:
        apart = (abs(before) - abs(after)) * (1 if claim.verb == "收窄" else -1)
        sign = 1
    how = f"{percent(after, 1)}−{percent(before, 1)}＝{percent(apart, 1)}个百分点"
    expected = (
        as_stated(abs(apart), one)
        if one.kind is Kind.POINTS
        else percent(abs(apart), 1).removesuffix(".0") + "个百分点"
    )
    if one.kind is Kind.POINTS:
        fit = fits(apart * sign, one, abs(one.value))
        if fit is Fit.YES:
            return _doubted(result(one, Verdict.OK, how), base)
        if fit is Fit.EITHER:
            return result(one, Verdict.AMBIGUOUS, f"{how}，恰在半位。", expected)
        return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)
    grown = moved(before, after)
    if grown is not None and fits(grown * sign, one, abs(one.value)) is Fit.YES and abs(grown) != abs(apart):
        why = f"相对变化是{percent(grown, 1)}%，但比率的变化应写百分点：{how}；写“%”有歧义。"
        return result(one, Verdict.AMBIGUOUS, why, expected, expected)
    relative = f"；相对变化是{percent(grown, 1)}%" if grown is not None else ""
    return result(one, Verdict.WRONG, f"百分比相减得百分点：{how}{relative}。", expected, expected)


def _points_of_counts(claim: Claim, before: Fraction, after: Fraction) -> Judged:
    one, grown = claim.quantity, moved(before, after)
    if grown is None:
        return result(one, Verdict.WRONG, "数量的变化不用百分点；基数不为正，应写增减额。")
    shown = percent(abs(grown), 1).removesuffix(".0") + "%"
    return result(one, Verdict.WRONG, f"数量的变化不用百分点，应写{shown}。", shown, shown)


def _absolute(claim: Claim, base: Base, before: Fraction, after: Fraction) -> Judged:
    """An absolute change, in the unit of the sentence; a place in a table rises when its number falls."""
    one, sign = claim.quantity, _sign(claim)
    if base.after and base.after.name.endswith(("排名", "位次", "名次")):
        sign = -sign
    if before < 0 and after <= 0 and claim.verb in ("减亏", "收窄", "少赔", "少亏"):
        sign = 1
    unit = base.after.unit if base.after else one.unit
    if base.rate and not one.unit.name:
        return result(one, Verdict.AMBIGUOUS, "比率的变化应写百分点。")
    if undecided(one.unit, unit):
        return result(
            one, Verdict.AMBIGUOUS, f"文中单位是{one.unit.name}，依据单位是{unit.name}，不可直接比较。"
        )
    size = size_in(one, unit)
    apart = (after - before) * sign
    fit = fits(apart, one, abs(one.value) * size, one.step * size)
    how = (
        "−".join(_told(value / size, one) for value in (after, before))
        + f"＝{_told((after - before) / size, one)}"
    )
    if fit is Fit.YES:
        return _doubted(result(one, Verdict.OK, how), base)
    expected = as_stated(abs(apart) / size, one)
    return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)


def _told(value: Fraction, like: Quantity) -> str:
    """A value in the unit of the sentence; with its own digits where the sentence has none to spare."""
    for word, size in (("亿", 10**8), ("万", 10**4)):
        if word in like.text:
            return f"{plainly(value / size)}{word}{like.unit.name}"
    return f"{plainly(value)}{like.unit.name}"


def _doublings(claim: Claim, before: Fraction, after: Fraction) -> Judged:
    """翻n番 is 2ⁿ times."""
    one = claim.quantity
    if before <= 0:
        return result(one, Verdict.WRONG, "基数不为正，不能说翻番。")
    multiple, wanted = after / before, Fraction(2) ** int(one.value)
    how = f"翻{one.text.rstrip('番')}番是原来的{wanted}倍，{plainly(after)}是{plainly(before)}的{decimal(multiple, 2)}倍"
    if doubled(multiple, wanted, one.hedge):
        return result(one, Verdict.OK, how)
    shown = f"是原来的{plainly_times(multiple)}倍"
    return result(one, Verdict.WRONG, f"{how}，即增长{plainly_times(multiple - 1)}倍。", shown)


def plainly_times(value: Fraction) -> str:
    return plainly(value) if (value * 10).denominator == 1 else decimal(value, 1)


def doubled(multiple: Fraction, wanted: Fraction, hedge: Hedge = Hedge.AT) -> bool:
    """Is a multiple 2ⁿ as people say it? A little more is still 翻番, less is not."""
    ratio = multiple / wanted
    if hedge in (Hedge.NEAR, Hedge.UNDER):
        return Fraction(4, 5) <= ratio < 1
    if hedge in (Hedge.OVER, Hedge.ODD, Hedge.AT_LEAST):
        return 1 < ratio < 2 or (hedge is Hedge.AT_LEAST and ratio == 1)
    return Fraction(99, 100) <= ratio <= Fraction(11, 10)


def ratio(claim: Claim, base: Base) -> Judged:
    """Judge 是原来的4倍, 缩短到原来的三分之一."""
    one = claim.quantity
    if base.before is None or base.after is None:
        return result(one, Verdict.AMBIGUOUS, base.missing)
    before, after = base.before.value, base.after.value
    if before <= 0:
        return result(one, Verdict.WRONG, f"基数为{plainly(before)}，不能说倍数。")
    actual = after / before
    if base.bound:
        if one.hedge in (Hedge.AT_LEAST, Hedge.OVER) and actual >= one.value:
            return result(one, Verdict.OK, f"基数不足{plainly(before)}，至少是{decimal(actual, 1)}倍。")
        return result(one, Verdict.AMBIGUOUS, f"基数只知不足{plainly(before)}，倍数不可确知。")
    how = f"{plainly(after)}÷{plainly(before)}＝{decimal(actual, 2)}"
    fit = fits(actual, one)
    if fit is Fit.YES:
        return _doubted(result(one, Verdict.OK, how), base)
    expected = as_stated(actual, one)
    if fit is Fit.EITHER:
        return result(
            one, Verdict.AMBIGUOUS, f"{how}，恰在半位；应多写一位小数。", as_stated_finer(actual, one)
        )
    return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)


def of_ratio(one: Quantity, actual: Fraction, how: str) -> Judged:
    """Judge a share by what it is made of."""
    fit = fits(actual, one)
    if fit is Fit.YES:
        return result(one, Verdict.OK, f"{how}。")
    expected = as_stated(actual, one)
    if fit is Fit.EITHER:
        return result(
            one, Verdict.AMBIGUOUS, f"{how}，恰在半位；应多写一位小数。", as_stated_finer(actual, one)
        )
    return result(one, Verdict.WRONG, f"{how}，文中写{one.text}。", expected, expected)


def growth(claim: Claim, base: Base, sentence: str) -> Judged:
    """Judge 年均增长: the geometric mean, not the total divided by the years."""
    one = claim.quantity
    if base.before is None or base.after is None:
        return result(one, Verdict.AMBIGUOUS, base.missing)
    years = years_between(base, sentence)
    before, after = base.before.value, base.after.value
    if years is None:
        return result(one, Verdict.AMBIGUOUS, "没有起止年份，无法核算年均。")
    if before <= 0 or after <= 0:
        return result(one, Verdict.WRONG, "起止值不为正，不计算年均增长率。")
    mean = Fraction((float(after / before)) ** (1 / years)).limit_denominator(10**9) - 1
    how = f"（{plainly(after)}÷{plainly(before)}）的{years}次方根−1＝{percent(mean, 2)}%"
    fit = fits(mean * _sign(claim), one, abs(one.value))
    if fit is not Fit.NO:
        return _doubted(result(one, Verdict.OK, how), base)
    expected = as_stated(abs(mean), one)
    return result(one, Verdict.WRONG, f"{how}；总增幅除以年数不是年均。", expected, expected)


ROLES = {Role.CHANGE: change, Role.RATIO: ratio}
