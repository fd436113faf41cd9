"""Fair comparison of units (可比): what is due by the kinds of request they got, and who stands out. Pure.

A unit that gets the hard kinds of requests must not look worse than others. We compare the bad outcomes of a unit (未达:
late, unsatisfied, redone) with the number that it would have at the county's average rate for each kind of request
(indirect standardisation). Bad outcomes are counted, not good ones, because they are the rare side: a unit without any
has 100%, never more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sanfu.measure.rules import Figure, Indicator, Tally


@dataclass(frozen=True, slots=True)
class Adjusted:
    """难度调整: a unit's ratio as it would be with the county's mix of kinds.

    observed, expected: unwanted rows found, and due by the county's rate of each kind. whole: the county's share of
    unwanted rows. share: of the indicator as it is shown (0 … 1); None when no unwanted row was to be expected.
    """

    observed: int
    expected: Fraction
    whole: Fraction
    share: Fraction | None


def unwanted(one: Indicator, found: Tally) -> int:
    """未达件数: rows that a good unit has few of."""
    return found.denominator - found.numerator if one.higher_is_better else found.numerator


def adjusted(one: Indicator, own: Mapping[str, Tally], whole: Mapping[str, Tally]) -> Adjusted:
    """A unit's tallies by kind of request against the county's, which must hold every kind that the unit has.

    未达数 ÷ 应有未达数 × 全市未达率, where 应有未达数 = Σ 本单位该类件数 × 全市该类未达率.
    """
    observed = sum(unwanted(one, found) for found in own.values())
    expected = sum(
        (
            Fraction(found.denominator * unwanted(one, whole[kind]), whole[kind].denominator)
            for kind, found in own.items()
            if found.denominator
        ),
        Fraction(0),
    )
    rows = sum(found.denominator for found in whole.values())
    rate = Fraction(sum(unwanted(one, found) for found in whole.values()), max(rows, 1))
    if not expected:
        return Adjusted(observed, expected, rate, None)
    share = min(observed / expected * rate, Fraction(1))
    return Adjusted(observed, expected, rate, 1 - share if one.higher_is_better else share)


def stands_out(one: Indicator, own: Figure, whole: Figure) -> int:
    """1 when a unit is surely better than the county, -1 when surely worse, 0 when chance may explain it.

    Sure: not a small sample, and the county's share lies outside the unit's 95% range.
    """
    return 0 if whole.value is None else _beside(one, _range(own), (float(whole.value), float(whole.value)))


def moved(one: Indicator, now: Figure, before: Figure) -> int:
    """1 when a ratio is surely better than a year before, -1 when surely worse, 0 when the 95% ranges meet."""
    return _beside(one, _range(now), _range(before))


def _range(found: Figure) -> tuple[float, float] | None:
    """The 95% range of a ratio that is not a small sample."""
    if found.small or found.low is None or found.high is None:
        return None
    return found.low, found.high


def _beside(one: Indicator, own: tuple[float, float] | None, other: tuple[float, float] | None) -> int:
    if own is None or other is None or (own[0] <= other[1] and other[0] <= own[1]):
        return 0
    return 1 if (own[0] > other[1]) == one.higher_is_better else -1
