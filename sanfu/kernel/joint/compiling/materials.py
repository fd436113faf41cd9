"""The fewest materials an applicant must bring, each kept or dropped for a reason that can be checked.

Order of reasons: produced earlier inside the bundle, made by the one form, shared by another department,
promised (告知承诺), contained in another material. What may come later (容缺) is still to be brought.
An item may wait for the result of another item even where the law does not require it: the applicant brings one
material less, but may finish later. We try such waits and keep every combination (number of materials, finish day)
that no other combination beats on both.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.kernel.joint.catalogue.check import effective_ways
from sanfu.kernel.joint.catalogue.problems import CatalogError, Problem
from sanfu.kernel.joint.compiling import hitting, network
from sanfu.kernel.joint.compiling.network import Group, Network
from sanfu.kernel.joint.compiling.situation import Situation
from sanfu.kernel.schedule import Axis, Plan, Stuck, Task

KINDS = ("produced", "form", "shared", "promised", "duplicate")
WAIT_LIMIT = (
    8  # optional waits (item, producers) tried in all combinations; above it they are tried one after another
)


@dataclass(frozen=True, slots=True)
class Need:
    """Item `index` asks for `material` here and now."""

    index: int
    material: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escape:
    """A way not to bring it: `via` is the material that serves, `producers` the items that make it."""

    kind: str
    via: str
    result: str = ""
    producers: Group = ()
    opinion: bool = False


@dataclass(slots=True)
class Options:
    """All ways for one need: escapes that cost nothing, results that might be waited for, own submission."""

    free: list[Escape] = field(default_factory=list)
    waits: list[Escape] = field(default_factory=list)
    bring: dict[str, bool] = field(default_factory=dict)  # material → may come later (容缺)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one need."""

    need: Need
    escape: Escape | None
    brought: str | None
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Materials brought, the decision per need, the waits taken for it, and the schedule that results."""

    decisions: tuple[Decision, ...]
    kept: tuple[str, ...]
    deferred: tuple[str, ...]
    hit: hitting.Hit
    sets: tuple[tuple[Need, frozenset[str]], ...]
    waits: tuple[tuple[int, Group], ...]
    plan: Plan
    pareto: tuple[tuple[int, float, tuple[tuple[int, Group], ...]], ...]
    exact: bool


def needs(catalog: Catalog, net: Network, situation: Situation) -> list[Need]:
    """Every (item, material) that applies; a condition still unknown does not ask yet."""
    return [
        Need(index, r.material, effective_ways(catalog, r.material, r.ways))
        for index, item in enumerate(net.items)
        for r in item.materials
        if situation.holds(r.when)
    ]


class Solver:
    """One solve: the needs of a network under one sharing rule."""

    def __init__(self, catalog: Catalog, net: Network, wanted: list[Need], share: bool) -> None:
        self.catalog, self.net, self.needs, self.share = catalog, net, wanted, share
        self.asked = {need.material for need in wanted}
        self.options = {need: self._options(need) for need in wanted}
        self._add_forced_waits()

    # ── ways ──
    def _options(self, need: Need) -> Options:
        found = Options()
        self._collect(need, need.material, need.ways, found, ())
        found.free.sort(key=lambda e: KINDS.index(e.kind))
        if not (found.free or found.waits or found.bring):
            name, item = self.catalog.materials[need.material].name, self.net.items[need.index]
            why = ";".join(found.failed) or "没有取得方式"
            message = f"事项“{item.name}”({item.id})要的材料“{name}”在本次范围内谁也拿不到：{why}"
            raise CatalogError([Problem("unobtainable", need.material, message)])
        return found

    def _collect(
        self, need: Need, code: str, ways: Iterable[str], found: Options, seen: tuple[str, ...]
    ) -> None:
        if code in seen:
            return
        material = self.catalog.materials[code]
        for way in ways:
            self._way(need, code, way, found)
        for other in material.any_of:
            self._collect(need, other, self.catalog.materials[other].ways, found, (*seen, code))
        if material.duplicate_of and material.duplicate_of in self.asked:
            self._duplicate(need, material.duplicate_of, found, (*seen, code))

    def _way(self, need: Need, code: str, way: str, found: Options) -> None:
        if way == "form":
            found.free.append(Escape("form", code))
        elif way == "share":
            if self.share:
                found.free.append(Escape("shared", code))
            else:
                found.failed.append("部门共享未开通")
                found.bring.setdefault(code, False)
        elif way == "promise":
            found.free.append(Escape("promised", code))
        elif way in ("submit", "defer"):
            found.bring[code] = found.bring.get(code, False) or way == "defer"
        else:
            self._result(need, code, way[7:], found)

    def _result(self, need: Need, code: str, result: str, found: Options) -> None:
        producers = tuple(p for p in self.net.producers.get(result, ()) if p != need.index)
        if not producers:
            found.failed.append(f"结果 {result} 不由本次范围内的其他事项产出")
        elif result in self.net.opinions[need.index]:
            found.free.append(Escape("produced", code, result, producers, opinion=True))
        else:
            found.waits.append(Escape("produced", code, result, producers))

    def _duplicate(self, need: Need, target: str, found: Options, seen: tuple[str, ...]) -> None:
        inner = Options()
        self._collect(need, target, self.catalog.materials[target].ways, inner, seen)
        found.free += [Escape("duplicate", target, e.result, e.producers, e.opinion) for e in inner.free]
        found.waits += [Escape("duplicate", target, e.result, e.producers) for e in inner.waits]
        for code, later in inner.bring.items():
            found.bring.setdefault(code, later)

    def _add_forced_waits(self) -> None:
        """A material that only results can supply is a wait like any legal one."""
        for need, ways in self.options.items():
            if not ways.free and not ways.bring:
                group = tuple(dict.fromkeys(p for e in ways.waits for p in e.producers))
                if group not in self.net.groups[need.index]:
                    self.net.groups[need.index].append(group)

    # ── choosing ──
    def solve(self, work: list[Task], start: float, axis: Axis) -> Solution:
        base = self._plan(work, start, axis, ())
        before = network.certain_before(self.net, base)
        rank = {task: place for place, task in enumerate(base.order)}
        settled: dict[Need, Escape] = {}
        in_time: dict[Need, Escape] = {}
        for need, ways in self.options.items():
            certain = self._certain(need, ways, before)
            early = None if certain or ways.free else self._in_time(need, ways, base, rank)
            if early:
                in_time[need] = early
            elif certain or ways.free:
                settled[need] = certain or ways.free[0]
        added = [(need.index, escape.producers) for need, escape in in_time.items()]
        first = self._choose({**settled, **in_time}, added, work, start, axis)
        if first and (not in_time or self._unbeatable(first, settled, base)):
            return first
        # A wait that costs nothing can still bar the way to a better one (two items at the same moment).
        loose = self._choose(settled, [], work, start, axis)
        found = [one for one in (first, loose) if one]
        if not found:
            names = "、".join(self.net.items[need.index].name for need in in_time)
            raise CatalogError([Problem("cycle", names, f"这些事项互相等待结果，排不出先后：{names}")])
        return min(found, key=_order)

    def _unbeatable(self, found: Solution, settled: dict[Need, Escape], base: Plan) -> bool:
        """Whether a solution finishes no later than one without waits, and even all waits at once would save no further material."""
        rest = [n for n in self.needs if n not in settled and not self.options[n].waits]
        least = hitting.minimum([frozenset(self.options[n].bring) for n in rest], self._preference())
        return len(found.kept) <= len(least.chosen) and found.plan.finish <= base.finish + 1e-9

    def _certain(self, need: Need, ways: Options, before: list[set[int]]) -> Escape | None:
        return next((e for e in ways.waits if self._is_certain(need, e, before)), None)

    def _is_certain(self, need: Need, escape: Escape, before: list[set[int]]) -> bool:
        """In every course of things one of the producers is finished first."""
        groups = self.net.groups[need.index]
        return bool(set(escape.producers) & before[need.index]) or any(
            set(g) <= set(escape.producers) for g in groups
        )

    def _in_time(self, need: Need, ways: Options, base: Plan, rank: dict[int, int]) -> Escape | None:
        """A result that is there before the item starts anyway: waiting for it moves nothing."""
        for escape in ways.waits:
            if any(
                base.finishes[p] <= base.starts[need.index] and rank[p] < rank[need.index]
                for p in escape.producers
            ):
                return escape
        return None

    def _choose(
        self, settled: dict[Need, Escape], added: list[tuple[int, Group]], work: list[Task], start: float, axis: Axis
    ) -> Solution | None:  # fmt: skip
        """Try which further results to wait for; keep every (materials, finish) that nothing beats."""
        open_needs = [need for need in self.needs if need not in settled]
        # Needs of one item that wait for the same producers stand or fall together.
        edges = dict.fromkeys(
            (need.index, e.producers) for need in open_needs for e in self.options[need].waits
        )
        exact = len(edges) <= WAIT_LIMIT
        tried = []
        for chosen in _subsets(list(edges)) if exact else _growing(list(edges)):
            waits = [*added, *chosen]
            try:
                plan = self._plan(work, start, axis, waits)
            except Stuck:
                continue
            escaped = {**settled}
            for need in open_needs:
                for escape in self.options[need].waits:
                    if (need.index, escape.producers) in chosen:
                        escaped.setdefault(need, escape)
            sets = tuple((n, frozenset(self.options[n].bring)) for n in self.needs if n not in escaped)
            if any(not members for _, members in sets):
                continue
            hit = hitting.minimum([members for _, members in sets], self._preference())
            tried.append((len(hit.chosen), plan.finish, len(chosen), tuple(waits), plan, escaped, hit, sets))
        if not tried:
            return None
        tried.sort(key=lambda t: t[:3])
        front = _front(tried)
        best = tried[0]
        return self._solution(best, front, exact)

    def _solution(self, best: tuple, front: tuple, exact: bool) -> Solution:  # type: ignore[type-arg]
        _, _, _, waits, plan, escaped, hit, sets = best
        decisions = tuple(self._decision(need, escaped.get(need), hit.chosen) for need in self.needs)
        later = tuple(
            c for c in hit.chosen if all(self._may_defer(n, c) for n, members in sets if c in members)
        )
        return Solution(
            decisions, hit.chosen, later, hit, sets, waits, plan, front, exact and hit.exact
        )  # fmt: skip

    def _may_defer(self, need: Need, code: str) -> bool:
        return self.options[need].bring.get(code, False)

    def _decision(self, need: Need, escape: Escape | None, chosen: tuple[str, ...]) -> Decision:
        ways = self.options[need]
        if escape:
            return Decision(need, escape, None, tuple(ways.failed))
        own = [c for c in chosen if c in ways.bring]
        brought = need.material if need.material in own else own[0]
        failed = [*ways.failed, *(f"结果 {e.result} 到时尚未产出" for e in ways.waits)]
        return Decision(need, None, brought, tuple(failed))

    def _preference(self) -> list[str]:
        """Named by an item first, then in the order of the dictionary."""
        return sorted(self.catalog.materials, key=lambda code: code not in self.asked)

    def _plan(self, work: list[Task], start: float, axis: Axis, waits: Iterable[tuple[int, Group]]) -> Plan:
        groups = [list(g) for g in self.net.groups]
        for index, group in waits:
            if group not in groups[index]:
                groups[index].append(group)
        extended = Network(self.net.items, self.net.producers, groups, self.net.soft, self.net.opinions)
        return network.schedule(extended, work, start, axis)


def _order(found: Solution) -> tuple[int, float]:
    """Fewest materials first, then the earliest finish; rounded, so that a tie keeps the usual reasons."""
    return len(found.kept), round(found.plan.finish, 6)


def _subsets(optional: list[tuple[int, Group]]) -> Iterator[tuple[tuple[int, Group], ...]]:
    for size in range(len(optional) + 1):
        yield from itertools.combinations(optional, size)


def _growing(optional: list[tuple[int, Group]]) -> Iterator[tuple[tuple[int, Group], ...]]:
    """None, all, each alone, and all but each: enough to be useful, not to be called exact."""
    yield ()
    yield tuple(optional)
    for one in optional:
        yield (one,)
        yield tuple(o for o in optional if o is not one)


def _front(tried: list) -> tuple:  # type: ignore[type-arg]
    """Pairs (materials, finish) of which no other is at least as good in both; fewest materials first."""
    front: list = []  # type: ignore[type-arg]
    for count, finish, _, waits, *_rest in tried:
        if not front or finish < front[-1][1] - 1e-9:
            front.append((count, finish, waits))
    return tuple(front)
