"""热点: topic × place × week against what is usual there, with false discoveries controlled over all cells looked at.

It needs a history of each cell; `sanfu.kernel.hotspots` compares two windows of any length where there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, nbinom

LOOKS_BACK = 8  # weeks that say what is usual: the best of the plain means on the public messages
LEAST = 5  # fewer messages, or fewer persons, are no hotspot
LEVEL = 0.05  # share of false hotspots among those named
UP_TOGETHER = 0.01  # so unlikely is it that so many topics of a place are up by chance
ALONE = 0.001
SPREAD = 0.05  # variance = mean + SPREAD · mean²: weeks differ by more than chance alone
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """Messages of one topic in one place, week by week, and in the last week how many persons they came from."""

    topic: str
    place: str
    counts: Sequence[int]
    persons: int


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One cell that stands out: count and persons of the last week, what was expected, chance, and `rate`, the share of
    false ones among all hotspots at least as unlikely (q value)."""

    topic: str
    place: str
    count: int
    persons: int
    expected: float
    chance: float
    rate: float


def expected(counts: Sequence[int], county: Sequence[int]) -> float:
    """What is usual for the last week: the mean of the weeks before, moved with the whole county's last week.

    A campaign, a new channel or a holiday moves everything: that is no hotspot of one place.
    """
    before = list(counts[-1 - LOOKS_BACK : -1])
    base = (sum(before) + 0.5) / len(before) if before else 0.5
    whole = list(county[-1 - LOOKS_BACK : -1])
    usual = sum(whole) / len(whole) if whole else 0.0
    return base * min(max(county[-1] / usual, 0.5), 3.0) if usual else base


def chance_of(count: int, mean: float, spread: float = SPREAD) -> float:
    """How likely so many or more are: negative-binomial tail; the estimate of the mean has an error of its own."""
    return float(_chances(np.array([count]), np.array([mean]), np.array([mean]), spread)[0])


def _chances(counts: Floats, means: Floats, bases: Floats, spread: float = SPREAD) -> Floats:
    """The same for many cells. bases: counts a week that the means were made from: a campaign makes no past week surer."""
    known = LOOKS_BACK * np.maximum(np.minimum(bases, means), 0.1)
    size = 1.0 / (spread + spread / LOOKS_BACK + 1.0 / known)
    return np.asarray(nbinom.sf(counts - 1, size, size / (size + means)), dtype=float)


def _of_persons(series: Sequence[Series], counts: Floats, means: Floats, bases: Floats) -> Floats:
    """How likely so many persons are, where persons write as often as everywhere: one reporter's flood is no hotspot."""
    persons = np.array([one.persons for one in series], dtype=float)
    share = float(persons.sum() / counts.sum()) if counts.sum() else 1.0
    return _chances(persons, means * share, bases * share)


def campaigns(places: Sequence[str], counts: Floats, means: Floats, chances: Floats) -> Floats:
    """How much a place is raised as a whole (宣传日、集中登记): 1 where its topics are not up nearly all at once.

    A campaign, one clerk's backlog or a new channel raises most topics of a place; an event raises one or two.
    """
    names, of_place = np.unique(np.asarray(places), return_inverse=True)
    raised = np.ones(len(counts))
    for number in range(len(names)):
        own = of_place == number
        up, many = int((counts[own] > means[own]).sum()), int(own.sum())
        if many < LEAST or binom.sf(up - 1, many, 0.5) > UP_TOGETHER:
            continue
        plain = own & (chances > ALONE)  # what stands out by itself says nothing about the rest
        plain = plain if plain.sum() * 2 >= many else own
        raised[own] = max(float(counts[plain].sum() / max(means[plain].sum(), 0.1)), 1.0)
    return raised


def rates(chances: Sequence[float]) -> Floats:
    """Benjamini–Hochberg: the smallest level at which each would still be named, over all that were looked at."""
    found = np.asarray(chances, dtype=float)
    order = np.argsort(found)
    count = len(found)
    ranked = found[order] * count / np.arange(1, count + 1)
    least = np.minimum.accumulate(ranked[::-1])[::-1]
    out = np.empty(count)
    out[order] = np.minimum(least, 1.0)
    return out


def hotspots(series: Sequence[Series], level: float = LEVEL) -> list[Hotspot]:
    """Cells of the last week that stand out, least likely first.

    All cells count for the control, also those with too few messages: who looks at more finds more by chance.
    """
    if not series:
        return []
    weeks = min(len(one.counts) for one in series)
    county = [sum(one.counts[place - weeks] for one in series) for place in range(weeks)]
    counts = np.array([one.counts[-1] for one in series], dtype=float)
    bases = np.array([expected(one.counts, ()) for one in series])
    means = np.array([expected(one.counts, county) for one in series])
    raised = campaigns([one.place for one in series], counts, means, _chances(counts, means, bases))
    means = means * raised
    chances = np.maximum(_chances(counts, means, bases), _of_persons(series, counts, means, bases))
    found = [
        Hotspot(one.topic, one.place, one.counts[-1], one.persons, float(mean), float(chance), float(rate))
        for one, mean, chance, rate in zip(series, means, chances, rates(list(chances)), strict=True)
        if rate <= level and min(one.counts[-1], one.persons) >= LEAST
    ]
    return sorted(found, key=lambda one: (one.chance, one.topic, one.place))


def volumes(series: Sequence[Series]) -> list[Mapping[str, float | str]]:
    """Topics by volume: messages of the last four weeks, of the four before, growth, over all places."""
    sums: dict[str, list[int]] = {}
    for one in series:
        line = sums.setdefault(one.topic, [0, 0])
        line[0] += sum(one.counts[-4:])
        line[1] += sum(one.counts[-8:-4])
    rows: list[Mapping[str, float | str]] = [
        {"topic": topic, "now": now, "before": before, "growth": now / before - 1 if before else float("nan")}
        for topic, (now, before) in sums.items()
    ]
    return sorted(rows, key=lambda row: -float(row["now"]))
