"""Numbers, formulas and rule texts as bulletins state them, as exact fractions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from sanfu.measure.rules import Scoring

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FULL_WIDTH = str.maketrans("（）＋－−×＊÷／：，％", "()+--**//:,%")


class BadCase(ValueError):
    """A case that cannot be read; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as it was printed: its value and the digits after the point."""

    value: Fraction
    digits: int

    @property
    def step(self) -> Fraction:
        """One unit of the last printed digit."""
        return Fraction(1, 10**self.digits)


def stated(raw: Any) -> Stated | None:
    """Read 82.8, "82.8%" or "1,484.36万件"; None for what is no number. JSON must be read with Decimal."""
    if isinstance(raw, bool) or raw is None:
        return None
    text = str(raw).translate(_FULL_WIDTH).replace(",", "")
    found = _NUMBER.search(text)
    if found is None or (not isinstance(raw, int | float | Decimal) and not _plain(text, found.group())):
        return None
    try:
        number = Decimal(found.group())
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    return Stated(Fraction(number), max(0, -exponent) if isinstance(exponent, int) else 0)


def _plain(text: str, number: str) -> bool:
    """Is the text a number with at most a unit behind it?"""
    return bool(re.fullmatch(rf"\s*{re.escape(number)}\s*(?:%|[^\d/()]*)", text))


def percent_in(label: str) -> Fraction | None:
    """The rate that a label carries in brackets, in percent: 按时办结(80%) or 及时签收(6/7)."""
    found = re.search(r"\(([^()]*)\)", label.translate(_FULL_WIDTH))
    if found is None:
        return None
    inside = found.group(1).strip()
    if share := re.fullmatch(r"(\d+)\s*/\s*(\d+)", inside):
        below = int(share.group(2))
        return Fraction(int(share.group(1)) * 100, below) if below else None
    number = stated(inside)
    return number.value if number and "%" in inside else None


# --- arithmetic over names ---

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([^\s\d()+\-*/][^\s()+\-*/]*)|([()+\-*/]))")


def evaluate(formula: str, values: Mapping[str, Fraction]) -> Fraction:
    """The value of a formula such as (抽查−不满意)/抽查 or 0.2办结+0.3满意; BadCase for unknown names."""
    tokens = _tokens(formula)
    value, rest = _sum(tokens, values)
    if rest:
        raise BadCase(f"公式“{formula}”在“{rest[0]}”处读不懂。")
    return value


def _tokens(formula: str) -> list[str]:
    text, found, place = _shares(formula.translate(_FULL_WIDTH).strip()), [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise BadCase(f"公式“{formula}”读不懂。")
        found.append(match.group().strip())
        place = match.end()
    return found


def _shares(text: str) -> str:
    """A formula with its percentages as decimals: 40% of a column is 0.4 of it."""
    return re.sub(r"(\d+(?:\.\d+)?)%", lambda m: str(Decimal(m.group(1)) / 100), text)


def _sum(tokens: list[str], values: Mapping[str, Fraction]) -> tuple[Fraction, list[str]]:
    value, rest = _product(tokens, values)
    while rest and rest[0] in "+-":
        other, after = _product(rest[1:], values)
        value, rest = (value + other if rest[0] == "+" else value - other), after
    return value, rest


def _product(tokens: list[str], values: Mapping[str, Fraction]) -> tuple[Fraction, list[str]]:
    value, rest = _atom(tokens, values)
    while rest and rest[0] not in "+-)":
        divide, after = rest[0] == "/", rest[1:] if rest[0] in "*/" else rest  # 0.2办结 means 0.2×办结
        other, rest = _atom(after, values)
        if divide and not other:
            raise BadCase("公式的除数为零。")
        value = value / other if divide else value * other
    return value, rest


def _atom(tokens: list[str], values: Mapping[str, Fraction]) -> tuple[Fraction, list[str]]:
    if not tokens:
        raise BadCase("公式不完整。")
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        value, rest = _sum(rest, values)
        if not rest or rest[0] != ")":
            raise BadCase("公式的括号不配对。")
        return value, rest[1:]
    if _NUMBER.fullmatch(head):
        return Fraction(head), rest
    if head == "-":
        value, rest = _atom(rest, values)
        return -value, rest
    return named(head, values), rest


def named(name: str, values: Mapping[str, Fraction]) -> Fraction:
    """The value under a name; else under the only name that contains it or lies in it."""
    if name in values:
        return values[name]
    near = [key for key in values if name in key or key in name]
    if len(near) != 1:
        raise BadCase(f"公式里的“{name}”没有对应的数。")
    return values[near[0]]


# --- scoring rules told in words ---

_FULL = re.compile(r"满分\s*(\d+(?:\.\d+)?)")
_TARGET = re.compile(r"目标(?:值)?\s*(?:为|=)?\s*(\d+(?:\.\d+)?|[A-Z])")
_COST = re.compile(
    r"每(?P<way>低|少|降低|高出|高|超过|超|上升|增加)?\s*(?:于目标)?\s*(\d+(?:\.\d+)?)?\s*个?百分点\s*(?:扣|减)\s*(\d+(?:\.\d+)?)"
)
_FLOOR = re.compile(r"(?:最低|不低于|保底|下限)\s*(?:为|=)?\s*(\d+(?:\.\d+)?)")


def scorings(text: str) -> list[Scoring]:
    """Every rule that a text can mean: 满分25，目标T，每低1个百分点扣0.5，最低12.5；T=95（…），T=98（…）."""
    text = text.translate(_FULL_WIDTH)
    full, target, cost, floor = (one.search(text) for one in (_FULL, _TARGET, _COST, _FLOOR))
    if full is None or target is None or cost is None:
        return []
    name = target.group(1)
    targets = re.findall(rf"{name}\s*=\s*(\d+(?:\.\d+)?)", text) if name.isalpha() else [name]
    per_point = Fraction(cost.group(3)) / Fraction(cost.group(2) or 1)
    low = (cost.group("way") or "低") not in ("低", "少", "降低")
    lowest = Fraction(floor.group(1)) if floor else Fraction(0)
    return [Scoring(Fraction(full.group(1)), Fraction(one), per_point, lowest, low) for one in targets]
