"""Clauses run over the whole city on one day: hits, amounts, near misses and missing facts. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sanfu.enterprise.benefits.describe import pays_points
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.engines.bitmap import Population, unpack
from sanfu.kernel.rules.engines.columns import Column, Table, from_rows
from sanfu.kernel.rules.engines.plan import Plan, Rule, make_plan
from sanfu.kernel.rules.language.facts import AUTOMATIC, Dictionary
from sanfu.kernel.rules.language.tree import CONTROLLER, Clause
from sanfu.kernel.rules.population.insights import AT_ONCE, QUICK, Readiness, near_miss, readiness


@dataclass(frozen=True)
class ClauseRun:
    """One clause over the city: indexes of enterprises; `amounts` in 分, or in 10⁻⁴ points when `points`."""

    clause: Clause
    points: bool
    hits: tuple[int, ...]
    amounts: tuple[int | None, ...]
    unknown: tuple[int, ...]
    near: tuple[tuple[int, int], ...]  # (enterprise, the one condition that fails)

    @property
    def total(self) -> int:
        return sum(amount or 0 for amount in self.amounts)

    @property
    def paying(self) -> dict[int, int | None]:
        return dict(zip(self.hits, self.amounts, strict=True))


class City:
    """A population and a day; runs any clauses over it."""

    def __init__(self, profiles: Sequence[Profile], day: date, dictionary: Dictionary) -> None:
        self.profiles, self.day, self.dictionary = profiles, day, dictionary
        self.rows = [profile.row for profile in profiles]
        self._columns: dict[str, Column] = {}

    def table(self, plan: Plan) -> Table:
        """The columns that a plan reads; each is made once, so that a threshold may be moved many times."""
        missing = [key for key in plan.columns if key not in self._columns]
        self._columns |= from_rows(self.rows, missing, self.dictionary).columns
        return Table(len(self.rows), {key: self._columns[key] for key in plan.columns})

    def bits(self, clauses: Sequence[Clause]) -> Population:
        """The bitmap engine over the city, for these clauses."""
        plan = make_plan(list(clauses), self.day)
        return Population(plan, self.table(plan))

    def run(self, clauses: Iterable[Clause]) -> list[ClauseRun]:
        """Every clause once."""
        chosen = list(clauses)
        bits = self.bits(chosen)
        return [self._run(bits, rule, clause) for rule, clause in zip(bits.plan.rules, chosen, strict=True)]

    def readiness(self, clauses: Iterable[Clause]) -> list["Ready"]:
        """每条款就绪度, most money held up first. Points count no money: their price is not known beforehand."""
        chosen = [clause for clause in clauses if clause.amount is not None]
        bits = self.bits(chosen)
        found = []
        for rule, clause in zip(bits.plan.rules, chosen, strict=True):
            said = readiness(bits, rule, clause.needs, self.dictionary)
            known = len(bits.rows(bits.pair(rule.test).known()))
            money = 0 if pays_points(clause) else sum(need.money for need in said.needs)
            found.append(Ready(clause, said, known, len(self.rows) - known, money))
        return sorted(found, key=lambda r: (-r.locked, -r.waiting))

    def _run(self, bits: Population, rule: Rule, clause: Clause) -> ClauseRun:
        size = len(self.profiles)
        pair = bits.pair(rule.test)
        rows = bits.rows(pair.true)
        unknown = np.flatnonzero(~unpack(pair.known(), size))
        if (
            clause.by_controller
        ):  # nobody is paid under a shared cap before it is known with whom it is shared
            nameless = np.array([self.rows[row].get(CONTROLLER) is None for row in rows], dtype=bool)
            unknown = np.sort(np.concatenate([unknown, rows[nameless]]))
            rows = rows[~nameless]
        return ClauseRun(
            clause,
            pays_points(clause),
            tuple(rows.tolist()),
            _amounts(bits, rule, rows),
            tuple(unknown.tolist()),
            _near(bits, rule),
        )


def _amounts(bits: Population, rule: Rule, rows: Any) -> tuple[int | None, ...]:
    if rule.amount is None:
        return tuple(0 for _ in rows)
    values, known = bits.amount(rule, rows)
    flags = [True] * len(rows) if known is None else np.broadcast_to(known, rows.shape).tolist()
    return tuple(int(v) if k else None for v, k in zip(np.asarray(values).tolist(), flags, strict=True))


def _near(bits: Population, rule: Rule) -> tuple[tuple[int, int], ...]:
    """The rows of a near miss with the place of the one condition that fails."""
    near = near_miss(bits, rule)
    found = [
        (row, rule.conditions.index(condition))
        for condition in dict.fromkeys(rule.conditions)
        for row in bits.rows(near & bits.pair(condition).false).tolist()
    ]
    return tuple(sorted(found))


def is_automatic(clause: Clause, dictionary: Dictionary) -> bool:
    """Only a clause whose every fact is compared with data by machine may be paid without an application."""
    return clause.delivery == AT_ONCE and all(
        dictionary.fact_of(key).automation == AUTOMATIC for key in clause.needs
    )


def delivery_of(clause: Clause, dictionary: Dictionary) -> str:
    return AT_ONCE if is_automatic(clause, dictionary) else QUICK


@dataclass(frozen=True)
class Spread:
    """Hits and money by one dimension, largest first."""

    name: str
    rows: tuple[tuple[str, int, int], ...]


def spread(
    name: str,
    run: ClauseRun,
    profiles: Sequence[Profile],
    of: Callable[[Profile], str],
    worth: dict[int, int],
) -> Spread:
    """`worth`: money per enterprise index (分), already priced for points."""
    count: Counter[str] = Counter()
    money: Counter[str] = Counter()
    for index in run.hits:
        key = of(profiles[index])
        count[key] += 1
        money[key] += worth.get(index, 0)
    rows = sorted(((k, n, money[k]) for k, n in count.items()), key=lambda r: (-r[1], r[0]))
    return Spread(name, tuple(rows))


@dataclass(frozen=True)
class Ready:
    """One clause: the kernel's readiness, how many enterprises can be judged, what one missing fact each holds up."""

    clause: Clause
    said: Readiness
    ready: int
    waiting: int
    locked: int

    @property
    def coverage(self) -> float:
        """Of the fact that fewest enterprises have."""
        return min((need.coverage for need in self.said.needs), default=1.0)

    @property
    def at_once(self) -> bool:
        """可以免申即享: the text says so, and the data bear it."""
        return self.clause.delivery == AT_ONCE and self.said.mode == AT_ONCE
