"""按产业结构比较 (case mix): a park's ratio against what the same industries make on average in all parks together."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class MixFirm:
    """One firm: its park and industry, and numerator and denominator of the ratio (税收 and 亩, say)."""

    park: str
    industry: str
    numerator: Fraction
    denominator: Fraction


@dataclass(frozen=True, slots=True)
class Mixed:
    """One park. `ratio`: observed ÷ expected, 1 is as its industries are elsewhere; `low`, `high`: when any one firm is left out."""

    park: str
    firms: int
    plain: Fraction
    expected: Fraction
    ratio: Fraction | None
    low: Fraction | None
    high: Fraction | None
    few: bool
    alone: tuple[str, ...]


def compare(firms: Sequence[MixFirm], fewest: int = 30) -> list[Mixed]:
    """Indirect standardisation by industry; parks in the order they appear.

    `few`: below `fewest` firms, chance weighs too much. `alone`: industries that no other park has, which compare with
    themselves. ValueError when a denominator is not positive.
    """
    for firm in firms:
        if firm.denominator <= 0:
            raise ValueError(f"{firm.park} {firm.industry}：分母应是正数")
    rates = _rates(firms)
    homes: dict[str, set[str]] = {}
    for firm in firms:
        homes.setdefault(firm.industry, set()).add(firm.park)
    return [_one(park, firms, rates, homes, fewest) for park in dict.fromkeys(f.park for f in firms)]


def _rates(firms: Sequence[MixFirm]) -> dict[str, Fraction]:
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for firm in firms:
        above, below = sums.get(firm.industry, (Fraction(0), Fraction(0)))
        sums[firm.industry] = (above + firm.numerator, below + firm.denominator)
    return {industry: above / below for industry, (above, below) in sums.items()}


def _one(
    park: str, firms: Sequence[MixFirm], rates: dict[str, Fraction], homes: dict[str, set[str]], fewest: int
) -> Mixed:
    own = [firm for firm in firms if firm.park == park]
    above, below = (
        sum((f.numerator for f in own), Fraction(0)),
        sum((f.denominator for f in own), Fraction(0)),
    )
    expected = sum((f.denominator * rates[f.industry] for f in own), Fraction(0))
    without = [
        (above - f.numerator) / rest
        for f in own
        if (rest := expected - f.denominator * rates[f.industry]) > 0
    ]
    return Mixed(
        park, len(own), above / below, expected / below, above / expected if expected > 0 else None,
        min(without, default=None), max(without, default=None), len(own) < fewest,
        tuple(i for i in dict.fromkeys(f.industry for f in own) if homes[i] == {park}),
    )  # fmt: skip
