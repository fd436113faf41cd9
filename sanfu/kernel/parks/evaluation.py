"""园区评价: points item by item, the span of each score under input error, and the ranks that the spans leave open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanfu.kernel.parks.scheme import Item, ParkScheme

Values = Mapping[str, Fraction | None]
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """Points of one item with the least and the most that input error leaves open; None where the value is missing."""

    item: Item
    value: Fraction | None
    points: Fraction | None
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class ParkScore:
    """One park: lines, total, rank, and the ranks that are possible within input error."""

    park: str
    lines: tuple[ItemScore, ...]
    total: Fraction
    low: Fraction
    high: Fraction
    rank: int
    best: int
    worst: int
    missing: tuple[str, ...]


def evaluate(scheme: ParkScheme, parks: Mapping[str, Values], error: Fraction) -> list[ParkScore]:
    """Scores of the parks in the order given; compare only parks of one class.

    error: relative, 0.05 is 5 %. Every input may be off by it independently; spans are exact for targets and given
    scores, and never too narrow for 极差 and 百分位, where one park's error moves the others too. ValueError for a
    negative error or one of 1 and more.
    """
    if not 0 <= error < 1:
        raise ValueError("输入误差应在 0 与 100% 之间")
    drafts = {park: _lines(scheme, park, parks, error) for park in parks}
    spans = {park: _totals(scheme, lines) for park, lines in drafts.items()}
    return [_placed(park, drafts[park], spans) for park in parks]


def _placed(
    park: str, lines: tuple[ItemScore, ...], spans: Mapping[str, tuple[Fraction, Fraction, Fraction]]
) -> ParkScore:
    total, low, high = spans[park]
    others = [span for name, span in spans.items() if name != park]
    return ParkScore(
        park, lines, total, low, high,
        1 + sum(o[0] > total for o in others), 1 + sum(o[1] > high for o in others), 1 + sum(o[2] > low for o in others),
        tuple(line.item.name for line in lines if line.points is None),
    )  # fmt: skip


def _totals(scheme: ParkScheme, lines: Sequence[ItemScore]) -> tuple[Fraction, Fraction, Fraction]:
    there = [line for line in lines if line.points is not None]
    weight = sum((line.item.weight for line in there), ZERO)
    scale = Fraction(100) / weight if scheme.missing == "skip" and weight else ONE
    points = sum((line.points for line in there if line.points is not None), ZERO)
    return (
        points * scale,
        sum((line.low for line in there), ZERO) * scale,
        sum((line.high for line in there), ZERO) * scale,
    )


def _lines(
    scheme: ParkScheme, park: str, parks: Mapping[str, Values], error: Fraction
) -> tuple[ItemScore, ...]:
    return tuple(_line(item, park, parks, error) for item in scheme.items)


def _line(item: Item, park: str, parks: Mapping[str, Values], error: Fraction) -> ItemScore:
    value = parks[park].get(item.name)
    if value is None:
        return ItemScore(item, None, None, ZERO, ZERO)
    others = [v for name, row in parks.items() if name != park and (v := row.get(item.name)) is not None]
    share = SHARES[item.measure]
    middle = share(item, value, others)
    own, rest = _span(value, error), [_span(v, error) for v in others]
    worse, better = (own[0], own[1]) if item.up else (own[1], own[0])
    low = share(item, worse, [b if item.up else a for a, b in rest])
    high = share(item, better, [a if item.up else b for a, b in rest])
    return ItemScore(item, value, middle * item.weight, low * item.weight, high * item.weight)


def _span(value: Fraction, error: Fraction) -> tuple[Fraction, Fraction]:
    return value - abs(value) * error, value + abs(value) * error


def _target(item: Item, value: Fraction, others: Sequence[Fraction]) -> Fraction:
    """Share of the target, at most 1; of a down item the target over the value."""
    assert item.target is not None
    if item.up:
        return min(ONE, max(ZERO, value / item.target))
    return ONE if value <= item.target else item.target / value


def _range(item: Item, value: Fraction, others: Sequence[Fraction]) -> Fraction:
    """Place between worst and best; all equal is full."""
    least, most = min([value, *others]), max([value, *others])
    if least == most:
        return ONE
    return (value - least if item.up else most - value) / (most - least)


def _percentile(item: Item, value: Fraction, others: Sequence[Fraction]) -> Fraction:
    """Share of the others that are worse, ties by half; alone is full."""
    if not others:
        return ONE
    worse = sum(o < value if item.up else o > value for o in others)
    return (worse + Fraction(sum(o == value for o in others), 2)) / len(others)


SHARES: Mapping[str, Callable[[Item, Fraction, Sequence[Fraction]], Fraction]] = {
    "target": _target, "score": _target, "range": _range, "percentile": _percentile,
}  # fmt: skip
