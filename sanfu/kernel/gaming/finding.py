"""Clues (线索): every unit-month against comparable ones, by each check."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sanfu.kernel.gaming.baselines import Floats, Usual, fit, tails
from sanfu.kernel.gaming.checks import CHECKS, Check, by_unit_month
from sanfu.kernel.gaming.model import Clue, Handled

# How likely an honest unit-month is accused by one check. Checks that see few rows get more of the budget; all ten
# together accuse one honest unit-month in thirty at most.
CHANCE = {"recall": 0.012, "swap": 0.008}
OTHERWISE = 0.0015
FAR_OUT = 1e-9  # so far beyond all other units that the unit's own habit is no excuse
LEAST_ROWS = 8  # below this a share says nothing
LEAST_HITS = 3
LEAST_UNIT_MONTHS = 12  # below this nobody can say what is usual
Key = tuple[str, str]


def clues(cases: Sequence[Handled], only: Iterable[str] = ()) -> list[Clue]:
    """What each check says of each unit-month with enough rows, alarms first, least likely first."""
    months = by_unit_month(cases)
    chosen = [CHECKS[code] for code in only] or list(CHECKS.values())
    found = [clue for check in chosen for clue in _of(check, months)]
    return sorted(found, key=lambda one: (not one.alarm, one.chance, one.unit, one.month, one.check))


def alarms(cases: Sequence[Handled]) -> list[Clue]:
    """Clues beyond their limit."""
    return [one for one in clues(cases) if one.alarm]


def _of(check: Check, months: Mapping[Key, Sequence[Handled]]) -> list[Clue]:
    picked = {key: check.pick(some) for key, some in months.items()}
    enough = {key: pair for key, pair in picked.items() if len(pair[0]) >= LEAST_ROWS}
    if len(enough) < LEAST_UNIT_MONTHS:
        return []
    mixes = _mix(enough)
    hits = np.array([len(hit) for _, hit in enough.values()], dtype=float)
    rows = np.array([len(seen) for seen, _ in enough.values()], dtype=float)
    mix = np.array(list(mixes.values()))
    county = fit(hits, rows, mix)
    own = _habits(list(enough), hits, rows, mix, county)
    around = fit(hits, rows, own)
    return [
        _clue(check, key, pair, Law(county, around, mixes[key], habit))
        for (key, pair), habit in zip(enough.items(), own, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Law:
    """What is usual for one unit-month: the county's law, that around the unit's own habit, case mix and habit."""

    county: Usual
    around: Usual
    mix: float
    habit: float


def _habits(keys: list[Key], hits: Floats, rows: Floats, mix: Floats, county: Usual) -> Floats:
    """Each unit's own share in its other months, drawn toward the county's: a steady habit is no clue.

    The highest of the other months is left out, as it may itself be false.
    """
    share = hits / rows
    found = []
    for place, (unit, _) in enumerate(keys):
        others = [n for n, (name, _) in enumerate(keys) if name == unit and n != place]
        if len(others) > 3:
            others.remove(max(others, key=lambda n: share[n]))
        base = min(county.mean * mix[place], 0.99)
        found.append((sum(hits[others]) + county.weight * base) / (sum(rows[others]) + county.weight))
    habits: Floats = np.clip(np.array(found), 1e-6, 0.99)
    return habits


def _mix(picked: Mapping[Key, tuple[list[Handled], list[Handled]]]) -> dict[Key, float]:
    """How much more or less usual hits are for a unit-month's kinds of matters (case mix), by indirect standardisation."""
    rows: dict[str, int] = defaultdict(int)
    hits: dict[str, int] = defaultdict(int)
    for seen, hit in picked.values():
        for one in seen:
            rows[one.stratum] += 1
        for one in hit:
            hits[one.stratum] += 1
    whole = (sum(hits.values()) + 0.5) / (sum(rows.values()) + 1)
    # A stratum with few rows is drawn toward the county's share.
    rate = {name: (hits[name] + 50 * whole) / (count + 50) / whole for name, count in rows.items()}
    return {key: sum(rate[one.stratum] for one in seen) / len(seen) for key, (seen, _) in picked.items()}


def _clue(check: Check, key: Key, pair: tuple[list[Handled], list[Handled]], law: Law) -> Clue:
    seen, hit = pair
    low, high = wilson(len(hit), len(seen))
    most = CHANCE.get(check.code, OTHERWISE)
    expected = min(law.around.mean * law.habit, 0.99)
    tail = tails(len(seen), expected, law.around.weight)
    beside = tails(len(seen), law.county.mean * law.mix, law.county.weight)
    far = beside[len(hit)] < FAR_OUT
    return Clue(
        check.code, key[0], key[1], len(hit), len(seen), len(hit) / len(seen), low, high, expected,
        float(np.count_nonzero(tail >= most) - 1) / len(seen), float(tail[len(hit)]), min(law.county.mean * law.mix, 1.0),
        tuple(one.id for one in hit), len(hit) >= LEAST_HITS and bool(tail[len(hit)] < most or far),
    )  # fmt: skip


def wilson(hits: int, rows: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson."""
    share = hits / rows
    mid = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    return float(max(mid - half, 0.0)), float(min(mid + half, 1.0))
