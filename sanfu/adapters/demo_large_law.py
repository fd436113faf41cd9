"""The law of the large county (演示): what its n-th enterprise is, whatever the size of the county; needs no database.

Enterprises are drawn in blocks of 2,000, of which 400 are above scale (规上). A block has its own stream of random
numbers and shares seasons and cycles with the others, so a county of a million begins with the county of 2,000.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sanfu.adapters.demo_firms import FIRST, SECOND, TRADES, demo_code
from sanfu.kernel.monitoring.panel import Floats
from sanfu.kernel.monitoring.worlds import Setting, World, make_world

BLOCK, ABOVE_ONE_IN = 2_000, 5
SEED, COUNTY = 20261201, 20261130
MONTHS, NUMBERS_FROM, MOST = 36, 1_000_000, 1_000_000
INVOICES, INSURED = 1, 3
LIMIT = 2_000.0  # 万元 a year, from which the demo county's firms count as above scale
PLACES = ("云澄", "澄东", "望江", "南泾", "北塘", "青圩")
STEP = 104_729  # a prime: neighbours in number get names that are far apart, and none twice


@dataclass(frozen=True, slots=True)
class Drawn:
    """One enterprise as the law draws it. `town` is its place among the towns, from 0 to 1; revenue in 万元 a year."""

    code: str
    name: str
    industry: str
    size: str
    above: bool
    established: date
    town: float
    revenue: float


@dataclass(frozen=True)
class Block:
    """Enterprises in order of their numbers, and their series with planted events."""

    firms: tuple[Drawn, ...]
    world: World


def block_of(number: int, last: int, new_years: Sequence[date], size: int = BLOCK) -> Block:
    """The block of enterprises number × size …, with 36 months up to month number `last`."""
    chance = random.Random(f"{SEED}-{number}")
    setting = Setting(firms=size, months=MONTHS, industries=len(TRADES))
    world = make_world(SEED + number, last - MONTHS + 1, new_years, setting, county=COUNTY)
    above = [index % ABOVE_ONE_IN == 0 for index in range(size)]
    revenue = _put_to_size(world.panel.values, above, chance)
    firms = []
    for index in range(size):
        place = int(world.panel.industries[index][1:]) - 13  # worlds name their industries C13, C14 …
        industry, trade, _ = TRADES[place]
        firms.append(
            Drawn(
                code=demo_code(NUMBERS_FROM + number * size + index),
                name=name_of(number * size + index, trade),
                industry=industry,
                size=_size(above[index], chance),
                above=above[index],
                established=date(chance.randint(1998, 2022), chance.randint(1, 12), chance.randint(1, 28)),
                town=chance.random(),
                revenue=revenue[index],
            )
        )
    return Block(tuple(firms), world)


def name_of(number: int, trade: str) -> str:
    """An invented name that no other number has."""
    rest = number * STEP % (len(PLACES) * (len(FIRST) * len(SECOND)) ** 2)
    rest, place = divmod(rest, len(PLACES))
    letters = ""
    for choices in (FIRST, SECOND, FIRST, SECOND):
        rest, at = divmod(rest, len(choices))
        letters += choices[at]
    return f"{PLACES[place]}{letters}{trade}(演示)有限公司"


def _size(above: bool, chance: random.Random) -> str:
    choices, weights = (("大型", "中型"), (12, 88)) if above else (("小型", "微型"), (70, 30))
    return chance.choices(choices, weights)[0]


def _put_to_size(values: Floats, above: Sequence[bool], chance: random.Random) -> list[float]:
    """Scale each firm's series in place, so that its year fits its size; a median month × 12 knows no unit error."""
    found = []
    for index, is_above in enumerate(above):
        year = float(np.nanmedian(values[index, -12:, INVOICES])) * 12
        small = min(chance.lognormvariate(6.2, 0.9), 0.97 * LIMIT)
        wanted = max(year, 1.1 * LIMIT) if is_above else small
        values[index] *= wanted / year
        values[index, :, INSURED] = np.maximum(np.round(values[index, :, INSURED]), 1.0)
        found.append(round(wanted, 2))
    return found
