"""Which rule could have made published scores (反推): every fit over a grid, and what the scores leave open. Pure.

A score at the floor or at full marks says little; only interior points fix the slope. So the search keeps every
fit and says which parts all fits share, instead of naming the first one.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from sanfu.measure.rules import Scoring

Point = tuple[Fraction, Fraction]  # rate in percent, published score
FULLS = (5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 100)
TARGETS = (80, 85, 90, 92, 95, 96, 97, 98, 99, 100)
PER_POINT = tuple(Fraction(one) for one in ("0.1", "0.2", "0.25", "0.5", "1", "1.5", "2", "3"))
STEP = Fraction(1, 20)  # weights of composites are told in steps of five percent
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Identified:
    """Every rule that gives the published scores; `fixed` names the parts that all of them share."""

    fits: tuple[Scoring, ...]
    interior: int

    @property
    def fixed(self) -> dict[str, Fraction]:
        parts = ("full", "target", "per_point", "floor")
        return {
            part: next(iter(values))
            for part in parts
            if len(values := {getattr(one, part) for one in self.fits}) == 1
        }


def scorings_of(points: Sequence[Point], tolerance: Fraction) -> Identified:
    """All linear scoring rules of the grid that come within the tolerance of every point."""
    top, low = max(score for _, score in points), min(score for _, score in points)
    interior = len({point for point in points if low < point[1] < top})
    fits = []
    fulls = sorted({top, *map(Fraction, FULLS)})
    for full, target, cost in itertools.product(fulls, map(Fraction, TARGETS), PER_POINT):
        if full < top:
            continue
        for floor in {Fraction(0), full / 2, low}:
            rule = Scoring(full, target, cost, floor)
            if all(abs(rule.score(rate) - score) <= tolerance for rate, score in points):
                fits.append(rule)
    return Identified(tuple(fits), interior)


@dataclass(frozen=True, slots=True)
class Weights:
    """A composite score as weights of its columns plus a constant."""

    weights: tuple[Fraction, ...]
    constant: Fraction


def weights_of(
    rows: Sequence[Sequence[Fraction]], published: Sequence[Fraction], tolerance: Fraction
) -> list[Weights]:
    """Every set of weights in steps of 5% that gives the published composites; empty when the data cannot tell.

    Rows must outnumber the unknowns: else any composite could be explained and nothing is identified.
    """
    columns = len(rows[0])
    if len(rows) <= columns + 1:
        return []
    bounds = [_bounds(rows, published, tolerance, column) for column in range(columns)]
    if any(one is None for one in bounds):
        return []
    choices = [_steps(*one) for one in bounds if one is not None]
    if np.prod([len(one) for one in choices], dtype=float) > MOST:
        return []
    return [
        found
        for combination in itertools.product(*choices)
        if (found := _with_constant(combination, rows, published, tolerance)) is not None
    ]


def _bounds(
    rows: Sequence[Sequence[Fraction]], published: Sequence[Fraction], tolerance: Fraction, column: int
) -> tuple[float, float] | None:
    """Smallest and largest weight of a column that the published figures allow."""
    table = np.array([[*map(float, row), 1.0] for row in rows])
    target, slack = np.array([float(one) for one in published]), float(tolerance)
    above = np.vstack([table, -table])
    limit = np.concatenate([target + slack, slack - target])
    cost = np.zeros(table.shape[1])
    found = []
    for sign in (1.0, -1.0):
        cost[column] = sign
        ranges = [(0.0, 1.0)] * (table.shape[1] - 1) + [(None, None)]
        answer = linprog(cost, A_ub=above, b_ub=limit, bounds=ranges, method="highs")
        if not answer.success:
            return None
        found.append(float(answer.x[column]))
    return found[0], found[1]


def _steps(low: float, high: float) -> list[Fraction]:
    return [n * STEP for n in range(21) if low - 1e-6 <= float(n * STEP) <= high + 1e-6]


def _with_constant(
    weights: Sequence[Fraction],
    rows: Sequence[Sequence[Fraction]],
    published: Sequence[Fraction],
    tolerance: Fraction,
) -> Weights | None:
    """The weights with the constant that fits all rows, a whole number where one does."""
    rest = [
        total - sum((w * x for w, x in zip(weights, row, strict=True)), Fraction(0))
        for row, total in zip(rows, published, strict=True)
    ]
    low, high = max(rest) - tolerance, min(rest) + tolerance
    if low > high:
        return None
    whole = Fraction(round((low + high) / 2))
    return Weights(tuple(weights), whole if low <= whole <= high else (low + high) / 2)
