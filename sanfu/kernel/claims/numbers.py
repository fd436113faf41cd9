"""Quantities of a Chinese sentence: value, digits stated, unit and hedge, each with its place in the text.

Dates, ordinals and document numbers are no quantities. The text is first made plain sign by sign, so places are those
of the original.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from sanfu.kernel.claims.units import MEASURES, MULTIPLIERS, Unit, unit_of

_PLAIN = str.maketrans("０１２３４５６７８９．％－−–﹣（）～﹪", "0123456789.%----()~%")
DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_HAN = "零〇一二两三四五六七八九十百千"


class Kind(StrEnum):
    """What a quantity measures."""

    PLAIN = "plain"
    PERCENT = "percent"
    POINTS = "points"  # 百分点
    TIMES = "times"  # 倍
    DOUBLINGS = "doublings"  # 番
    FRACTION = "fraction"  # 三分之二, 六成, 一半


class Hedge(StrEnum):
    """How firmly a number is stated."""

    AT = "at"
    ABOUT = "about"  # 约, 左右
    NEAR = "near"  # 近: not reached
    OVER = "over"  # 超, 突破, 逾
    ODD = "odd"  # 余, 多: over, and less than one more of the last digit
    UNDER = "under"  # 不足, 不到
    AT_LEAST = "at_least"  # 以上, 不低于
    AT_MOST = "at_most"  # 以内, 不超过
    TWO_DIGITS = "two_digits"  # 两位数


@dataclass(frozen=True, slots=True)
class Quantity:
    """One stated number. start, end: place of the number itself; left: where its hedge begins.

    value and step (one of the last stated digit) count 万 and 亿 in; percentages are shares (12.5% is 1/8).
    """

    start: int
    end: int
    left: int
    right: int
    value: Fraction
    step: Fraction
    kind: Kind
    unit: Unit
    hedge: Hedge
    text: str

    @property
    def size(self) -> Fraction:
        """The value in the base of its unit: minutes, mu, yuan."""
        return self.value * self.unit.size


def size_in(one: Quantity, unit: Unit) -> Fraction:
    """What one of a stated number is in the base of a figure's unit; 1.5万 without a known unit has its 万 already."""
    bare = not one.unit.name and not re.search("[万亿]", one.text)
    return unit.size if bare else one.unit.size


def plain(text: str) -> str:
    """The text with full-width digits and signs made plain, of the same length."""
    return text.translate(_PLAIN)


