"""What falls out of the bits: near misses, readiness for 免申即享, and what an event changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sanfu.kernel.rules.engines.bitmap import Bits, Population
from sanfu.kernel.rules.engines.columns import Ints
from sanfu.kernel.rules.engines.plan import Rule
from sanfu.kernel.rules.engines.single import Decision, Nodes, Row, Single
from sanfu.kernel.rules.language.facts import AUTOMATIC, PERSON, Dictionary, Value

AT_ONCE, QUICK = "免申即享", "快申快享"


def count(bits: Bits) -> int:
    """Number of set bits."""
    words = bits[: len(bits) // 8 * 8].view(np.uint64)
    return int(np.bitwise_count(words).sum()) + int(np.bitwise_count(bits[len(words) * 8 :]).sum())


# ---- near misses


def near_miss(population: Population, rule: Rule) -> Bits:
    """Enterprises that fail exactly one condition of the clause and meet all the others."""
    once = np.zeros_like(population.full)
    twice = np.zeros_like(population.full)
    failed = np.zeros_like(population.full)
    for condition in dict.fromkeys(rule.conditions):
        pair = population.pair(condition)
        short = population.full & ~pair.true
        twice |= once & short
        once |= short
        failed |= pair.false
    return once & ~twice & failed


def near_miss_by_condition(population: Population, rule: Rule) -> dict[int, int]:
    """For each condition how many enterprises it alone keeps out."""
    near = near_miss(population, rule)
    return {c: count(near & population.pair(c).false) for c in dict.fromkeys(rule.conditions)}


# ---- readiness


@dataclass(frozen=True)
class Need:
    """One fact a clause needs: who has it, how it is verified, for what share of enterprises it is known."""

    column: str
    source: str
    automation: str
    coverage: float
    waiting: int  # enterprises kept open by this fact alone
    money: int  # 分 that knowing it could unlock at most


@dataclass(frozen=True)
class Readiness:
    """免申即享 when every fact is compared automatically and known widely enough; else 快申快享, and why."""

    clause: str
    mode: str
    needs: tuple[Need, ...]
    reasons: tuple[str, ...]


def readiness(
    population: Population, rule: Rule, needs: Sequence[str], dictionary: Dictionary, enough: float = 0.95
) -> Readiness:
    """How ready the data are; the missing facts ranked by the money they would unlock."""
    table = population.table
    size = max(table.size, 1)
    known = {key: _known(population, key) for key in needs}
    pair = population.pair(rule.test)
    open_rows = population.rows(population.full & ~pair.known())
    lacking = np.array([~known[key][open_rows] for key in needs], dtype=bool).reshape(len(needs), -1)
    alone = lacking.sum(axis=0) == 1
    amounts = _amounts(population, rule, open_rows)
    found = []
    for i, key in enumerate(needs):
        fact = dictionary.fact_of(key)
        mine = lacking[i] & alone
        coverage = float(known[key].sum()) / size
        money = int(amounts[mine].sum()) if amounts is not None else 0
        found.append(Need(key, fact.source, fact.automation, coverage, int(mine.sum()), money))
    reasons = [f"{n.column} 要人工判断" for n in found if n.automation == PERSON]
    reasons += [f"{n.column} 要证据" for n in found if n.automation not in (AUTOMATIC, PERSON)]
    reasons += [f"{n.column} 只有 {n.coverage:.1%} 的企业有数" for n in found if n.coverage < enough]
    ranked = tuple(sorted(found, key=lambda n: (-n.money, -n.waiting, n.column)))
    return Readiness(rule.clause, QUICK if reasons else AT_ONCE, ranked, tuple(reasons))


def _known(population: Population, key: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    column = population.table.columns.get(key)
    size = population.table.size
    if column is None:
        return np.zeros(size, dtype=bool)
    return np.ones(size, dtype=bool) if column.known is None else column.known


def _amounts(population: Population, rule: Rule, rows: Ints) -> Ints | None:
    """Amounts where they can be said; the mean of these where they cannot."""
    if rule.amount is None:
        return None
    values, known = population.amount(rule, rows)
    values = np.asarray(values, dtype=np.int64)
    if known is None:
        return values
    mean = int(values[known].mean()) if known.any() else _usual(population, rule)
    return np.where(known, values, mean).astype(np.int64)


def _usual(population: Population, rule: Rule) -> int:
    hits = population.rows(population.pair(rule.test).true)
    if not len(hits):
        return 0
    values, known = population.amount(rule, hits)
    sure = values if known is None else values[known]
    return int(np.asarray(sure, dtype=np.int64).mean()) if len(sure) else 0


# ---- events


@dataclass(frozen=True)
class Shift:
    """What new facts change for one enterprise: clause ids won, lost, and newly open."""

    won: tuple[str, ...]
    lost: tuple[str, ...]
    opened: tuple[str, ...]
    decision: Decision


class Watch:
    """Keeps one engine for a plan; an event costs one decision, whatever the size of the city."""

    def __init__(self, single: Single) -> None:
        self.single = single
        self.tests = [(rule.test, rule.clause) for rule in single.plan.rules]

    def event(self, before: Row | Decision, news: Mapping[str, Value], row: Row | None = None) -> Shift:
        """`news` are the columns that became known; give the old `Decision` and the old row to save a pass."""
        old = before if isinstance(before, Decision) else self.single.decide(before)
        base = row if row is not None else before
        assert isinstance(base, Mapping)
        decision = self.single.decide({**base, **news})
        return self.compare(old.nodes, decision)

    def compare(self, old: Nodes, decision: Decision) -> Shift:
        new = decision.nodes
        changed = [(t, clause) for t, clause in self.tests if old[t] is not new[t]]
        won = tuple(clause for t, clause in changed if new[t] is True)
        lost = tuple(clause for t, clause in changed if old[t] is True)
        return Shift(won, lost, tuple(clause for t, clause in changed if new[t] is None), decision)


def update(population: Population, index: int, old: Nodes, new: Nodes) -> int:
    """Set the bits of one enterprise after an event; returns how many conditions changed."""
    byte, mask = index >> 3, np.uint8(128 >> (index & 7))
    clear = np.uint8(255) ^ mask
    changed = [node for node, (a, b) in enumerate(zip(old, new, strict=True)) if a is not b]
    for node in changed:
        pair = population.own(node)
        pair.true[byte] = pair.true[byte] | mask if new[node] is True else pair.true[byte] & clear
        pair.false[byte] = pair.false[byte] | mask if new[node] is False else pair.false[byte] & clear
    return len(changed)
