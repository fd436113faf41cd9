"""预测: the next week's count with an interval, and how forecasts of past weeks held against what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom

FIRST = 12  # weeks before the first forecast
BAND = 0.8
SLOW = (0.05, 0.1, 0.2, 0.35)  # how much the last week counts
FAST = (0.6, 1.0)  # a wave (疫情、学期、采暖) moves faster than any smoothing; 1: as last week
TREND = 0.7  # how much of the last rise is expected to go on
SPREADS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
MEMORY = 8


@dataclass(frozen=True, slots=True)
class Forecast:
    """Mean and the band that holds four weeks of five."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Held:
    """Forecasts from many origins against what happened: error relative to “as last week” (MASE), share inside the band."""

    origins: int
    mase: float
    inside: float


def _smoothed(counts: Sequence[int], decay: float) -> float:
    level = float(np.mean(counts[:4]))
    for one in counts[4:]:
        level += decay * (one - level)
    return level


def _means(counts: Sequence[int]) -> list[float]:
    """Candidates: smoothing slow and fast, the mean of the last eight weeks, half of each, the last rise going on."""
    slow = [_smoothed(counts, decay) for decay in SLOW]
    fast = [_smoothed(counts, decay) for decay in FAST]
    recent = float(np.mean(counts[-MEMORY:]))
    return [*slow, *fast, recent, *((one + recent) / 2 for one in slow), *_rising(counts)]


def _rising(counts: Sequence[int]) -> list[float]:
    """The last week with part of its rise over the week before, and of two weeks' over the two before."""
    if len(counts) < 4:
        return []
    week = counts[-1] - counts[-2]
    fortnight = (counts[-1] + counts[-2] - counts[-3] - counts[-4]) / 2
    return [max(counts[-1] + TREND * rise, 0.0) for rise in (week, fortnight)]


def forecast(counts: Sequence[int]) -> Forecast:
    """The next week after these: candidates weighted by their errors so far, spread as it was around them."""
    past = range(max(len(counts) - 26, MEMORY), len(counts))
    said = np.array([_means(counts[:origin]) for origin in past])
    happened = np.array([counts[origin] for origin in past], dtype=float)
    now = np.array(_means(counts))
    if not len(said):
        mean, spread = float(np.mean(counts)) if counts else 0.0, SPREADS[2]
    else:
        errors = np.abs(said - happened[:, None]).mean(axis=0)
        weights = np.exp(-4 * (errors / max(errors.min(), 0.25) - 1))
        weights /= weights.sum()
        mean, spread = float(now @ weights), _spread(said @ weights, happened)
    return _band(mean, spread)


def _spread(means: np.ndarray, happened: np.ndarray) -> float:
    """The spread under which what happened is likeliest, drawn a little toward the usual one."""
    size = [1 / max(one, 1e-6) for one in SPREADS]
    means = np.maximum(means, 0.1)
    likely = [
        float(nbinom.logpmf(happened, r, r / (r + means)).sum()) - 0.5 * (one - 0.05) ** 2 / 0.02
        for one, r in zip(SPREADS, size, strict=True)
    ]
    return SPREADS[int(np.argmax(likely))]


def _band(mean: float, spread: float) -> Forecast:
    mean = max(mean, 0.1)
    size = 1 / max(spread + 0.5 / (MEMORY * mean), 1e-6)
    low, high = (int(nbinom.ppf(at, size, size / (size + mean))) for at in ((1 - BAND) / 2, (1 + BAND) / 2))
    return Forecast(mean, low, high)


def held(counts: Sequence[int], first: int = FIRST) -> Held:
    """Forecast every week from `first` on by the weeks before it alone, and compare."""
    origins = range(first, len(counts))
    said = [forecast(counts[:origin]) for origin in origins]
    naive = np.mean([abs(counts[n] - counts[n - 1]) for n in range(1, len(counts))]) or 1.0
    error = np.mean([abs(one.mean - counts[n]) for one, n in zip(said, origins, strict=True)])
    inside = np.mean([one.low <= counts[n] <= one.high for one, n in zip(said, origins, strict=True)])
    return Held(len(said), float(error / naive), float(inside))
