"""热点 (hotspots): where and of what there is more than before, with the chance that it is nothing but chance.

A cell is a place and a class. Its count of the window stands beside its count of the window before, of the same length.
If nothing had changed, of the n + m orders of both windows each would fall into the newer one as likely as not: the chance
of n or more of them there is the tail of a binomial. With many cells some look unusual by chance, so false discoveries are
controlled over all cells looked at, by the same function as in `topics.scan`.

Why two: this one answers with any window, down to a street, for places without a history; `topics.scan` knows eight weeks of
each topic and town and the persons behind the messages, and names what a topic of the month may be made of.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.stats import binom

from sanfu.kernel.topics.scan import rates

EARTH = 6_371_008.8  # mean radius in metres
SURE = 0.05  # share of false surges among those named
FEWEST = 3  # fewer orders are no hotspot, whatever the growth

Cell = tuple[str, str]  # place, class


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell: counts of the window and of the one before; chance: of so many now if nothing had changed."""

    place: str
    kind: str
    now: int
    before: int
    chance: float
    surge: bool

    @property
    def more(self) -> int:
        """How many more than before."""
        return self.now - self.before

    @property
    def fewer(self) -> int:
        """How many fewer than before."""
        return self.before - self.now

    @property
    def growth(self) -> float | None:
        """Change against the window before as a share; None when there was nothing before."""
        return (self.now - self.before) / self.before if self.before else None


def hotspots(now: Iterable[Cell], before: Iterable[Cell]) -> list[Spot]:
    """Every cell that has orders now, surges first, then by count."""
    here, past = Counter(now), Counter(before)
    chances = [float(binom.sf(count - 1, count + past[cell], 0.5)) for cell, count in here.items()]
    found = [
        Spot(*cell, count, past[cell], chance, count >= FEWEST and bool(rate <= SURE))
        for (cell, count), chance, rate in zip(here.items(), chances, rates(chances), strict=True)
    ]
    return sorted(found, key=lambda one: (not one.surge, -one.now, one.chance, one.place, one.kind))


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance of two points given in degrees, on the sphere: right to half a percent, enough for “near here”."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))
