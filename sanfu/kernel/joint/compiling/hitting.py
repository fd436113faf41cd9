"""Minimum hitting set, exact: the fewest things of which every set gets at least one."""

from collections.abc import Sequence
from dataclasses import dataclass

SEARCH_LIMIT = 200_000  # nodes; beyond it the answer is the best found and says so


@dataclass(frozen=True, slots=True)
class Hit:
    """`chosen` in order of preference; `disjoint` sets share nothing, so at least that many are needed."""

    chosen: tuple[str, ...]
    disjoint: tuple[frozenset[str], ...]
    exact: bool


def minimum(sets: Sequence[frozenset[str]], preference: Sequence[str]) -> Hit:
    """Branch and bound over the sets. Among equal sizes the earlier in `preference` wins. Sets not empty."""
    rank = {name: place for place, name in enumerate(preference)}
    minimal = _minimal(sets)
    forced = {next(iter(s)) for s in minimal if len(s) == 1}
    rest = _without_dominated([s for s in minimal if not s & forced], rank)
    search = _Search(rank)
    search.best = _greedy(rest, rank)
    search.run(rest, ())
    chosen = tuple(sorted(forced | set(search.best), key=lambda n: rank[n]))
    return Hit(chosen, tuple(_disjoint(minimal)), search.nodes < SEARCH_LIMIT)


def _minimal(sets: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Only sets that contain no other: hitting these hits all."""
    found: list[frozenset[str]] = []
    for candidate in sorted(set(sets), key=lambda s: (len(s), sorted(s))):
        if not any(kept <= candidate for kept in found):
            found.append(candidate)
    return found


def _without_dominated(sets: list[frozenset[str]], rank: dict[str, int]) -> list[frozenset[str]]:
    """Drop names that hit no more than a preferred other name does."""
    hits: dict[str, set[int]] = {}
    for number, members in enumerate(sets):
        for name in members:
            hits.setdefault(name, set()).add(number)
    gone: set[str] = set()
    for name in sorted(hits, key=lambda n: -rank[n]):
        better = (o for o in hits if o != name and o not in gone)
        if any(hits[name] < hits[o] or (hits[name] == hits[o] and rank[o] < rank[name]) for o in better):
            gone.add(name)
    return _minimal([s - gone for s in sets])


def _disjoint(sets: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Sets that share nothing with each other, smallest first: a lower bound anybody can check."""
    found: list[frozenset[str]] = []
    for members in sorted(sets, key=lambda s: (len(s), sorted(s))):
        if not any(members & other for other in found):
            found.append(members)
    return found


def _greedy(sets: list[frozenset[str]], rank: dict[str, int]) -> tuple[str, ...]:
    chosen: list[str] = []
    left = sets
    while left:
        names = sorted({n for s in left for n in s}, key=lambda n: rank[n])
        name = max(names, key=lambda n: sum(n in s for s in left))
        chosen.append(name)
        left = [s for s in left if name not in s]
    return tuple(chosen)


class _Search:
    def __init__(self, rank: dict[str, int]) -> None:
        self.rank = rank
        self.best: tuple[str, ...] = ()
        self.nodes = 0

    def run(self, left: list[frozenset[str]], chosen: tuple[str, ...]) -> None:
        self.nodes += 1
        if self.nodes >= SEARCH_LIMIT:
            return
        if not left:
            if self._key(chosen) < self._key(self.best):
                self.best = chosen
            return
        if len(chosen) + len(_disjoint(left)) > len(self.best):
            return
        smallest = min(left, key=lambda s: (len(s), sorted(s)))
        for name in sorted(smallest, key=lambda n: self.rank[n]):
            self.run([s for s in left if name not in s], (*chosen, name))

    def _key(self, chosen: tuple[str, ...]) -> tuple[int, list[int]]:
        return len(chosen), sorted(self.rank[n] for n in chosen)
