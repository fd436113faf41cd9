"""Numbers with units, exactly: money in 分, counts, ratios and dates as integers; no floats anywhere.

Every quantity is a `Fraction` of its base unit while a rule is read, a scaled integer in a column of facts.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction


class Kind(StrEnum):
    """What sort of value an expression has."""

    NUMBER = "数量"
    DATE = "日期"
    CODE = "代码"
    FLAG = "是否"


Powers = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Type:
    """Kind and, for numbers, the dimension as exponents of base words: 万元/亩 is money¹ 亩⁻¹."""

    kind: Kind
    powers: Powers = ()

    @property
    def is_money(self) -> bool:
        return self.powers == MONEY.powers and self.kind is Kind.NUMBER

    def times(self, other: "Type", sign: int = 1) -> "Type":
        powers = dict(self.powers)
        for word, power in other.powers:
            powers[word] = powers.get(word, 0) + sign * power
        return Type(Kind.NUMBER, tuple(sorted((w, p) for w, p in powers.items() if p)))

    def __str__(self) -> str:
        if self.kind is not Kind.NUMBER:
            return str(self.kind)
        if not self.powers:
            return "无量纲(比例)"
        top = "·".join(w for w, p in self.powers if p > 0) or "1"
        bottom = "·".join(w for w, p in self.powers if p < 0)
        return f"{top}/{bottom}" if bottom else top


def number(word: str) -> Type:
    return Type(Kind.NUMBER, ((word, 1),))


MONEY = number("元")
RATIO = Type(Kind.NUMBER)
FLAG = Type(Kind.FLAG)
CODE = Type(Kind.CODE)
DATE = Type(Kind.DATE)
DAYS = number("天")
POINTS = number("分")

# word → (size in base units, type). Money's base is 分 so that every yuan amount is an integer.
UNITS: dict[str, tuple[Fraction, Type]] = {
    "元": (Fraction(100), MONEY),
    "千元": (Fraction(10**5), MONEY),
    "万元": (Fraction(10**6), MONEY),
    "百万元": (Fraction(10**8), MONEY),
    "亿元": (Fraction(10**10), MONEY),
    "%": (Fraction(1, 100), RATIO),
    "％": (Fraction(1, 100), RATIO),
    "‰": (Fraction(1, 1000), RATIO),
    "个百分点": (Fraction(1, 100), RATIO),
    "倍": (Fraction(1), RATIO),
    "人": (Fraction(1), number("人")),
    "名": (Fraction(1), number("人")),
    "万人": (Fraction(10000), number("人")),
    "件": (Fraction(1), number("件")),
    "项": (Fraction(1), number("件")),
    "个": (Fraction(1), number("件")),
    "种": (Fraction(1), number("件")),
    "家": (Fraction(1), number("家")),
    "次": (Fraction(1), number("次")),
    "天": (Fraction(1), DAYS),
    "日": (Fraction(1), DAYS),
    "月": (Fraction(1), number("月")),
    "个月": (Fraction(1), number("月")),
    "年": (Fraction(12), number("月")),
    "分": (Fraction(1), POINTS),
    "吨": (Fraction(1), number("吨")),
    "万吨": (Fraction(10000), number("吨")),
    "亩": (Fraction(1), number("亩")),
    "平方米": (Fraction(1), number("平方米")),
    "千瓦时": (Fraction(1), number("千瓦时")),
    "万千瓦时": (Fraction(10000), number("千瓦时")),
    "吨标准煤": (Fraction(1), number("吨标准煤")),
    "位": (Fraction(1), number("名次")),
}

POINT_SCALE = 10**4  # points are kept to four decimals, money to the 分
RATIO_DECIMALS = 12  # columns hold ratios as integers of 10⁻¹²


def unit_of(text: str) -> tuple[Fraction, Type] | None:
    """Scale and type of a unit such as 万元 or 万元/亩; None when the word is no unit."""
    parts = text.split("/")
    if any(part not in UNITS for part in parts):
        return None
    scale, kind = UNITS[parts[0]]
    for part in parts[1:]:
        below, other = UNITS[part]
        scale, kind = scale / below, kind.times(other, -1)
    return scale, kind


MOST_ZEROS = 400  # a fraction holds every zero: 1e999999999 would fill the memory before anybody refuses it


def exact(raw: object) -> Fraction:
    """A number as written, exactly; a float counts as its shortest decimal text. ValueError otherwise."""
    if isinstance(raw, bool):
        raise ValueError("是/否不是数")
    if isinstance(raw, int | Fraction):
        return Fraction(raw)
    try:
        value = Decimal(str(raw).replace(",", "").replace("，", "").strip())
    except InvalidOperation as error:
        raise ValueError(f"不是数:{raw!r}") from error
    if not value.is_finite():
        raise ValueError(f"不是有限的数:{raw!r}")
    if abs(int(value.as_tuple().exponent)) > MOST_ZEROS:
        raise ValueError(f"不是能写完的数:{raw!r}")
    return Fraction(value)


def split_quantity(text: str) -> tuple[str, str]:
    """`'2000万元'` → `('2000', '万元')`; the unit may be empty."""
    cleaned = text.strip()
    end = 0
    while end < len(cleaned) and (cleaned[end] in "+-.,，" or cleaned[end].isdigit()):
        end += 1
    return cleaned[:end], cleaned[end:].strip()


def decimal_text(value: Fraction, places: int = 6) -> str:
    """Shortest plain decimal, at most `places` digits after the point (exact when it fits)."""
    scaled = value * 10**places
    whole = scaled.numerator // scaled.denominator
    mark = "" if scaled.denominator == 1 else "≈"
    sign = "-" if whole < 0 else ""
    digits = str(abs(whole)).rjust(places + 1, "0")
    head, tail = digits[:-places], digits[-places:].rstrip("0")
    return f"{mark}{sign}{head}{'.' + tail if tail else ''}"


def say(value: Fraction | date | str | bool | None, kind: Type) -> str:
    """A value as an official would write it: 2000万元, 3.5%, 20人, 2026-04-01."""
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str | date):
        return str(value)
    if kind.is_money:
        if abs(value) >= 10**10 and value % 10**8 == 0:
            return f"{decimal_text(value / 10**10)}亿元"
        return (
            f"{decimal_text(value / 10**6)}万元" if abs(value) >= 10**6 else f"{decimal_text(value / 100)}元"
        )
    if kind == RATIO:
        return f"{decimal_text(value * 100, 4)}%"
    if kind == number("月"):
        return f"{decimal_text(value / 12)}年" if value % 12 == 0 else f"{decimal_text(value)}个月"
    return f"{decimal_text(value)}{kind if kind.powers else ''}"
