"""Clauses over the whole city on one day: who is hit, for how much, who is one condition away, what is missing. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from sanfu.enterprise.benefits.describe import pays_points
from sanfu.enterprise.registry.rules import Profile
from sanfu.kernel.rules.engines.bitmap import Population, unpack
from sanfu.kernel.rules.engines.columns import Table, from_rows
from sanfu.kernel.rules.engines.plan import Plan, Rule, make_plan
from sanfu.kernel.rules.language.facts import AUTOMATIC, Dictionary
from sanfu.kernel.rules.language.tree import Clause

AUTO, APPLY = "免申即享", "快申快享"


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

    def table(self, plan: Plan) -> Table:
        return from_rows(self.rows, plan.columns, self.dictionary)

    def run(self, clauses: Iterable[Clause]) -> list[ClauseRun]:
        """Every clause once, by the bitmap engine."""
        chosen = list(clauses)
        plan = make_plan(chosen, self.day)
        bits = Population(plan, self.table(plan))
        return [self._run(bits, rule, clause) for rule, clause in zip(plan.rules, chosen, strict=True)]

    def _run(self, bits: Population, rule: Rule, clause: Clause) -> ClauseRun:
        size = len(self.profiles)
        pair = bits.pair(rule.test)
        rows = bits.rows(pair.true)
        unknown = np.flatnonzero(~unpack(pair.known(), size))
        return ClauseRun(
            clause,
            pays_points(clause),
            tuple(rows.tolist()),
            _amounts(bits, rule, rows),
            tuple(unknown.tolist()),
            _near(bits, rule, size),
        )

    def potential(self, run: ClauseRun) -> dict[int, int | None]:
        """What enterprises with an open answer would get, as far as it can be computed."""
        plan = make_plan([run.clause], self.day)
        rows = np.array(run.unknown, dtype=np.int64)
        if plan.rules[0].amount is None or not len(rows):
            return {}
        return dict(
            zip(run.unknown, _amounts(Population(plan, self.table(plan)), plan.rules[0], rows), strict=True)
        )


def _amounts(bits: Population, rule: Rule, rows: Any) -> tuple[int | None, ...]:
    if rule.amount is None:
        return tuple(0 for _ in rows)
    values, known = bits.amount(rule, rows)
    flags = [True] * len(rows) if known is None else np.broadcast_to(known, rows.shape).tolist()
    return tuple(int(v) if k else None for v, k in zip(np.asarray(values).tolist(), flags, strict=True))


def _near(bits: Population, rule: Rule, size: int) -> tuple[tuple[int, int], ...]:
    """Exactly one condition false and none unknown: the rows of a near miss and which condition it is."""
    if not rule.conditions:
        return ()
    false = np.stack([unpack(bits.pair(c).false, size) for c in rule.conditions])
    true = np.stack([unpack(bits.pair(c).true, size) for c in rule.conditions])
    rows = np.flatnonzero((false.sum(axis=0) == 1) & (true.sum(axis=0) == len(rule.conditions) - 1))
    return tuple((int(row), int(false[:, row].argmax())) for row in rows)


def is_automatic(clause: Clause, dictionary: Dictionary) -> bool:
    """Only a clause whose every fact is compared with data by machine may be paid without an application."""
    return clause.delivery == AUTO and all(
        dictionary.fact_of(key).automation == AUTOMATIC for key in clause.needs
    )


def delivery_of(clause: Clause, dictionary: Dictionary) -> str:
    return AUTO if is_automatic(clause, dictionary) else APPLY


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


@dataclass
class Readiness:
    """One clause: how many facts are there, and what the missing ones hold up."""

    clause: Clause
    automatic: bool
    coverage: float
    ready: int
    waiting: int
    locked: int
    undetermined: int
    missing: list[tuple[str, int, int]] = field(default_factory=list)  # column, enterprises, 分


def readiness(city: City, runs: Iterable[ClauseRun]) -> list[Readiness]:
    """每条款就绪度, most money held up first. Points are left at 0: their price is not known beforehand."""
    found = [_readiness(city, run) for run in runs if run.clause.amount is not None]
    return sorted(found, key=lambda r: (-r.locked, -r.waiting))


def _readiness(city: City, run: ClauseRun) -> Readiness:
    needs = run.clause.needs
    known = sum(row.get(key) is not None for row in city.rows for key in needs)
    coverage = known / (len(city.rows) * len(needs)) if city.rows and needs else 1.0
    worth = {} if run.points else city.potential(run)
    missing: Counter[str] = Counter()
    money: Counter[str] = Counter()
    for index in run.unknown:
        for key in needs:
            if city.rows[index].get(key) is None:
                missing[key] += 1
                money[key] += worth.get(index) or 0
    return Readiness(
        run.clause,
        is_automatic(run.clause, city.dictionary),
        coverage,
        len(city.rows) - len(run.unknown),
        len(run.unknown),
        sum(amount or 0 for amount in worth.values()),
        sum(amount is None for amount in worth.values()),
        sorted(((k, n, money[k]) for k, n in missing.items()), key=lambda m: (-m[2], -m[1], m[0])),
    )
