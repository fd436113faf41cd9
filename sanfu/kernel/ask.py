"""Which question to ask next, so that as few as possible are asked (情形引导).

A questionnaire knows its variables with the usual share of each answer, what their answers exclude, and the
outputs that depend on them. A set of known answers is *enough* when every output is the same in all worlds
that still agree with it. Groups of questions that share no output or rule are solved apart: the sum of their
optima is the optimum. Within a group the expected number of questions is minimised exactly by dynamic
programming over all partial answers, as long as there are at most `EXACT_STATES` of them; above, each step
takes the question that tells most about the outcome (greedy information gain).
"""

import itertools
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXACT_STATES = 3**13
WORLDS = 2**20  # courses of answers of one group that are laid out in memory; more are refused
World = Mapping[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Variable:
    """A question: its possible answers and their usual shares (summing to one)."""

    name: str
    values: tuple[Any, ...]
    prior: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Something that is settled by the answers to `names`: a rule (true or not) or an output (any value)."""

    names: tuple[str, ...]
    value: Callable[[World], Hashable]


@dataclass(frozen=True, slots=True)
class Irrelevance:
    """When `table` holds, the answer to `name` no longer matters and reads as None."""

    table: Table
    name: str


class Contradiction(ValueError):
    """The answers given cannot all be true; `names` are the questions involved."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__("、".join(names))


class TooMany(ValueError):
    """Questions that hang together have more courses of answers than can be laid out; `names` are they."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__("、".join(names))


class Questionnaire:
    """Questions over one set of outputs. Answers are passed in at every call; nothing is remembered."""

    def __init__(
        self,
        variables: Sequence[Variable],
        outputs: Sequence[Table],
        rules: Sequence[Table] = (),
        irrelevances: Sequence[Irrelevance] = (),
    ) -> None:
        self.variables = {v.name: v for v in variables}
        ties = [t.names for t in (*outputs, *rules)]
        ties += [(*i.table.names, i.name) for i in irrelevances]
        self.groups = [
            Group([self.variables[n] for n in names], *_within(names, outputs, rules, irrelevances))
            for names in _components(list(self.variables), ties)
        ]

    def implied(self, known: World) -> dict[str, Any]:
        """Answers that follow from the known ones. Contradiction when they exclude each other."""
        found: dict[str, Any] = {}
        for group in self.groups:
            found |= group.implied(known)
        return found

    def next_question(self, known: World) -> str | None:
        """The best question now, or None when everything is settled. Groups are taken in reading order."""
        return next((name for group in self.groups if (name := group.next_question(known))), None)

    def still_open(self, known: World) -> list[str]:
        """Questions that some course of answers would still ask, the next one of its group first."""
        return [name for group in self.groups for name in group.still_open(known)]

    def expected(self, known: World | None = None) -> float:
        """Expected number of questions from here, following `next_question`."""
        return sum(group.expected(known or {}) for group in self.groups)

    def is_settled(self, known: World) -> bool:
        return all(group.is_settled(known) for group in self.groups)

    @property
    def exact(self) -> bool:
        """Whether every group was solved exactly."""
        return all(group.exact for group in self.groups)


class Group:
    """Questions that hang together. Arrays have one axis per question, in order."""

    def __init__(
        self,
        variables: Sequence[Variable],
        outputs: Sequence[Table],
        rules: Sequence[Table],
        irrelevances: Sequence[Irrelevance],
    ) -> None:
        self.variables = tuple(variables)
        self.names = [v.name for v in variables]
        self.shape = tuple(len(v.values) for v in variables)
        self.irrelevances = irrelevances
        if math.prod(self.shape) > WORLDS:
            raise TooMany(self.names)
        self.consistent = np.ones(self.shape, dtype=bool)
        for rule in rules:
            self.consistent &= self._spread(rule) == 1
        self.outcome = self._outcome(outputs)
        mass = np.ones(self.shape)
        for axis, variable in enumerate(variables):
            mass = mass * np.asarray(variable.prior).reshape(
                [-1 if a == axis else 1 for a in range(len(self.shape))]
            )
        self.mass = np.where(self.consistent, mass, 0.0)
        self.exact = math.prod(k + 1 for k in self.shape) <= EXACT_STATES
        self._best: NDArray[np.int8] | None = None
        self._cost: Floats | None = None
        self._weight: Floats | None = None

    # ── tables over the worlds ──
    def _spread(self, table: Table) -> Ints:
        """Codes of the table's values over all worlds of the group; equal values have equal codes."""
        names = list(table.names)
        for gone in self.irrelevances:
            if gone.name in names:
                names += [n for n in gone.table.names if n not in names]
        names.sort(key=self.names.index)
        axes = [self.names.index(n) for n in names]
        codes: dict[Hashable, int] = {True: 1, False: 0}
        flat = [
            codes.setdefault(table.value(self._read(dict(zip(names, values, strict=True)))), len(codes))
            for values in itertools.product(*(self.variables[a].values for a in axes))
        ]
        shape = [self.shape[a] if a in axes else 1 for a in range(len(self.shape))]
        spread: Ints = np.broadcast_to(np.asarray(flat, dtype=np.int64).reshape(shape), self.shape)
        return spread

    def _read(self, world: dict[str, Any]) -> dict[str, Any]:
        for gone in self.irrelevances:
            if gone.name in world and all(n in world for n in gone.table.names) and gone.table.value(world):
                world[gone.name] = None
        return world

    def _outcome(self, outputs: Sequence[Table]) -> Ints:
        code = np.zeros(self.shape, dtype=np.int64)
        for output in outputs:
            spread = self._spread(output)
            code = code * (int(spread.max(initial=0)) + 1) + spread
            code = np.unique(code, return_inverse=True)[1].reshape(self.shape).astype(np.int64)
        return code

    def _slice(self, known: World) -> tuple[Any, ...]:
        return tuple(
            v.values.index(known[v.name]) if v.name in known and known[v.name] in v.values else slice(None)
            for v in self.variables
        )

    # ── answers ──
    def implied(self, known: World) -> dict[str, Any]:
        index = self._slice(known)
        if not self.consistent[index].any():
            raise Contradiction([n for n in self.names if n in known])
        if self.consistent.all():
            return {}
        found = {}
        for axis, variable in enumerate(self.variables):
            if not isinstance(index[axis], slice):
                continue
            left = [
                value
                for place, value in enumerate(variable.values)
                if self.consistent[(*index[:axis], place, *index[axis + 1 :])].any()
            ]
            if len(left) == 1:
                found[variable.name] = left[0]
        return found

    def is_settled(self, known: World) -> bool:
        index = self._slice(known)
        outcomes = self.outcome[index][self.consistent[index]]
        return outcomes.size == 0 or bool((outcomes == outcomes.flat[0]).all())

    def next_question(self, known: World) -> str | None:
        if self.is_settled(known):
            return None
        if not self.exact:
            return self._greedy(known)
        self._solve()
        assert self._best is not None
        return self.names[int(self._best[self._state(known)])]

    def still_open(self, known: World) -> list[str]:
        first = self.next_question(known)
        if first is None:
            return []
        implied = self.implied(known)
        rest = [
            v.name
            for v in self.variables
            if v.name not in known
            and v.name not in implied
            and v.name != first
            and self._matters(v.name, known)
        ]
        return [first, *rest]

    def _matters(self, name: str, known: World) -> bool:
        """Whether some completion of the other answers makes this answer change the outcome."""
        index = self._slice(known)
        axis = self.names.index(name)
        axis = sum(1 for place in index[:axis] if isinstance(place, slice))
        outcome, consistent = self.outcome[index], self.consistent[index]
        low = np.where(consistent, outcome, np.iinfo(np.int64).max).min(axis=axis)
        high = np.where(consistent, outcome, -1).max(axis=axis)
        return bool((low < high).any())

    # ── exact: dynamic programming over partial answers ──
    def _state(self, known: World) -> tuple[int, ...]:
        return tuple(
            place if not isinstance(place, slice) else len(v.values)
            for place, v in zip(self._slice(known), self.variables, strict=True)
        )

    def _solve(self) -> None:
        """Fill cost and best question for every partial answer, those with fewest unknowns first.

        Costs are weighted by the chance of the state, so that no division is needed:
        W(s) = min over open questions of P(s) + sum of W(s + answer).
        """
        if self._best is not None:
            return
        low = np.where(self.consistent, self.outcome, np.iinfo(np.int64).max)
        high = np.where(self.consistent, self.outcome, -1)
        weight = self.mass
        for axis in range(len(self.shape)):
            low = np.concatenate([low, low.min(axis=axis, keepdims=True)], axis=axis)
            high = np.concatenate([high, high.max(axis=axis, keepdims=True)], axis=axis)
            weight = np.concatenate([weight, weight.sum(axis=axis, keepdims=True)], axis=axis)
        full, flat = weight.shape, weight.ravel()
        possible = (low < np.iinfo(np.int64).max).ravel()
        open_flat = (low < high).ravel()
        layers = np.zeros(full, dtype=np.int8)
        for axis, size in enumerate(full):
            last = (np.arange(size) == size - 1).astype(np.int8)
            layers += last.reshape([-1 if a == axis else 1 for a in range(len(full))])
        rank = layers.ravel()
        cost, best = np.zeros(flat.size), np.full(flat.size, -1, dtype=np.int8)
        strides = [math.prod(full[a + 1 :]) for a in range(len(full))]
        waiting = np.flatnonzero(open_flat)
        order = waiting[np.argsort(rank[waiting], kind="stable")]
        bounds = np.searchsorted(rank[order], np.arange(len(full) + 2))
        for layer in range(1, len(self.shape) + 1):
            states = order[bounds[layer] : bounds[layer + 1]]
            cost[states] = np.inf
            for axis, stride in enumerate(strides):
                here = states[(states // stride) % full[axis] == self.shape[axis]]
                price, answers = flat[here], np.zeros(len(here), dtype=np.int8)
                for _ in range(self.shape[axis]):
                    here = here - stride
                    price = price + cost[here]
                    answers += possible[here]
                here = here + stride * self.shape[axis]
                better = (answers > 1) & (price < cost[here] - 1e-12)
                cost[here[better]], best[here[better]] = price[better], axis
        self._cost, self._best, self._weight = cost.reshape(full), best.reshape(full), weight

    def expected(self, known: World) -> float:
        if self.is_settled(known):
            return 0.0
        if not self.exact:
            return self._walk(dict(known))
        self._solve()
        assert self._cost is not None
        assert self._weight is not None
        state = self._state(known)
        weight = float(self._weight[state])
        return float(self._cost[state]) / weight if weight else 0.0

    # ── greedy: the question that tells most about the outcome ──
    def _greedy(self, known: World) -> str:
        implied = self.implied(known)
        open_names = [
            n for n in self.names if n not in known and n not in implied and self._matters(n, known)
        ]
        return max(open_names, key=lambda n: (self._gain(n, known), -self.names.index(n)))

    def _gain(self, name: str, known: World) -> float:
        index = self._slice(known)
        weight, outcome = self.mass[index], self.outcome[index]
        axis = sum(1 for place in index[: self.names.index(name)] if isinstance(place, slice))
        parts = [(weight.take(k, axis), outcome.take(k, axis)) for k in range(weight.shape[axis])]
        total = weight.sum() or 1.0
        after = sum(w.sum() / total * _entropy(w, o) for w, o in parts)
        return float(_entropy(weight, outcome) - after)

    def _walk(self, known: dict[str, Any], depth: int = 0) -> float:
        """Expected length of the greedy tree; long tails are cut where less than 1 in 10⁴ get to."""
        if self.is_settled(known):
            return 0.0
        name = self._greedy(known)
        index = self._slice(known)
        axis = sum(1 for place in index[: self.names.index(name)] if isinstance(place, slice))
        weight = self.mass[index]
        total = float(weight.sum()) or 1.0
        value = 1.0
        for place, answer in enumerate(self.variables[self.names.index(name)].values):
            share = float(weight.take(place, axis).sum()) / total
            if share > 0:
                value += share * self._walk({**known, name: answer}, depth + 1)
        return value


def _entropy(weight: Floats, outcome: Ints) -> float:
    total = weight.sum()
    if total <= 0:
        return 0.0
    shares = np.bincount(np.unique(outcome, return_inverse=True)[1].ravel(), weights=weight.ravel()) / total
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


def _components(names: list[str], ties: Sequence[Sequence[str]]) -> list[list[str]]:
    """Names that are tied together, each group and the groups themselves in reading order."""
    group = {name: {name} for name in names}
    for tie in ties:
        known = [n for n in tie if n in group]
        merged = set().union(*(group[n] for n in known))
        for name in merged:
            group[name] = merged
    seen: set[str] = set()
    found = []
    for name in names:
        if name not in seen:
            found.append([n for n in names if n in group[name]])
            seen |= group[name]
    return found


def _within(
    names: list[str], outputs: Sequence[Table], rules: Sequence[Table], gone: Sequence[Irrelevance]
) -> tuple[list[Table], list[Table], list[Irrelevance]]:
    def mine(tables: Sequence[Table]) -> list[Table]:
        return [t for t in tables if t.names and all(n in names for n in t.names)]

    return mine(outputs), mine(rules), [i for i in gone if i.name in names]
