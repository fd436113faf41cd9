"""Invented counties (演示) in which some unit-months cheat in one known way: what checks are judged by."""

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sanfu.kernel.gaming.model import Handled, Pause

STRENGTHS = {1: 0.15, 2: 0.35, 3: 0.60}  # share of the cases that could be made to look good
STRATA = ("市容", "供水", "物业", "交通", "噪声")
Draw = random.Random


@dataclass(frozen=True, slots=True)
class County:
    """How a county is: units, months, cases a unit-month, base rates, and how much honest units differ.

    spread: of unit effects on the logit scale; tails: degrees of freedom of that spread (few: some honest units stand far
    out); season: how much months differ; groups: share of units (towns) whose rates are altogether others.
    """

    units: int = 30
    months: int = 12
    cases: tuple[int, int] = (40, 160)
    rates: Mapping[str, float] = ()  # type: ignore[assignment]
    spread: float = 0.35
    tails: float = 30.0
    season: float = 0.1
    groups: float = 0.0


RATES = {
    "edge": 0.06, "late_pause": 0.02, "pause": 0.10, "bare": 0.10, "late_extension": 0.02, "returned": 0.08, "early": 0.02,
    "merged": 0.03, "rated": 0.45, "device": 0.02, "called": 0.6, "recalled": 0.35, "unhappy": 0.12, "copied": 0.10,
    "own_made": 0.02,
}  # fmt: skip
COUNTIES = {
    "A": County(rates=RATES),
    "B": County(
        units=45, months=8, cases=(30, 300), spread=0.4, tails=5.0, season=0.2,
        rates=RATES | {"edge": 0.10, "pause": 0.15, "copied": 0.18, "merged": 0.05, "unhappy": 0.2, "returned": 0.12},
    ),
    "C": County(
        units=24, months=12, cases=(60, 120), spread=0.3, tails=8.0, season=0.15, groups=0.4,
        rates=RATES | {"edge": 0.04, "late_pause": 0.01, "late_extension": 0.04, "bare": 0.2, "own_made": 0.01, "device": 0.04},
    ),
    # D and E were written before the checks were run on them and nothing was changed afterwards: the untouched ones.
    "D": County(
        units=36, months=10, cases=(35, 200), spread=0.38, tails=6.0, season=0.2,
        rates=RATES | {"edge": 0.08, "bare": 0.15, "returned": 0.15, "early": 0.04, "recalled": 0.5, "copied": 0.06, "rated": 0.3},
    ),
    "E": County(
        units=20, months=18, cases=(60, 240), spread=0.45, tails=12.0, season=0.1, groups=0.25,
        rates=RATES | {"late_pause": 0.04, "merged": 0.06, "unhappy": 0.08, "called": 0.8, "own_made": 0.04, "device": 0.03},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """The cases of a county, and the unit-months that cheat: (unit, month) → code of the check that should find it."""

    cases: tuple[Handled, ...]
    planted: Mapping[tuple[str, str], str]


def made(county: County, seed: int, strength: int = 2, cheats: float = 0.08) -> World:
    """One invented county; cheats: share of unit-months that cheat, each in one way."""
    drawn, rng = np.random.default_rng(seed), random.Random(seed)
    usual = {key: _effects(county, rate, drawn) for key, rate in county.rates.items()}
    planted: dict[tuple[str, str], str] = {}
    cases: list[Handled] = []
    codes = list(CHEATS)
    for unit in range(county.units):
        size = drawn.integers(*county.cases)
        for month in range(county.months):
            key = (f"单位{unit:02d}", f"2026-{month + 1:02d}")
            rates = {name: float(table[unit, month]) for name, table in usual.items()}
            some = [_case(key, n, rates, rng) for n in range(max(int(drawn.poisson(size)), 10))]
            if rng.random() < cheats:
                code = rng.choice(codes)
                planted[key] = code
                some = CHEATS[code](some, STRENGTHS[strength], rng)
            cases += some
    return World(tuple(cases), planted)


def _effects(county: County, rate: float, rng: np.random.Generator) -> np.ndarray:
    unit = county.spread * rng.standard_t(county.tails, (county.units, 1))
    group = np.where(rng.random((county.units, 1)) < county.groups, 0.6, 0.0)
    month = county.season * rng.standard_normal((1, county.months))
    noise = 0.1 * rng.standard_normal((county.units, county.months))
    at = np.log(rate / (1 - rate)) + unit + group + month + noise
    found: np.ndarray = 1 / (1 + np.exp(-at))
    return found


def _case(key: tuple[str, str], n: int, rates: Mapping[str, float], rng: random.Random) -> Handled:
    """One honest case."""

    def happens(name: str) -> bool:
        return rng.random() < rates[name]

    closed = _closing(happens("edge"), rng)
    pauses: tuple[Pause, ...] = ()
    if happens("late_pause"):
        pauses = (Pause(0.9 + 0.1 * rng.random(), 1.5, not happens("bare")),)
    elif happens("pause"):
        begin = 0.3 + 0.6 * rng.random()
        pauses = (Pause(begin, begin + 0.3, not happens("bare")),)
    elif happens("early"):
        pauses = (Pause(0.3 * rng.random(), 0.6, not happens("bare")),)
    called, unhappy, name = happens("called"), happens("unhappy"), f"{key[0]}-{key[1]}-{n}"
    return Handled(
        name, *key, rng.choice(STRATA), closed, 1.0 + sum(p.end - p.begin for p in pauses), pauses,
        0.9 + 0.1 * rng.random() if happens("late_extension") else None, happens("returned"), happens("merged"),
        _device(key, n, happens("device"), rng) if happens("rated") else "", True if called else None,
        (not unhappy) if called and happens("recalled") else None, happens("own_made"),
        _answer(f"{key}{rng.randrange(2)}" if happens("copied") else name),
    )  # fmt: skip


def _closing(edge: bool, rng: random.Random) -> float:
    """When a case is closed: at the edge, before it, or late."""
    if edge:
        return 1 - 0.05 * rng.random()
    return rng.betavariate(2, 3) * 0.95 if rng.random() < 0.95 else 1 + rng.expovariate(5)


def _device(key: tuple[str, str], n: int, shared: bool, rng: random.Random) -> str:
    return f"{key}{rng.randrange(3)}" if shared else f"{key}{n}d"


def _answer(of: str) -> str:
    """An answer of some sixty signs whose letters follow from what it is of."""
    marks = hashlib.sha256(of.encode()).digest()
    words = "".join(chr(0x4E00 + 11 * one) for one in marks[:24])
    return f"经现场查看并与诉求人联系，{words}，已按规定处理完毕并告知结果和依据，诉求人表示认可。"


Cheat = Callable[[list[Handled], float, Draw], list[Handled]]


def _each(change: Callable[[Handled, Draw], Handled]) -> Cheat:
    """Change a share of the cases."""

    def cheat(some: list[Handled], share: float, rng: Draw) -> list[Handled]:
        return [change(one, rng) if rng.random() < share else one for one in some]

    return cheat


def _swap(one: Handled, rng: Draw) -> Handled:
    """What would have been returned is suspended at once."""
    return replace(one, returned=False, pauses=(Pause(0.1, 0.9),)) if one.returned else one


def _swapped(some: list[Handled], share: float, rng: Draw) -> list[Handled]:
    """Returns become suspensions; a share above one half of them at every strength but the first."""
    return [_swap(one, rng) if rng.random() < min(2 * share, 1.0) else one for one in some]


def _bare(one: Handled, rng: Draw) -> Handled:
    begin = 0.3 + 0.5 * rng.random()
    return replace(one, pauses=(*one.pauses, Pause(begin, begin + 0.2, documented=False)))


CHEATS: Mapping[str, Cheat] = {
    "deadline": _each(lambda one, rng: replace(one, closed=one.due - 0.03 * rng.random())),
    "late_pause": _each(
        lambda one, rng: replace(one, pauses=(*one.pauses, Pause(0.95, 1.4)), due=one.due + 0.45)
    ),
    "bare_pause": _each(_bare),
    "late_extension": _each(lambda one, rng: replace(one, extended=0.97)),
    "swap": _swapped,
    "merge": _each(lambda one, rng: replace(one, merged=True)),
    "device": _each(lambda one, rng: replace(one, device=f"{one.unit}officer")),
    "recall": _each(
        lambda one, rng: replace(one, own_call=True, recall=False if one.recall is not None else None)
    ),
    "copied": _each(lambda one, rng: replace(one, answer="已处理完毕，感谢您的来电，祝您生活愉快。")),
    "own_made": _each(lambda one, rng: replace(one, own_made=True, closed=0.02)),
}
