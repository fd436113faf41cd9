"""The usual range of a share: a beta-binomial law fitted over unit-months, some of which may be false, and how one unit-month compares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, logit

CLEAN = 0.8  # the part of unit-months, lowest shares first, that the search begins with
OUT = 1e-3  # what is less likely than this is left out of the next fit
ROUNDS = 6
LEAST_WEIGHT, MOST_WEIGHT = 5.0, 5000.0
Floats = NDArray[np.float64]


def tails(rows: int, share: float, weight: float) -> Floats:
    """P(hits ≥ k) for k = 0 … rows under a beta-binomial law with a mean share and a weight in rows."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    a, b = share * weight, (1 - share) * weight
    k = np.arange(rows + 1)
    log = (
        gammaln(rows + 1)
        - gammaln(k + 1)
        - gammaln(rows - k + 1)
        + betaln(k + a, rows - k + b)
        - betaln(a, b)
    )
    found: Floats = np.clip(np.cumsum(np.exp(log)[::-1])[::-1], 0.0, 1.0)
    return found


@dataclass(frozen=True, slots=True)
class Usual:
    """Mean share and weight (in rows) of the beta law of honest unit-months; the smaller the weight, the more they differ."""

    mean: float
    weight: float


def fit(hits: Floats, rows: Floats, means: Floats) -> Usual:
    """The law of hits whose shares lie around `means` times one factor (the mean found).

    By forward search: begin with the lowest shares, take in whatever the law does not find unlikely, fit again. A few
    unit-months with planted hits thus widen nothing; where all differ, the law becomes wide and accuses nobody.
    """
    share = hits / rows / means
    kept = share <= np.quantile(share, CLEAN)
    usual = _likeliest(hits[kept], rows[kept], means[kept])
    for _ in range(ROUNDS):
        chance = [
            tails(int(n), usual.mean * m, usual.weight)[int(k)]
            for k, n, m in zip(hits, rows, means, strict=True)
        ]
        now = np.array(chance) >= OUT
        if np.array_equal(now, kept):
            break
        kept = now
        usual = _likeliest(hits[kept], rows[kept], means[kept])
    return usual


def _likeliest(hits: Floats, rows: Floats, means: Floats) -> Usual:
    factor = (hits.sum() + 0.5) / ((rows * means).sum() + 1)

    def loss(at: Floats) -> float:
        weight = float(np.exp(np.clip(at[1], np.log(LEAST_WEIGHT), np.log(MOST_WEIGHT))))
        share = np.clip(float(expit(at[0])) * means, 1e-6, 1 - 1e-6)
        a, b = share * weight, (1 - share) * weight
        # A weak prior keeps the weight finite where units differ by no more than chance.
        return -float(np.sum(betaln(hits + a, rows - hits + b) - betaln(a, b))) + 0.02 * float(at[1] - 5) ** 2

    begin = np.array([logit(min(max(factor, 1e-4), 1 - 1e-4)), 4.0])
    found = minimize(loss, begin, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3})
    return Usual(float(expit(found.x[0])), float(np.clip(np.exp(found.x[1]), LEAST_WEIGHT, MOST_WEIGHT)))
