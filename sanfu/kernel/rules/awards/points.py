"""分值制: awards are points, and the price of a point is the pool divided by all points of the year."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Shares:
    """`price` in 分 per point (exact); `paid` in whole 分, adding up to the pool."""

    price: Fraction
    paid: dict[str, int]


def share_pool(points: Mapping[str, Fraction | int], pool: int) -> Shares | None:
    """Divide `pool` (分) by points, largest remainder first; None when nobody has points."""
    total = sum((Fraction(p) for p in points.values()), Fraction(0))
    if total <= 0:
        return None
    price = Fraction(pool) / total
    exact = {name: price * Fraction(p) for name, p in points.items()}
    paid = {name: value.__floor__() for name, value in exact.items()}
    rest = pool - sum(paid.values())
    by_remainder = sorted(exact, key=lambda name: (paid[name] - exact[name], list(exact).index(name)))
    for name in by_remainder[: max(rest, 0)]:
        paid[name] += 1
    return Shares(price, paid)
