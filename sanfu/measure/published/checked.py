"""What comes out of one published figure, and what a case says should come out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sanfu.measure.published.reading import Stated
from sanfu.measure.rules import rounded


class Result(StrEnum):
    """What recomputing a published figure shows."""

    REPRODUCED = "reproduced"  # comes out at the digits that were printed
    INCONSISTENT = "inconsistent"  # the figures given lead to another one; `difference` says by how much
    UNEXPLAINED = "unexplained"  # no rule that the figures fix leads to it; nothing is made to fit
    UNCHECKED = "unchecked"  # published without the figures that it is made of


@dataclass(frozen=True, slots=True)
class Checked:
    """One published figure recomputed. difference: published minus recomputed; None where nothing was."""

    place: str
    metric: str
    result: Result
    difference: Fraction | None = None
    recomputed: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        gap = None if self.difference is None else number(self.difference)
        return {
            "place": self.place,
            "metric": self.metric,
            "result": self.result.value,
            "difference": gap,
            "recomputed": self.recomputed,
            "note": self.note,
        }


def number(value: Fraction) -> int | float:
    """A fraction as JSON shows it: whole, or a decimal of at most six places."""
    return int(value) if value.denominator == 1 else round(float(value), 6)


def compared(place: str, metric: str, value: Fraction, published: Stated, note: str = "") -> Checked:
    """Compare a recomputed value with the printed one, at the digits that were printed.

    Bulletins round half up, half to even or cut off; the note says when only cutting off leads there.
    """
    half_up = Fraction(rounded(value, published.digits))
    even = round(value / published.step) * published.step
    cut = (value / published.step).__floor__() * published.step
    shown = str(rounded(value, max(published.digits, 2)))
    if published.value in (half_up, even):
        return Checked(place, metric, Result.REPRODUCED, Fraction(0), shown, note)
    if published.value == cut:
        note = "；".join(filter(None, (note, "按截断取位才得到公布值")))
        return Checked(place, metric, Result.REPRODUCED, Fraction(0), shown, note)
    return Checked(place, metric, Result.INCONSISTENT, published.value - half_up, shown, note)


def expected(raw: Mapping[str, Any]) -> tuple[int, int] | bool | None:
    """What a case says of itself: True, False, (14, 14) for "14/14（…）"; None when it says nothing."""
    said = raw.get("reproduced")
    if said is None or isinstance(said, bool):
        return said
    found = re.match(r"\s*(\d+)\s*/\s*(\d+)", str(said))
    return (int(found.group(1)), int(found.group(2))) if found else None


def as_said(said: tuple[int, int] | bool | None, found: list[Checked]) -> bool:
    """Does what came out agree with what the case says of itself? Saying nothing asks for nothing."""
    hits = sum(one.result is Result.REPRODUCED for one in found)
    if said is None:
        return True
    if isinstance(said, tuple):
        return hits == said[0] and len(found) == said[1]
    return bool(found) and (hits == len(found)) == said