_BEFORE = {
    "不超过": Hedge.AT_MOST, "不高于": Hedge.AT_MOST, "不多于": Hedge.AT_MOST, "最多": Hedge.AT_MOST,
    "不低于": Hedge.AT_LEAST, "不少于": Hedge.AT_LEAST, "至少": Hedge.AT_LEAST, "最少": Hedge.AT_LEAST,
    "将近": Hedge.NEAR, "接近": Hedge.NEAR, "近": Hedge.NEAR,
    "大约": Hedge.ABOUT, "约为": Hedge.ABOUT, "约": Hedge.ABOUT, "大概": Hedge.ABOUT, "左右": Hedge.ABOUT,
    "超过": Hedge.OVER, "超出": Hedge.OVER, "突破": Hedge.OVER, "高于": Hedge.OVER, "多于": Hedge.OVER,
    "超": Hedge.OVER, "逾": Hedge.OVER, "过": Hedge.OVER, "跨过": Hedge.OVER,
    "不足": Hedge.UNDER, "不到": Hedge.UNDER, "低于": Hedge.UNDER, "少于": Hedge.UNDER, "未达": Hedge.UNDER,
}  # fmt: skip
_AFTER = {
    "以上": Hedge.AT_LEAST, "以下": Hedge.AT_MOST, "以内": Hedge.AT_MOST, "之内": Hedge.AT_MOST,
    "左右": Hedge.ABOUT, "上下": Hedge.ABOUT, "多": Hedge.ODD, "有余": Hedge.ODD,
}  # fmt: skip
_HEDGES = "|".join(sorted(_BEFORE, key=len, reverse=True))
_MULTI = "|".join(sorted(MULTIPLIERS, key=len, reverse=True))
_TAIL = rf" ?(?P<odd1>余|多)?(?P<multi>{_MULTI})?(?P<odd2>余|多)?(?P<unit>%|‰|个百分点|百分点|倍|番|成(?P<sub>[一二三四五六七八九半\d])?|(?:{MEASURES}))?"
_SUFFIX = rf"(?P<after>{'|'.join(sorted(_AFTER, key=len, reverse=True))})?"
_ARABIC = re.compile(
    rf"(?:(?P<before>{_HEDGES}) ?)?(?P<number>(?<![\dA-Za-z.])-?\d+(?:,\d{{3}})+(?:\.\d+)?(?!\d)|(?<![\dA-Za-z.])-?\d+(?:\.\d+)?){_TAIL}{_SUFFIX}"
)
_CHINESE = re.compile(
    rf"(?P<before>{_HEDGES})?(?P<number>[{_HAN}]+)(?P<odd1>余|多)?(?P<unit>个百分点|倍|番|成(?P<sub>[一二三四五六七八九半])?){_SUFFIX}"
)
# 三百人, 二十余户, 一百二十万元: only with 十, 百 or 千 in it and a unit behind; 一个, 两件 are seldom figures.
_COUNTED = re.compile(
    rf"(?P<before>{_HEDGES})?(?<![{_HAN}第])(?P<number>(?=[{_HAN}]{{2}})[{_HAN}]*[十百千][{_HAN}]*)(?P<odd1>余|多)?(?P<multi>万|亿)?(?P<odd2>余|多)?(?P<unit>{MEASURES}){_SUFFIX}"
)
_MOVED = re.compile(
    rf"(?P<before>{_HEDGES})?(?<=前进|前移|上升|提升|跃升|后移|后退|下降|下滑)(?P<number>[{_HAN}]+)(?P<odd1>余|多)?(?P<multi>$^)?(?P<odd2>$^)?个?(?P<unit>位)次?{_SUFFIX}"
)
_PARTS = re.compile(
    rf"(?P<before>{_HEDGES})?(?:(?P<below>[{_HAN}]+|\d+)分之(?P<above>[{_HAN}点]+|\d+(?:\.\d+)?)|(?<![\d/.])(?P<top>\d{{1,2}})/(?P<under>\d{{1,3}})(?![\d/])){_SUFFIX}"
)
_WORDS = re.compile(
    rf"(?P<before>{_HEDGES}|大)?(?P<word>一半|半数|(?<=[过近超])(?<!时间过)(?<!任务过)半(?![年个天小径])|对半){_SUFFIX}|(?P<two>两位数)"
)
# What looks like a number and is none: dates, ordinals, document numbers, the hotline, list marks.
_NONE = re.compile(
    r"(?:19|20)\d{2}(?:\s*[-—~至到]\s*(?:19|20)?\d{2})?年(?:度|初|末|底)?|(?:19|20)\d{2}\s*[-—]\s*(?:19|20)\d{2}(?=年)|"
    r"\d{1,2}\s*(?:[-—~至到]\s*\d{1,2})?月份?(?!均)(?:\d{1,2}\s*(?:[-—~至到]\s*\d{1,2})?日)?|"
    r"\d{1,2}日(?=[,，。;；(至到起前]|$)|(?:(?<=日至)|(?<=日到)|(?<=日-)|(?<=日—)|(?<=日~))(?:\d{1,2}月)?\d{1,2}日|(?<=[季第])\d+|第\d+(?:季度|批|次|期|名|位|个|条|届|轮|版)?|\d季度|[〔\[]\d{4}[〕\]]\s*\d+\s*号|"
    r"(?<=不等于)100%|(?<=合计不为)100%|12345|12315|110(?=报警|联动|平台)|\d+\s*号(?=文|楼|线)|\d{1,2}[:：]\d{2}|(?<=[近前后每])\d{1,2}年|\d{1,2}年(?=来|间|内|期)|"
    r"(?:^|(?<=\n))\s*\d{1,2}[.、](?!\d)|(?<=前)\d{1,2}(?=名|位|,|，|。|$)|\d+\s*[x×]\s*\d+小时|\d+小时(?=值守|服务|在线|热线)"
)


def quantities(text: str) -> list[Quantity]:
    """Every quantity of a text, in order; the text must be plain."""
    taken = [False] * (len(text) + 1)
    for match in _NONE.finditer(text):
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    found: list[Quantity] = []
    for pattern, read in (
        (_PARTS, _of_parts),
        (_CHINESE, _of_chinese),
        (_COUNTED, _of_counted),
        (_MOVED, _of_counted),
        (_WORDS, _of_word),
        (_ARABIC, _of_arabic),
    ):
        for match in pattern.finditer(text):
            core = match.start("number") if "number" in pattern.groupindex else match.start()
            if any(taken[core : match.end()]):
                continue
            one = read(match)
            if one is not None:
                found.append(one)
                taken[one.left : one.right] = [True] * (one.right - one.left)
    return _one_unit_for_all(text, sorted(found, key=lambda one: one.start))


