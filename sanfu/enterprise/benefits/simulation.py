"""测算: one threshold of one clause moved, before anything is published. Reads only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sanfu.enterprise.benefits.city import City, ClauseRun, Spread, spread
from sanfu.enterprise.benefits.content import parsed
from sanfu.enterprise.benefits.policies import Policy
from sanfu.enterprise.benefits.trial import city_on, price_of
from sanfu.enterprise.registry.content import industry_name
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.language.tree import Clause
from sanfu.kernel.rules.reading.thresholds import Threshold, move_threshold, thresholds

DIMENSIONS: tuple[tuple[str, Callable[[Profile], str]], ...] = (
    ("镇街", lambda p: p.town),
    ("行业", lambda p: industry_name(p.industry)),
    ("规模", lambda p: p.size),
)
STEPS = 9  # points of the curve beside the slider


@dataclass(frozen=True)
class Side:
    """One side of the comparison: who is hit and what it costs in 分; `price` is 分 per point."""

    run: ClauseRun
    money: int
    price: Fraction | None
    worth: dict[int, int]


@dataclass(frozen=True)
class Simulation:
    """Now and then for one clause, with the distribution of both."""

    clause: Clause
    thresholds: tuple[Threshold, ...]
    chosen: Threshold | None
    value: Fraction | None
    text: str
    problem: str
    now: Side
    then: Side
    spreads: tuple[tuple[Spread, Spread], ...]
    curve: tuple[tuple[Fraction, int, int], ...]
    city: City


def simulate(
    policy: Policy,
    clause_id: str,
    region: str,
    day: date,
    *,
    index: int | None,
    value: Fraction | None,
    pool: int,
) -> Simulation:
    """Hits, money and distribution with a threshold at `value`; `pool` (分) prices points."""
    document = policy.document
    clause = document.clause(clause_id)
    every = tuple(thresholds(clause, document.source))
    conditions = [t for t in every if t.shape == "condition"]
    first = next(iter(conditions or every), None)
    chosen = next((t for t in every if t.index == index), first)
    city = city_on(region, day)
    now = side(city, clause, pool)
    if chosen is None:
        same = tuple((s, s) for s in _spreads(now, city))
        return Simulation(clause, every, None, None, document.source, "", now, now, same, (), city)
    wanted = chosen.value if value is None else value
    moved, text, problem = _moved(policy, clause, chosen, wanted)
    then = side(city, moved, pool)
    spreads = tuple(zip(_spreads(now, city), _spreads(then, city), strict=True))
    curve = _curve(city, policy, clause, chosen, pool)
    return Simulation(clause, every, chosen, wanted, text, problem, now, then, spreads, curve, city)


def _moved(policy: Policy, clause: Clause, chosen: Threshold, value: Fraction) -> tuple[Clause, str, str]:
    text = move_threshold(policy.document.source, chosen, value)
    document = parsed(policy.document.name, text)
    if document.problems:
        return clause, policy.document.source, document.problems[0].message
    return document.clause(clause.id), text, ""


def side(city: City, clause: Clause, pool: int) -> Side:
    """One run of a clause, priced."""
    run = city.run([clause])[0]
    if not run.points:
        worth = {row: amount or 0 for row, amount in run.paying.items()}
        return Side(run, run.total, None, worth)
    price = price_of(run, pool)
    worth = {row: int((price or 0) * (points or 0) / 10**4) for row, points in run.paying.items()}
    return Side(run, pool if price else 0, price, worth)


def _spreads(one: Side, city: City) -> list[Spread]:
    return [spread(name, one.run, city.profiles, of, one.worth) for name, of in DIMENSIONS]


def _curve(
    city: City, policy: Policy, clause: Clause, chosen: Threshold, pool: int
) -> tuple[tuple[Fraction, int, int], ...]:
    """Hits and money at even steps from half of today's value to one and a half."""
    found = []
    for place in range(STEPS):
        value = rounded(chosen.value * Fraction(4 + place, 8))
        moved, _, problem = _moved(policy, clause, chosen, value)
        if not problem:
            one = side(city, moved, pool)
            found.append((value, len(one.run.hits), one.money))
    return tuple(found)


def rounded(value: Fraction) -> Fraction:
    """Whole numbers from 10 up, two decimals below: what a clause would say."""
    return Fraction(round(value)) if value >= 10 else Fraction(round(value * 100), 100)


def slider_of(threshold: Threshold) -> dict[str, str]:
    """Least, most and step of the slider for a threshold."""
    high = rounded(max(threshold.value * 3, Fraction(1)))
    step = Fraction(1, 100) if threshold.value < 10 else Fraction(1)
    if threshold.value >= 1000:
        step = Fraction(50)
    if threshold.unit in ("件", "人", "次", "家", "个", "分", "年"):
        step = Fraction(1)
    return {"low": "0", "high": f"{float(high):g}", "step": f"{float(step):g}"}
