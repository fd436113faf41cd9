"""What the next units of a factor would bring: solved again at every point, never price × amount."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanfu.kernel.allocating.limits import Limits
from sanfu.kernel.allocating.model import Model, Problem
from sanfu.kernel.allocating.solving import relaxed, weighed

STEPS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Point:
    """One more amount of a factor: gain of each tier, and what price × amount would have promised."""

    share: float
    amount: float
    gains: tuple[tuple[int, float], ...]
    price_times_amount: float

    @property
    def gain(self) -> float:
        return sum(gain for _, gain in self.gains)


@dataclass(frozen=True)
class Curve:
    """Gains of one factor at growing supply, from the linear relaxation (parts of projects allowed)."""

    factor: int
    points: tuple[Point, ...]


def curves(problem: Problem, steps: Sequence[float] = STEPS) -> list[Curve]:
    """A curve for every factor of a problem, the other factors held."""
    model = Model(problem, all_starts=False)
    limits = Limits(model)
    base = relaxed(model, limits)
    values = weighed(model, limits)
    out = []
    for f, factor in enumerate(problem.factors):
        rows = [row for row, (which, _) in enumerate(model.rows) if which == f]
        slope = sum(float(one.prices[row] * model.ceiling[row]) for one in base for row in rows)
        points = []
        for step in steps:
            ceiling = model.ceiling.copy()
            ceiling[rows] *= 1 + step
            again = weighed(model, limits, ceiling)
            gains = tuple((tier, again[tier] - values[tier]) for tier in problem.tiers)
            points.append(Point(step, factor.total * step, gains, slope * step))
        out.append(Curve(f, tuple(points)))
    return out
