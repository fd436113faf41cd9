"""排名与漏斗: shares of units pulled toward the county's by what their own spread says, limits that chance explains. Pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
STRONGEST = 10_000.0  # prior weight where units differ by no more than chance


@dataclass(frozen=True, slots=True)
class Place(Generic[K]):
    """One unit of a league table: raw and shrunk share, rank by the shrunk one; None below the smallest sample.

    outside: 1 above the upper limit of the funnel, -1 below the lower one, 0 within what chance explains.
    """

    unit: K
    hits: int
    rows: int
    raw: float
    shrunk: float
    rank: int | None
    outside: int


def strength(units: Mapping[K, tuple[int, int]]) -> tuple[float, float]:
    """Mean share and prior weight (in rows) of a beta distribution, by moments over units given as (hits, rows).

    The less units differ beyond chance, the larger the weight: M = p(1−p)/τ² − 1 with τ² the variance between units.
    """
    kept = [(hits, rows) for hits, rows in units.values() if rows > 0]
    rows_all = sum(rows for _, rows in kept)
    if not rows_all:
        return 0.0, STRONGEST
    mean = sum(hits for hits, _ in kept) / rows_all
    if len(kept) < 2 or mean in (0.0, 1.0):
        return mean, STRONGEST
    spread = sum(rows * (hits / rows - mean) ** 2 for hits, rows in kept)
    within = mean * (1 - mean)
    scale = rows_all - sum(rows * rows for _, rows in kept) / rows_all
    between = (spread - (len(kept) - 1) * within) / scale if scale > 0 else 0.0
    if between <= 0:
        return mean, STRONGEST
    return mean, min(max(within / between - 1, 1.0), STRONGEST)


def limits(mean: float, rows: int, z: float = 3.0) -> tuple[float, float]:
    """The funnel: between these a unit of so many rows lies by chance (three standard errors)."""
    half = z * sqrt(mean * (1 - mean) / rows) if rows else 1.0
    return max(mean - half, 0.0), min(mean + half, 1.0)


def league(
    units: Mapping[K, tuple[int, int]], smallest: int, higher_is_better: bool = True
) -> list[Place[K]]:
    """Units by their shrunk share, best first; those below the smallest sample come last without a rank."""
    mean, weight = strength(units)
    found = []
    for unit, (hits, rows) in units.items():
        if rows:
            low, high = limits(mean, rows)
            raw, shrunk = hits / rows, (hits + weight * mean) / (rows + weight)
            found.append(
                Place(unit, hits, rows, raw, shrunk, None, 1 if raw > high else -1 if raw < low else 0)
            )
    found.sort(
        key=lambda one: (one.rows < smallest, -one.shrunk if higher_is_better else one.shrunk, -one.rows)
    )
    ranked, rank = [], 0
    for place, one in enumerate(found):
        if one.rows >= smallest:
            same = place and found[place - 1].shrunk == one.shrunk
            rank = rank if same and rank else place + 1
            one = Place(one.unit, one.hits, one.rows, one.raw, one.shrunk, rank, one.outside)
        ranked.append(one)
    return ranked
