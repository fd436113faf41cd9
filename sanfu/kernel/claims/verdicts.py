"""What comes out of one number: confirmed, wrong, not decidable, or not checked (未核)."""

from dataclasses import dataclass, field
from fractions import Fraction

from sanfu.kernel.claims.numbers import Kind, Quantity
from sanfu.kernel.flow import Labelled


class Verdict(Labelled):
    """How a number or a sentence comes out."""

    OK = "ok", "属实", "ok"
    WRONG = "wrong", "有误", "danger"
    AMBIGUOUS = "ambiguous", "存疑", "warn"
    UNCHECKED = "unchecked", "未核"


_HAN = "零一二三四五六七八九十"


@dataclass(slots=True)
class Judged:
    """One claim judged. start, end: its place in the text; replacement: what should stand there, where that is sure."""

    start: int
    end: int
    text: str
    verdict: Verdict
    why: str
    expected: str = ""
    replacement: str | None = None
    used: list[str] = field(default_factory=list)


def as_stated(value: Fraction, like: Quantity) -> str:
    """A value written as the quantity writes its own: same kind, same digits, 万 and 亿 kept."""
    if like.kind in (Kind.PERCENT, Kind.POINTS):
        digits = _digits(like, 100)
        if not digits and (value * 100).denominator != 1:
            digits = 1  # a whole percentage that is not whole is given one digit
        return percent(value, digits) + ("%" if like.kind is Kind.PERCENT else "个百分点")
    if like.kind is Kind.TIMES:
        if like.text[0] in _HAN + "两" and value.denominator == 1 and 0 < value <= 10:
            return (_HAN[int(value)] if value != 2 else "两") + "倍"
        return decimal(value, max(_digits(like, 1), 0 if value.denominator == 1 else 1)) + "倍"
    if like.kind is Kind.FRACTION:
        return fraction_words(value)
    for word, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if word in like.text:
            return decimal(value / size, _digits(like, 1, size)) + word + like.unit.name
    return decimal(value, _digits(like, 1)) + _measure(like)


def _measure(like: Quantity) -> str:
    kept = like.text.lstrip("-0123456789.,")
    return kept if kept else ""


def _digits(like: Quantity, scale: int, size: int = 1) -> int:
    step, digits = like.step * scale / size, 0
    while step < 1 and digits < 6:
        step, digits = step * 10, digits + 1
    return digits


def decimal(value: Fraction, digits: int) -> str:
    """A fraction as a decimal, half up, without a needless tail when it is exact."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    units = (size * 10**digits + Fraction(1, 2)).__floor__()
    whole, rest = divmod(units, 10**digits)
    return f"{sign}{whole}" + (f".{rest:0{digits}d}" if digits else "")


def percent(value: Fraction, digits: int = 1) -> str:
    return decimal(value * 100, digits)


def plainly(value: Fraction) -> str:
    """A value with the digits it has, at most four."""
    for digits in range(5):
        if (value * 10**digits).denominator == 1:
            return decimal(value, digits)
    return decimal(value, 2)


def fraction_words(value: Fraction) -> str:
    """三分之二, 六成, or a percentage where neither is exact."""
    if 0 < value < 1 and value.denominator <= 10:
        if 10 % value.denominator == 0 and value.denominator in (5, 10):
            return _HAN[int(value * 10)] + "成"
        return f"{_HAN[value.denominator]}分之{_HAN[value.numerator]}"
    return percent(value, 1) + "%"
