"""The month's list (核查名单): the K firms with the highest scores that no earlier alert keeps silent."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sanfu.kernel.monitoring.panel import Bools, Floats, Ints

PAUSE = 5  # months without a second alert about the same firm
CLEARLY = 3.0  # log odds above the score of the last alert that break the pause
WEEKS = 365.25 / 12 / 7  # weeks a month


@dataclass(frozen=True)
class Alert:
    """A firm on the list of a month, with its score."""

    firm: int
    month: int
    score: float


def places(per_week: float, months: int) -> list[int]:
    """How many firms may stand on each month's list so that the weeks hold `per_week`; fractions are carried over."""
    total = [int(np.floor(per_week * WEEKS * index + 1e-9)) for index in range(months + 1)]
    return [after - before for before, after in pairwise(total)]


def best(
    scores: Floats,
    per_week: float,
    months: range,
    closed: Bools | None = None,
    pause: int = PAUSE,
    clearly: float = CLEARLY,
) -> list[Alert]:
    """Alerts of `months`: each month the best free firms, as many as the officers have places.

    scores: [firm, month]; NaN never alerts. closed: firms whose trouble is already known in a month.
    A firm is silent for `pause` months after an alert unless its score rises clearly above that alert's, because a
    false alert just before the trouble must not hide it.
    """
    silence = _Silence(scores, closed, pause, clearly)
    for month, room in zip(months, places(per_week, len(months)), strict=True):
        free = silence.free(month)
        chosen = free[np.argsort(-scores[free, month], kind="stable")][:room]
        silence.say(chosen, month)
    return silence.alerts


def best_of_month(
    scores: Floats, since: Ints, before: Floats, closed: Bools, room: int, pause: int = PAUSE
) -> Ints:
    """The `room` best free firms of one month, best first, by the same rule of silence as `best`.

    since: months since the firm's last alert; before: that alert's score; closed: its matter is still open.
    """
    free = np.isfinite(scores) & ~closed & ((since > pause) | (scores > before + CLEARLY))
    firms = np.flatnonzero(free)
    return firms[np.argsort(-scores[firms], kind="stable")][:room].astype(np.int64)


def above(
    scores: Floats,
    least: float,
    months: range,
    closed: Bools | None = None,
    pause: int = PAUSE,
    clearly: float = CLEARLY,
) -> list[Alert]:
    """Alerts of `months` by one limit for the whole time: every free firm whose score is at least `least`."""
    silence = _Silence(scores, closed, pause, clearly)
    for month in months:
        free = silence.free(month)
        silence.say(free[scores[free, month] >= least], month)
    return silence.alerts


def limit_for(
    scores: Floats, per_week: float, months: range, closed: Bools | None, pause: int, clearly: float
) -> float:
    """The lowest limit with which `above` stays within the workload of all months together."""
    seen = scores[:, months.start : months.stop]
    steps = np.unique(seen[np.isfinite(seen)])
    most = sum(places(per_week, len(months)))
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if len(above(scores, float(steps[middle]), months, closed, pause, clearly)) <= most:
            high = middle
        else:
            low = middle + 1
    return float(steps[low]) if low < len(steps) else float("inf")


class _Silence:
    """Who was alerted when and how loudly, and who may therefore be named again."""

    def __init__(self, scores: Floats, closed: Bools | None, pause: int, clearly: float) -> None:
        self.scores, self.closed, self.pause, self.clearly = scores, closed, pause, clearly
        self.last_month = np.full(scores.shape[0], -1000)
        self.last_score = np.full(scores.shape[0], -np.inf)
        self.alerts: list[Alert] = []

    def free(self, month: int) -> Ints:
        now = self.scores[:, month]
        free = (month - self.last_month > self.pause) | (now > self.last_score + self.clearly)
        free &= np.isfinite(now)
        if self.closed is not None:
            free &= ~self.closed[:, month]
        return np.flatnonzero(free).astype(np.int64)

    def say(self, firms: Ints, month: int) -> None:
        self.last_month[firms], self.last_score[firms] = month, self.scores[firms, month]
        self.alerts += [Alert(int(firm), month, float(self.scores[firm, month])) for firm in firms]
