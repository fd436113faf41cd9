"""Reference class (参照类): how finish relates to plan over past projects, unfinished ones censored (Kaplan–Meier)."""

from collections.abc import Sequence

import numpy as np

from sanfu.kernel.forecasting.model import Course, Floats


def masses(ratios: Floats, finished: Sequence[bool]) -> Floats:
    """Probability of each observation: Kaplan–Meier jumps at finished ones, zero at censored ones.

    What is left beyond the last finished observation is put on it (Efron), so the masses add up to one.
    """
    ended = np.asarray(finished, dtype=bool)
    out = np.zeros(len(ratios))
    if not ended.any():
        return out
    places = np.lexsort((~ended, ratios))  # at equal ratios, finished before censored
    surviving, at_risk = 1.0, len(ratios)
    for place in places:
        if ended[place]:
            out[place] = surviving / at_risk
            surviving -= out[place]
        at_risk -= 1
    last = max(np.flatnonzero(ended), key=lambda k: ratios[k])
    out[last] += surviving
    return out


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """Weighted quantile with the (n+1) rule, so that a new draw lies below it with probability `share`.

    `n` is Kish's effective number of observations; the value between two observations is interpolated.
    """
    kept = weights > 0
    order = np.argsort(values[kept], kind="stable")
    sorted_values, sorted_weights = values[kept][order], weights[kept][order]
    total = sorted_weights.sum()
    effective = total**2 / (sorted_weights**2).sum()
    middle = (np.cumsum(sorted_weights) - sorted_weights / 2) / total
    wanted = (share * (effective + 1) - 0.5) / effective
    return float(np.interp(wanted, middle, sorted_values))


def ratio_of(course: Course) -> tuple[float, bool] | None:
    """Finish over plan and whether it has finished; None when nothing is planned or it was never looked at."""
    planned = course.planned
    if planned <= 0:
        return None
    if course.taken is not None:
        return course.taken / planned, True
    if course.seen is None or course.seen <= course.start:
        return None
    return (course.seen - course.start).days / planned, False


def reference(history: Sequence[Course], beyond: float = 0.0) -> tuple[Floats, Floats]:
    """Ratios of finish to plan and their masses; `beyond` keeps those above the share already passed."""
    seen = [found for course in history if (found := ratio_of(course)) is not None]
    ratios = np.array([ratio for ratio, _ in seen], dtype=float)
    return ratios, left(ratios, masses(ratios, [ended for _, ended in seen]), beyond)


def left(ratios: Floats, weights: Floats, beyond: float) -> Floats:
    """The masses above the share already passed; all of them when nothing lies above it."""
    if beyond and (weights[ratios > beyond] > 0).any():
        return np.where(ratios > beyond, weights, 0.0)
    return weights