def _one_unit_for_all(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give 1.2个和2.4个百分点, 98.2、95.6% the unit that is told once, behind the last."""
    for place in range(len(found) - 2, -1, -1):
        one, after = found[place], found[place + 1]
        alike = after.kind in (Kind.POINTS, Kind.PERCENT) and one.kind is Kind.PLAIN
        bare = one.unit.name == "" or (one.unit.name == "个" and after.kind is Kind.POINTS)
        between = text[one.right : after.left]
        if (
            one.kind is after.kind is Kind.PLAIN
            and not one.unit.name
            and re.fullmatch(" ?(?:→|->) ?", between)
        ):
            found[place] = _with_the_unit(one, after)
        if alike and bare and re.fullmatch("[、和及与]|以及", between):
            found[place] = replace(
                one, kind=after.kind, value=one.value / 100, step=one.step / 100, unit=after.unit
            )
    return found


def _with_the_unit(one: Quantity, after: Quantity) -> Quantity:
    """Read 1,200→1,500万元: the 万 and the unit behind the second number are those of the first as well."""
    told = re.search(_MULTI, after.text)
    factor = 1 if told is None or re.search(_MULTI, one.text) else MULTIPLIERS[told.group()]
    return replace(one, unit=after.unit, value=one.value * factor, step=one.step * factor)


def _hedge(match: re.Match[str]) -> Hedge:
    groups = match.groupdict()
    if groups.get("before") in _BEFORE:
        return _BEFORE[groups["before"]]
    if groups.get("odd1") or groups.get("odd2"):
        return Hedge.ODD
    return _AFTER.get(groups.get("after") or "", Hedge.AT)


def _left(match: re.Match[str], core: int) -> int:
    return match.start("before") if match.group("before") else core


def _of_arabic(match: re.Match[str]) -> Quantity | None:
    number, unit = match.group("number"), match.group("unit") or ""
    digits = len(number.partition(".")[2])
    value, step = Fraction(number.replace(",", "")), Fraction(1, 10**digits)
    factor = Fraction(MULTIPLIERS.get(match.group("multi") or "", 1))
    end = match.end("unit") if unit else match.end("odd2") if match.group("odd2") else match.end("number")
    end = max(end, match.end("multi"))
    return _made(match, value * factor, step * factor, unit, match.start("number"), end)


def _of_chinese(match: re.Match[str]) -> Quantity | None:
    value = chinese(match.group("number"))
    if value is None:
        return None
    return _made(
        match, Fraction(value), Fraction(1), match.group("unit"), match.start("number"), match.end("unit")
    )


def _of_counted(match: re.Match[str]) -> Quantity | None:
    value = chinese(match.group("number"))
    if value is None:
        return None
    factor = Fraction(MULTIPLIERS.get(match.group("multi") or "", 1))
    return _made(match, value * factor, factor, match.group("unit"), match.start("number"), match.end("unit"))


_LOSS = re.compile(r"(?:(?<!减少)(?<!扭转)亏损|(?<![少多理索])赔(?!偿))(?:了|约|近|超)?$")
_PAID_OUT = re.compile("保险|理赔|赔付|赔款")  # there 赔了30万元 is money paid, no loss


def _made(
    match: re.Match[str], value: Fraction, step: Fraction, unit: str, start: int, end: int
) -> Quantity | None:
    kind, factor = _kind(unit)
    if (
        value > 0
        and kind is Kind.PLAIN
        and not _PAID_OUT.search(match.string)
        and _LOSS.search(match.string[: match.start()])
    ):
        value = -value  # 亏损800万元
    if unit.startswith("成") and (sub := match.group("sub")):
        value += (
            Fraction(1, 2)
            if sub == "半"
            else Fraction(DIGITS.get(sub, 0) or int(sub if sub.isdigit() else 0), 10)
        )
        step /= 10
    measured = unit_of("" if kind is not Kind.PLAIN else unit)
    left = _left(match, start)
    right = max(match.end("after"), end) if match.group("after") else end
    return Quantity(
        start, end, left, right, value * factor, step * factor, kind, measured, _hedge(match),
        match.string[start:end],
    )  # fmt: skip


def _kind(unit: str) -> tuple[Kind, Fraction]:
    if unit == "%":
        return Kind.PERCENT, Fraction(1, 100)
    if unit == "‰":
        return Kind.PERCENT, Fraction(1, 1000)
    if unit.endswith("百分点"):
        return Kind.POINTS, Fraction(1, 100)
    if unit == "倍":
        return Kind.TIMES, Fraction(1)
    if unit == "番":
        return Kind.DOUBLINGS, Fraction(1)
    if unit.startswith("成"):
        return Kind.FRACTION, Fraction(1, 10)
    return Kind.PLAIN, Fraction(1)


def _of_parts(match: re.Match[str]) -> Quantity | None:
    """三分之二, 百分之十二点五, 1/5."""
    slash = match.group("top") is not None
    start, end = (
        (match.start("top"), match.end("under")) if slash else (match.start("below"), match.end("above"))
    )
    below = chinese(match.group("under") if slash else match.group("below"))
    above = chinese(match.group("top") if slash else match.group("above"))
    if not below or above is None:
        return None
    kind = Kind.PERCENT if below == 100 else Kind.FRACTION
    right = match.end("after") if match.group("after") else end
    return Quantity(
        start, end, _left(match, start), right, Fraction(above) / below, Fraction(1, 100), kind, unit_of(""),
        _hedge(match), match.string[start:end],
    )  # fmt: skip


def _of_word(match: re.Match[str]) -> Quantity | None:
    """一半, 过半, 两位数."""
    if match.group("two"):
        start, end = match.span("two")
        return Quantity(start, end, start, end, Fraction(1, 10), Fraction(1, 100), Kind.PERCENT, unit_of(""),
                        Hedge.TWO_DIGITS, "两位数")  # fmt: skip
    start, end = match.span("word")
    before = match.group("before")
    hedge = Hedge.OVER if before == "大" else _hedge(match)
    left = match.start("before") if before else start
    text = match.string[start:end]
    return Quantity(
        start, end, left, end, Fraction(1, 2), Fraction(1, 20), Kind.FRACTION, unit_of(""), hedge, text
    )


def chinese(text: str) -> Fraction | None:
    """The value of 十二, 两百三十, 三点五 or 12; None for what is no number."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Fraction(text)
    whole, point, tail = text.partition("点")
    total, current = 0, 0
    for sign in whole:
        if sign in DIGITS:
            current = DIGITS[sign]
        elif sign in "十百千":
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            current = 0
        else:
            return None
    value = Fraction(total + current)
    if point:
        if not tail or any(sign not in DIGITS for sign in tail):
            return None
        value += Fraction(int("".join(str(DIGITS[sign]) for sign in tail)), 10 ** len(tail))
    return value


class Fit(StrEnum):
    """Does an actual value bear out a stated one?"""

    YES = "yes"
    NO = "no"
    EITHER = "either"  # exactly between two digits: conventions of rounding differ


def fits(
    actual: Fraction, said: Quantity, value: Fraction | None = None, step: Fraction | None = None
) -> Fit:
    """Judge a stated number by the actual one, at the digits stated and with its hedge.

    value and step replace those of the quantity when units were converted.
    """
    value = said.value if value is None else value
    step = said.step if step is None else step
    if said.hedge is Hedge.AT:
        step = step / 2 if said.text.endswith("成") else step  # 15% is 一成半 and not 两成
        if _far(actual, value, step):
            return Fit.NO
        return _rounds(actual, value, step)
    return Fit.YES if _bears_out(actual, value, step, said.hedge) else Fit.NO


def _far(actual: Fraction, value: Fraction, step: Fraction) -> bool:
    """Is one more than a step from the other? Then no rounding joins them; whole numbers tell it without a fraction."""
    gap = abs(actual.numerator * value.denominator - value.numerator * actual.denominator)
    return gap * step.denominator > step.numerator * actual.denominator * value.denominator


def _bears_out(actual: Fraction, value: Fraction, step: Fraction, hedge: Hedge) -> bool:
    if hedge is Hedge.TWO_DIGITS:
        return Fraction(1, 10) <= abs(actual) < 1
    if hedge is Hedge.UNDER:
        return actual < value
    if hedge is Hedge.OVER:
        return actual > value
    if hedge is Hedge.AT_LEAST:
        return actual >= value
    if hedge is Hedge.AT_MOST:
        return actual <= value
    round_step = significant(value, step)
    if hedge is Hedge.ODD:
        return value < actual < value + round_step
    gap = abs(actual - value)
    if hedge is Hedge.NEAR:
        return actual < value and (gap <= round_step / 2 or gap * 20 <= value) and gap * 8 <= value
    return gap * 20 <= abs(value) or _rounds(actual, value, step) is not Fit.NO


def significant(value: Fraction, step: Fraction) -> Fraction:
    """One of the last digit that is no zero: 1200 is stated in hundreds."""
    while value and (value / (step * 10)).denominator == 1:
        step *= 10
    return step


def _rounds(actual: Fraction, value: Fraction, step: Fraction) -> Fit:
    if not step:
        return Fit.YES if actual == value else Fit.NO
    if (value / step).denominator != 1:  # 三分之一: no digits are stated, so half a point either way
        return Fit.YES if abs(actual - value) <= step / 2 else Fit.NO
    if actual < 0:  # 四舍五入 rounds the amount; the sign stands before it
        actual, value = -actual, -value
    units = actual / step
    low = units.__floor__()
    rest, stated = units - low, value / step
    if rest == Fraction(1, 2):
        if low % 2 == 0 and stated in (low, low + 1):
            return Fit.EITHER
        return Fit.YES if stated == low + 1 else Fit.NO
    return Fit.YES if stated == (low if rest < Fraction(1, 2) else low + 1) else Fit.NO
