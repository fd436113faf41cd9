"""Calibration (校准与弃权): how sure a suggestion is, which threshold keeps a promised precision, and what fits no item.

A message outside the list (清单外) shows four signs, each made comparable on messages that are listed: the
best class score of the SVM; the best own item against the best decoy (an item kept in the index though it is
not this town's: recalled to a higher level, a county department's duty); the same for classes; and how near
the nearest past messages are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from sanfu.kernel.text.features import Floats

PASS_SHARE = 0.95  # share of listed messages that must not be flagged
SIGN_WEIGHTS = (1.0, 0.5, 0.5, 0.5)
Z_ONE_SIDED_90 = 1.2816  # one-sided 90% bound: a promise taken without a bound was broken by about a point


def lead(scores: Floats) -> Floats:
    """By how much the best class leads the second; 0 with fewer than two classes."""
    if scores.shape[1] < 2:
        return np.zeros(len(scores))
    ranked = np.sort(scores, axis=1)
    result: Floats = ranked[:, -1] - ranked[:, -2]
    return result


def wilson_lower(right: Floats, total: Floats, z: float = Z_ONE_SIDED_90) -> Floats:
    """Lower end of the Wilson interval for a share right/total."""
    share = right / total
    centre = share + z * z / (2 * total)
    spread = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    lower: Floats = (centre - spread) / (1 + z * z / total)
    return lower


def kept_threshold(
    leads: Floats, right: NDArray[np.bool_], promise: float, z: float = Z_ONE_SIDED_90
) -> float:
    """Smallest lead above which the promised precision is kept by its lower bound; infinity when none is.

    `leads` and `right` must come from messages that the model has not learned from.
    """
    if not 0 < promise < 1:
        raise ValueError(f"a promised precision lies between 0 and 1, not {promise}")
    if not len(leads):
        return float("inf")
    order = np.argsort(-leads, kind="stable")
    sorted_leads = leads[order]
    total = np.arange(1, len(order) + 1, dtype=np.float64)
    lower = wilson_lower(np.cumsum(right[order]).astype(np.float64), total, z)
    # A cut inside a run of equal leads is not a threshold: only the run's last row counts.
    last_of_run = np.append(sorted_leads[1:] < sorted_leads[:-1], True)
    kept = np.flatnonzero((lower >= promise) & last_of_run)
    return float(sorted_leads[kept[-1]]) if len(kept) else float("inf")


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    if not len(confidence):
        return 0.0
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for number in range(bins):
        inside = place == number
        if inside.any():
            error += inside.mean() * abs(float(confidence[inside].mean() - right[inside].mean()))
    return float(error)


@dataclass(frozen=True)
class Calibration:
    """Leads of messages decided without having been learned from, and whether the decision was right."""

    leads: Floats
    right: NDArray[np.bool_]
    knots: Floats
    heights: Floats

    @classmethod
    def of(cls, leads: Floats, right: NDArray[np.bool_]) -> "Calibration":
        """Isotonic: a larger lead never means less confidence."""
        model = IsotonicRegression(out_of_bounds="clip", y_min=0.0, y_max=1.0)
        model.fit(leads, right.astype(np.float64))
        return cls(leads, right, model.X_thresholds_, model.y_thresholds_)

    def confidence(self, leads: Floats) -> Floats:
        """Share of right decisions among messages with such a lead; never told surer than 99.5%."""
        return np.minimum(np.interp(leads, self.knots, self.heights), 0.995)

    def threshold(self, promise: float) -> float:
        """Smallest lead that keeps the promise."""
        return kept_threshold(self.leads, self.right, promise)


Gap = tuple[Floats, NDArray[np.bool_]]  # scores and which of their columns are the town's own


@dataclass(frozen=True)
class Outside:
    """Scale of the signs on listed messages and the score below which a message is flagged."""

    mean: Floats
    spread: Floats
    threshold: float

    @classmethod
    def of(cls, signs: Floats, pass_share: float = PASS_SHARE) -> "Outside":
        """`signs`: shape (listed messages, 4), of messages that were not learned from."""
        mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
        unset = cls(mean, spread, 0.0)
        return cls(mean, spread, float(np.quantile(unset.scores(signs), 1 - pass_share)))

    def scores(self, signs: Floats) -> Floats:
        """The larger, the more a message belongs to the list."""
        spread = np.where(self.spread > 1e-6, self.spread, np.inf)
        return np.asarray(((signs - self.mean) / spread) @ np.array(SIGN_WEIGHTS), dtype=np.float64)


def outside_signs(raw: Floats, items: Gap, classes: Gap, near: Floats, neighbours: int = 5) -> Floats:
    """The four signs, shape (messages, 4), from SVM scores of answerable classes and similarities to the past."""
    best = raw.max(axis=1) if raw.shape[1] else np.zeros(len(raw))
    nearest = -np.sort(-near, axis=1)[:, :neighbours]
    closeness = nearest.mean(axis=1) if nearest.shape[1] else np.zeros(len(raw))
    return np.stack([best, best_gap(*items), best_gap(*classes), closeness], axis=1)


def best_gap(scores: Floats, own: NDArray[np.bool_]) -> Floats:
    """Best column that is the town's own minus the best decoy; 0 when one of the two kinds is missing."""
    if own.all() or not own.any() or not len(scores):
        return np.zeros(len(scores))
    gap: Floats = scores[:, own].max(axis=1) - scores[:, ~own].max(axis=1)
    return gap
