"""Weeks made level: each visit stays in its weeks, loads become as even as they can, visits to a firm drift apart."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sanfu.kernel.visiting.model import Visit

ROUNDS = 20


def level(visits: Sequence[Visit], apart: int = 0, busy: Mapping[int, int] | None = None) -> list[Visit]:
    """The same visits with weeks chosen so that the sum of squared weekly counts is least, then further apart.

    Args:
        apart: weeks wanted between two visits to one firm; honoured only where it costs no level.
        busy: what each week holds already and cannot be moved (inspections by law).

    A chain of moves from a full week to one emptier by two lowers the sum; where no such chain is left it is least
    (a flow with convex costs). `level` repeats that, then moves visits to one firm apart by even exchanges.
    """
    weeks = [visit.week for visit in visits]
    load = dict(busy or {})
    for at in range(len(visits)):
        load[weeks[at]] = load.get(weeks[at], 0) + 1
    for visit in visits:
        for week in range(visit.first, visit.last + 1):
            load.setdefault(week, 0)
    while _relieve(visits, weeks, load):
        pass
    if apart:
        _spread(visits, weeks, load, apart)
    return [replace(visit, week=week) for visit, week in zip(visits, weeks, strict=True)]


def _relieve(visits: Sequence[Visit], weeks: list[int], load: dict[int, int]) -> bool:
    """One chain of moves that lowers the sum of squares, from the fullest week that has one; False when none has."""
    inside: dict[int, list[int]] = {}
    for at, week in enumerate(weeks):
        inside.setdefault(week, []).append(at)
    for start in sorted(inside, key=lambda week: -load[week]):
        came: dict[int, tuple[int, int]] = {}
        waiting, seen = deque([start]), {start}
        while waiting:
            here = waiting.popleft()
            for at in inside.get(here, ()):
                for there in range(visits[at].first, visits[at].last + 1):
                    if there not in seen:
                        seen.add(there)
                        came[there] = (here, at)
                        waiting.append(there)
        end = min(seen, key=lambda week: (load[week], week))
        if load[end] <= load[start] - 2:
            load[start] -= 1
            load[end] += 1
            while end != start:
                end_before, at = came[end]
                weeks[at] = end
                end = end_before
            return True
    return False


def _spread(visits: Sequence[Visit], weeks: list[int], load: dict[int, int], apart: int) -> None:
    """Spread visits to one firm further apart without changing the load: move one to an emptier week, or swap two."""
    by_firm: dict[str, list[int]] = {}
    for at, visit in enumerate(visits):
        by_firm.setdefault(visit.firm, []).append(at)
    for _ in range(ROUNDS):
        moved = False
        for places in by_firm.values():
            for at in places if len(places) > 1 else ():
                moved |= _better_week(visits, weeks, load, apart, by_firm, at)
        if not moved:
            return


def _better_week(visits: Sequence[Visit], weeks: list[int], load: dict[int, int], apart: int, by_firm: dict[str, list[int]], at: int) -> bool:  # fmt: skip
    now = _crowding(visits, weeks, by_firm, at, weeks[at], apart)
    if not now:
        return False
    for week in range(visits[at].first, visits[at].last + 1):
        gain = now - _crowding(visits, weeks, by_firm, at, week, apart)
        if gain <= 0 or week == weeks[at]:
            continue
        if load[week] < load[weeks[at]]:
            load[weeks[at]] -= 1
            load[week] += 1
            weeks[at] = week
            return True
        for other in range(len(visits)):
            if weeks[other] != week or not visits[other].first <= weeks[at] <= visits[other].last:
                continue
            loss = _crowding(visits, weeks, by_firm, other, weeks[at], apart) - _crowding(
                visits, weeks, by_firm, other, week, apart
            )
            if loss < gain and visits[other].firm != visits[at].firm:
                weeks[at], weeks[other] = weeks[other], weeks[at]
                return True
    return False


def _crowding(
    visits: Sequence[Visit], weeks: list[int], by_firm: dict[str, list[int]], at: int, week: int, apart: int
) -> int:
    """How many weeks too near the other visits to the same firm this visit would be."""
    others = by_firm[visits[at].firm]
    return sum(max(apart - abs(weeks[other] - week), 0) for other in others if other != at)
