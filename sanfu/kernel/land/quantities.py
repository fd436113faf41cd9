"""Areas and money as people write them in sheets (面积、金额): text and heading → an exact figure, and what was converted.

A number needs a unit from somewhere: its own cell (`1.2公顷`), or the heading (`面积（㎡）`). A bare number under a
bare heading is taken in the unit that the caller names, and the note says so.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from sanfu.kernel.land.areas import MU

AREA_UNITS = {
    "平方公里": Fraction(1_000_000), "平方千米": Fraction(1_000_000), "km2": Fraction(1_000_000), "km²": Fraction(1_000_000),
    "公顷": Fraction(10_000), "ha": Fraction(10_000), "hm2": Fraction(10_000), "hm²": Fraction(10_000),
    "万平方米": Fraction(10_000), "万㎡": Fraction(10_000), "万m2": Fraction(10_000), "万m²": Fraction(10_000), "万平": Fraction(10_000),
    "万亩": MU * 10_000, "亩": MU, "mu": MU,
    "平方米": Fraction(1), "平米": Fraction(1), "㎡": Fraction(1), "m2": Fraction(1), "m²": Fraction(1), "平方": Fraction(1), "sqm": Fraction(1),
}  # fmt: skip
MONEY_UNITS = {
    "亿元": Fraction(10_000), "亿": Fraction(10_000), "百万元": Fraction(100), "万元": Fraction(1), "万": Fraction(1),
    "千元": Fraction(1, 10), "元": Fraction(1, 10_000), "wan": Fraction(1), "yuan": Fraction(1, 10_000),
}  # fmt: skip
_NUMBER = re.compile(r"^\s*[约共计￥¥]*\s*([-+]?\d[\d,，]*(?:\.\d+)?|[-+]?\.\d+)\s*(.*?)\s*$")
_BRACKET = re.compile(r"[（(\[【/]\s*([^）)\]】]+?)\s*[）)\]】]?\s*$")
EMPTY = frozenset(("", "-", "—", "/", "无", "未知", "不详", "n/a", "null", "none", "#n/a", "暂无", "待定"))


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` in m² or 万元, None when the cell says nothing; `note` when something was converted or assumed."""

    value: Fraction | None
    unit: str = ""
    note: str = ""


def read_area(raw: object, heading: str = "", assumed: str = "亩") -> Reading:
    """Square metres of a cell. ValueError when the cell holds something that is no area."""
    return _read(raw, heading, AREA_UNITS, assumed, "面积")


def read_money(raw: object, heading: str = "", assumed: str = "万元") -> Reading:
    """万元 of a cell. ValueError when the cell holds something that is no amount of money."""
    return _read(raw, heading, MONEY_UNITS, assumed, "金额")


def _read(raw: object, heading: str, units: dict[str, Fraction], assumed: str, what: str) -> Reading:
    text = "" if raw is None else str(raw).strip()
    if text.lower() in EMPTY:
        return Reading(None)
    found = _NUMBER.match(text)
    if found is None:
        raise ValueError(f"{what}“{text}”读不成数；写成 12.5{assumed} 这样")
    number = Fraction(found[1].replace(",", "").replace("，", ""))
    own, headed = found[2].strip(), unit_in(heading, units)
    if own:
        unit = next((u for u in units if u.lower() == own.lower()), None)
        if unit is None:
            raise ValueError(f"{what}“{text}”的单位“{own}”不认识；可用 {'、'.join(list(units)[:8])}")
        clash = headed and units[headed] != units[unit]
        note = f"表头写的是{headed}，这一格写的是{unit}，按这一格" if clash else ""
        return Reading(number * units[unit], unit, note)
    if headed:
        return Reading(number * units[headed], headed)
    return Reading(number * units[assumed], assumed, f"{what}没有写单位，按{assumed}算")


def unit_in(heading: str, units: dict[str, Fraction]) -> str:
    """The unit that a heading names, in brackets or at its end; empty when it names none."""
    bracket = _BRACKET.search(heading)
    inner = bracket[1].strip().lower() if bracket else ""
    for unit in units:
        if inner == unit.lower():
            return unit
    plain = heading.strip().lower()
    return next((u for u in units if len(u) > 1 and plain.endswith(("_" + u.lower(), u.lower()))), "")
