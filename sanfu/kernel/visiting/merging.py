"""Wishes merged into few visits (无事不扰): fewest groups whose windows meet, then the cap of each firm."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from sanfu.kernel.visiting.levelling import level
from sanfu.kernel.visiting.model import PLAIN, Limits, Merged, QuarterPlan, Visit, Wish


def plan_quarter(wishes: Iterable[Wish], limits: Limits = PLAIN) -> QuarterPlan:
    """Few visits for all wishes under the cap of each firm, then weeks that are level.

    A wish beyond the cap is merged into a visit outside its window, and says so; nothing is dropped: what no visit
    has room for is in `left`. Inspections by law are in `inspections`, untouched.
    """
    by_firm: dict[str, list[Wish]] = {}
    inspections = []
    for wish in wishes:
        if wish.lawful:
            inspections.append(wish)
        else:
            by_firm.setdefault(wish.firm, []).append(wish)
    visits: list[Visit] = []
    left: list[Wish] = []
    for firm in sorted(by_firm):
        made, over = _of_firm(by_firm[firm], limits)
        visits += made
        left += over
    busy: dict[int, int] = {}
    for wish in inspections:
        busy[wish.first] = busy.get(wish.first, 0) + 1
    levelled = level(visits, limits.apart, busy)
    levelled.sort(key=lambda visit: (visit.week, visit.firm))
    return QuarterPlan(levelled, _told(levelled), inspections, left, close_pairs(levelled, limits.apart))


def fewest(wishes: Sequence[Wish], most: int) -> list[tuple[Wish, ...]]:
    """The fewest groups of at most `most` departments whose windows have a common week; alone stays alone.

    The wish that ends first must be in some group; moving that group to its last week loses nobody, and of those
    who have begun by then the most urgent are taken. An exchange shows that no plan has fewer groups.
    """
    groups: list[tuple[Wish, ...]] = [(wish,) for wish in wishes if wish.alone]
    waiting = sorted((w for w in wishes if not w.alone), key=lambda w: (w.last, w.first, w.code))
    while waiting:
        end = waiting[0].last
        group = [wish for wish in waiting if wish.first <= end][:most]
        groups.append(tuple(group))
        taken = {id(wish) for wish in group}
        waiting = [wish for wish in waiting if id(wish) not in taken]
    return groups


def _of_firm(wishes: list[Wish], limits: Limits) -> tuple[list[Visit], list[Wish]]:
    groups = fewest(wishes, limits.departments)
    if len(groups) <= limits.a_firm:
        return [_visit(group) for group in groups], []
    return _capped(wishes, limits)


def _visit(group: Sequence[Wish]) -> Visit:
    first, last = max(wish.first for wish in group), min(wish.last for wish in group)
    return Visit(group[0].firm, last, first, last, tuple(group))


def _capped(wishes: list[Wish], limits: Limits) -> tuple[list[Visit], list[Wish]]:
    """Too many groups for the cap: the weeks that suit most wishes; the others go to the nearest of them with room."""
    alone = [wish for wish in wishes if wish.alone][: limits.a_firm]
    over = [wish for wish in wishes if wish.alone][limits.a_firm :]
    shared = sorted((w for w in wishes if not w.alone), key=lambda w: (w.last, w.first, w.code))
    seats = limits.a_firm - len(alone)
    visits = [_visit((wish,)) for wish in alone]
    if not seats or not shared:
        return visits, over + shared
    weeks = sorted({wish.last for wish in shared})
    best = min(
        combinations(weeks, min(seats, len(weeks))), key=lambda chosen: _weighed(shared, chosen, limits)
    )
    while len(best) < seats and len(shared) > limits.departments * len(best):
        best = tuple(sorted((*best, best[-1])))  # one week suits all but not all fit in: a second visit there
    groups, rest = _seated(shared, best, limits)
    for week, group in zip(best, groups, strict=True):
        if group:
            visits.append(_fixed(group, week))
    return visits, over + rest


def _weighed(wishes: Sequence[Wish], weeks: Sequence[int], limits: Limits) -> tuple[int, int]:
    groups, rest = _seated(wishes, weeks, limits)
    outside = [_outside(wish, week) for week, group in zip(weeks, groups, strict=True) for wish in group]
    return len(rest), sum(outside)


def _seated(
    wishes: Sequence[Wish], weeks: Sequence[int], limits: Limits
) -> tuple[list[list[Wish]], list[Wish]]:
    """Each wish in the visit nearest to its window that has a seat, those with the least choice first."""
    groups: list[list[Wish]] = [[] for _ in weeks]
    rest = []
    order = sorted(
        wishes, key=lambda w: (sum(_outside(w, week) == 0 for week in weeks) or 99, w.last, w.code)
    )
    for wish in order:
        free = [at for at in range(len(weeks)) if len(groups[at]) < limits.departments]
        if free:
            groups[min(free, key=lambda at: _outside(wish, weeks[at]))].append(wish)
        else:
            rest.append(wish)
    return groups, rest


def _outside(wish: Wish, week: int) -> int:
    return max(wish.first - week, week - wish.last, 0)


def _fixed(group: Sequence[Wish], week: int) -> Visit:
    """A visit about `week`: it may move where every wish that fits that week still fits."""
    inside = [wish for wish in group if not _outside(wish, week)]
    exact = len(inside) == len(group)
    first = max((wish.first for wish in inside), default=week) if exact else week
    last = min((wish.last for wish in inside), default=week) if exact else week
    return Visit(group[0].firm, week, first, last, tuple(group))


def _told(visits: Sequence[Visit]) -> list[Merged]:
    """Each wish beyond the first of a visit, and each outside its window, with the visit it was merged into."""
    found = []
    for at, visit in enumerate(visits):
        for place, wish in enumerate(visit.wishes):
            outside = _outside(wish, visit.week)
            if place or outside:
                found.append(Merged(wish, at, outside))
    return found


def close_pairs(visits: Sequence[Visit], apart: int) -> list[tuple[int, int]]:
    """Pairs of visits to one firm that are nearer than `apart` weeks, for a person to decide."""
    by_firm: dict[str, list[int]] = {}
    for at, visit in enumerate(visits):
        by_firm.setdefault(visit.firm, []).append(at)
    return [
        (one, other)
        for places in by_firm.values()
        for one, other in combinations(places, 2)
        if abs(visits[one].week - visits[other].week) < apart
    ]
