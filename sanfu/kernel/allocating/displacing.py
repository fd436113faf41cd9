"""Who would have to leave so that one project may come in, at the least loss, everybody else kept in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sanfu.kernel.allocating.model import Floats, Ints, Model

MONTHS_TRIED = 2
PAIRS_AMONG = 100


@dataclass(frozen=True)
class Displaced:
    """Projects that leave, the start month won, and the loss less the gain for each tier (first tier first)."""

    out: tuple[int, ...]
    start: int
    loss: tuple[float, ...]
    exact: bool  # nobody cheaper exists among sets of up to two

    @property
    def gains(self) -> bool:
        """The exchange would improve the plan: the first tier that changes, rises."""
        first = next((x for x in self.loss if abs(x) > 1e-7 * max(1.0, abs(x))), 0.0)
        return first < 0


class Displacing:
    """Exchanges beside one plan. Whoever is mandatory or carries a later phase of the plan stays."""

    def __init__(self, model: Model, starts: Mapping[int, int]) -> None:
        self.model, self.starts = model, dict(starts)
        problem = model.problem
        carrying = {
            problem.place[p.requires] for i, p in enumerate(problem.projects) if p.requires and i in starts
        }
        self.able = [i for i in sorted(starts) if not problem.projects[i].mandatory and i not in carrying]
        self.uses: Floats = (
            np.array([model.use_of(i, starts[i]) for i in self.able])
            if self.able
            else np.zeros((0, len(model.rows)))
        )
        self.left = model.ceiling + model.slack - model.used(starts)
        tiers = problem.tiers
        self.worth: Floats = np.zeros((len(self.able), len(tiers)))
        for row, i in enumerate(self.able):
            self.worth[row, tiers.index(problem.projects[i].tier)] = problem.value(i, starts[i])

    def lacking(self, i: int, month: int) -> Floats:
        """What is short in every row (zero where nothing is) if project i began in that month."""
        return np.maximum(0.0, self.model.use_of(i, month) - self.left)

    def months(self, i: int) -> list[int]:
        """Start months worth looking at: those short of least, the later first among equals."""
        scored = []
        for month in self.model.problem.starts(i):
            short = self.lacking(i, month)
            share = short / np.maximum(1e-9, self.model.ceiling + 1e-9)
            scored.append((int((short > 0).sum()), float(share.sum()), -month))
        return [-month for _, _, month in sorted(scored)[:MONTHS_TRIED]]

    def cheapest(self, i: int, pairs: bool = True) -> Displaced | None:
        """The least loss at which project i comes in; None when nobody who may leave makes enough room."""
        best: Displaced | None = None
        for month in self.months(i):
            forced = self._rivals(i)
            if forced is None or not self._phase_ready(i, month):
                continue
            found = self._cover(i, month, forced, pairs)
            if found is not None and (best is None or found.loss < best.loss):
                best = found
        return best

    def _rivals(self, i: int) -> list[int] | None:
        """Rows of other variants of the same project, who must leave; None when one of them may not."""
        project = self.model.problem.projects[i]
        if not project.group:
            return []
        rivals = [k for k in self.starts if self.model.problem.projects[k].group == project.group]
        if any(k not in self.able or self.model.problem.projects[k].id == project.requires for k in rivals):
            return None
        return [self.able.index(k) for k in rivals]

    def _phase_ready(self, i: int, month: int) -> bool:
        project = self.model.problem.projects[i]
        if not project.requires:
            return True
        before = self.starts.get(self.model.problem.place[project.requires])
        return before is not None and before <= month

    def _cover(self, i: int, month: int, forced: Sequence[int], pairs: bool) -> Displaced | None:
        need = self.lacking(i, month) - sum((self.uses[k] for k in forced), np.zeros(len(self.model.rows)))
        rows = np.flatnonzero(need > 1e-12)
        if not len(rows):
            return self._made(i, month, forced, True)
        before = self._before(i)
        own = np.array(
            [k for k in range(len(self.able)) if k not in forced and k not in before], dtype=np.int64
        )
        if not len(own):
            return None
        have = self.uses[np.ix_(own, rows)]
        single = self._single(own[(have >= need[rows] - 1e-12).all(axis=1)])
        chosen, exact = single, single is not None or pairs
        if pairs:
            chosen = self._least([single, self._pair(own, have, need[rows])])
        if chosen is None and pairs:
            chosen, exact = self._greedy(own, have, need[rows]), False
        return None if chosen is None else self._made(i, month, [*forced, *chosen], exact)

    def _before(self, i: int) -> set[int]:
        """The rows that project i itself stands on (its earlier phase): they do not leave for it."""
        name = self.model.problem.projects[i].requires
        return {row for row, k in enumerate(self.able) if self.model.problem.projects[k].id == name}

    def _single(self, enough: Ints) -> list[int] | None:
        """The cheapest of those who alone make room, compared tier by tier, the first among equals."""
        return [int(enough[np.lexsort(self.worth[enough].T[::-1])[0]])] if len(enough) else None

    def _least(self, sets: Sequence[Sequence[int] | None]) -> list[int] | None:
        known = [list(one) for one in sets if one is not None]
        return min(known, key=lambda one: (tuple(self.worth[one].sum(axis=0)), len(one)), default=None)

    def _pair(self, own: Ints, have: Floats, need: Floats) -> list[int] | None:
        """The cheapest two that together make room, compared tier by tier; the least worthy are looked at."""
        cheap = np.lexsort(self.worth[own].T[::-1])[:PAIRS_AMONG]
        if len(cheap) < 2:
            return None
        first, second = np.triu_indices(len(cheap), 1)
        first, second = cheap[first], cheap[second]
        for column in np.argsort(-need):  # the largest lack leaves the fewest pairs to look at
            enough = have[first, column] + have[second, column] >= need[column] - 1e-12
            first, second = first[enough], second[enough]
            if not len(first):
                return None
        loss = self.worth[own[first]] + self.worth[own[second]]
        k = np.lexsort(loss.T[::-1])[0]
        return [int(own[first[k]]), int(own[second[k]])]

    def _greedy(self, own: Ints, have: Floats, need: Floats) -> list[int] | None:
        """A set of any size: who covers most per loss leaves first; then whoever is not needed stays."""
        if np.any(have.sum(axis=0) < need - 1e-12):
            return None
        left, taken = need.copy(), list[int]()
        worth = self.worth[own].sum(axis=1)
        while np.any(left > 1e-12):
            gain = (np.minimum(have, np.maximum(left, 0)) / np.maximum(need, 1e-12)).sum(axis=1)
            gain[taken] = 0
            taken.append(int(np.argmax(gain / (worth + 1e-9))))
            left = left - have[taken[-1]]
        for k in sorted(taken, key=lambda k: -worth[k]):
            rest = [other for other in taken if other != k]
            if np.all(have[rest].sum(axis=0) >= need - 1e-12):
                taken = rest
        return [int(own[k]) for k in taken]

    def _made(self, i: int, month: int, rows: Sequence[int], exact: bool) -> Displaced:
        problem = self.model.problem
        loss = self.worth[list(rows)].sum(axis=0) if rows else np.zeros(len(problem.tiers))
        loss[problem.tiers.index(problem.projects[i].tier)] -= problem.value(i, month)
        return Displaced(tuple(self.able[k] for k in rows), month, tuple(float(x) for x in loss), exact)


def brute(model: Model, starts: Mapping[int, int], i: int) -> Displaced | None:
    """The same answer by trying every set: the oracle of tests, for small plans."""
    displacing = Displacing(model, starts)
    best: Displaced | None = None
    for month in model.problem.starts(i):
        for size in range(len(displacing.able) + 1):
            for rows in combinations(range(len(displacing.able)), size):
                freed = displacing.uses[list(rows)].sum(axis=0) if rows else 0.0
                if np.all(displacing.lacking(i, month) <= freed + 1e-12):
                    found = displacing._made(i, month, rows, True)
                    if best is None or found.loss < best.loss:
                        best = found
    return best
