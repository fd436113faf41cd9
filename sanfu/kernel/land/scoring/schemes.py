"""Evaluation schemes (评价方案): indicators with weights and bases, caps, missing rules, exclusions, vetoes, grades.

`reading` makes one from YAML or JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

HUNDRED = Decimal(100)
ANYWHERE = "*"


class SchemeError(ValueError):
    """A scheme that cannot be used; the message says what is wrong and what to write."""


class Missing(StrEnum):
    """What a missing indicator gets."""

    MEAN = "平均得分"
    ZERO = "计零分"
    OPEN = "不能评价"
    FULL = "计基准分"


class Rounding(StrEnum):
    """How a share of firms becomes a whole number."""

    FLOOR = "向下取整"
    HALF_UP = "四舍五入"
    CEILING = "向上取整"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One scored indicator. `bases` by (year, district); `times_mean` sets the base from the firms' mean."""

    name: str
    weight: Decimal
    key: str = ""  # the name under which a firm's figure is kept: that of the shared definitions, else `name`
    unit: str = ""
    bases: Mapping[tuple[int, str], Decimal] = field(default_factory=dict)
    times_mean: Decimal | None = None
    cap: Decimal | None = None
    missing: Missing = Missing.OPEN
    numerator: str = ""
    denominator: str = ""
    lower_is_better: bool = False

    def base(self, year: int, district: str = "") -> Decimal | None:
        """The base of a year and district; the county-wide one when the district has none."""
        for key in ((year, district), (year, ANYWHERE), (0, district), (0, ANYWHERE)):
            if key in self.bases:
                return self.bases[key]
        return None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A firm is not evaluated while `fact` is younger than `years`, or when `fact` is true (years 0)."""

    id: str
    name: str
    fact: str
    years: int = 0
    grade: str = "T"
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Veto:
    """A true `fact` sends the firm to the last grade."""

    id: str
    name: str
    fact: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Grades:
    """Names with cumulative percent bounds, how quotas round, and whether ties at a line go up."""

    names: tuple[str, ...] = ()
    until: tuple[Decimal, ...] = ()
    rounding: Rounding = Rounding.HALF_UP
    ties_up: bool = True


@dataclass(frozen=True, slots=True)
class Scheme:
    """A complete scheme; `sets` by name (upper 规上, lower 规下, or any other)."""

    id: str
    name: str
    year: int
    region: str
    mark: str
    source: str
    sets: Mapping[str, tuple[Indicator, ...]]
    floor: Decimal | None = Decimal(0)
    bonus_limit: Decimal | None = None
    grades: Grades = Grades()
    exclusions: tuple[Exclusion, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    notes: tuple[str, ...] = ()

    def set_named(self, word: str) -> str:
        """The set meant by upper, 规上, 1 …; SchemeError names those there are."""
        plain = SET_NAMES.get(word.strip().lower(), word.strip())
        if plain in self.sets:
            return plain
        if not word.strip() and len(self.sets) == 1:
            return next(iter(self.sets))
        known = "、".join(SET_LABELS.get(s, s) for s in self.sets)
        raise SchemeError(f"方案 {self.id} 没有“{word}”这一套指标；有 {known}")

    def without_base(self) -> list[str]:
        """Indicators that have neither a base nor a rule to make one: such a scheme cannot score yet."""
        return [
            f"{SET_LABELS.get(s, s)} {i.name}"
            for s, group in self.sets.items()
            for i in group
            if not i.bases and i.times_mean is None
        ]


SET_NAMES = {
    "upper": "upper", "规上": "upper", "规模以上": "upper", "规上工业": "upper", "above": "upper", "big": "upper",
    "lower": "lower", "规下": "lower", "规模以下": "lower", "规下工业": "lower", "below": "lower", "small": "lower",
    "是": "upper", "true": "upper", "1": "upper", "否": "lower", "false": "lower", "0": "lower",
}  # fmt: skip
SET_LABELS = {"upper": "规上", "lower": "规下"}
