"""双重差分: did a measure help, set against what happened where nothing was done; “no visible effect” is an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt

from scipy.stats import t


class Seen(StrEnum):
    """What can be said."""

    LESS = "less"
    MORE = "more"
    NOTHING = "nothing"
    TOO_LITTLE = "too_little"


SAYS = {
    Seen.LESS: "比对照少，超出偶然", Seen.MORE: "比对照多，超出偶然", Seen.NOTHING: "看不出效果", Seen.TOO_LITTLE: "数量太少，判断不了",
}  # fmt: skip
LEAST = 10  # messages in each of the four cells
LEAST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Effect:
    """Change of the treated relative to the others: ratio with its 95 % interval, and the four weekly means."""

    seen: Seen
    ratio: float
    low: float
    high: float
    treated: tuple[float, float]
    others: tuple[float, float]


def effect(treated: Sequence[int], others: Sequence[int], begin: int) -> Effect:
    """Weekly counts of the treated topic and of comparable ones; `begin`: the first week with the measure.

    The ratio is (after ÷ before) of the treated over that of the others. Its error comes from how weeks really differ
    (never less than chance alone), so a restless series says “no visible effect” rather than a lucky one.
    """
    cells = [list(treated[:begin]), list(treated[begin:]), list(others[:begin]), list(others[begin:])]
    means = [sum(one) / len(one) if one else 0.0 for one in cells]
    pairs = ((means[0], means[1]), (means[2], means[3]))
    if min(map(sum, cells)) < LEAST or min(map(len, cells)) < LEAST_WEEKS:
        return Effect(Seen.TOO_LITTLE, float("nan"), 0.0, float("inf"), *pairs)
    middle = log(means[1] / means[0]) - log(means[3] / means[2])
    error = sqrt(
        sum(_variance(one, mean) / (len(one) * mean * mean) for one, mean in zip(cells, means, strict=True))
    )
    # Few weeks: the normal law is too sure of itself, so the half width is that of Student's law.
    half = _student(sum(map(len, cells)) - 4) * error
    seen = Seen.LESS if middle + half < 0 else Seen.MORE if middle - half > 0 else Seen.NOTHING
    return Effect(seen, exp(middle), exp(middle - half), exp(middle + half), *pairs)


def _variance(counts: Sequence[int], mean: float) -> float:
    own = sum((one - mean) ** 2 for one in counts) / (len(counts) - 1)
    return max(own, mean)


def _student(freedom: int) -> float:
    """The 97.5 % point of Student's law."""
    return float(t.ppf(0.975, freedom))
