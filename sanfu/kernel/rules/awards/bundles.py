"""就高不重复、封顶: the best legal combination of awards of one enterprise, exactly, and why each loser lost.

Conflicts that cross groups make this a maximum-weight independent set. After keeping only what one enterprise is
eligible for, the conflict graph falls into small components; each is solved by branching on bit masks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sanfu.kernel.rules.language.tree import Clause


@dataclass(frozen=True)
class Award:
    """What a clause would give, in whole 分; `project` separates projects of one enterprise."""

    clause: str
    amount: int
    project: str = ""

    @property
    def name(self) -> str:
        return f"{self.clause}@{self.project}" if self.project else self.clause


@dataclass(frozen=True)
class Ceiling:
    """封顶: its members together get at most `limit`, less `used` before.

    `whole` (不拆分): an award is paid whole or not at all. Otherwise the last ones are cut, in the order of awards.
    Ceilings that share members should be nested; where they cross, the order of awards decides.
    """

    name: str
    limit: int
    members: frozenset[str]
    whole: bool = False
    used: int = 0

    @property
    def room(self) -> int:
        return max(self.limit - self.used, 0)


@dataclass(frozen=True)
class Lost:
    """Why an award is not in the bundle: `rivals` are chosen and exclude it; taking it would cost `costs` 分."""

    award: Award
    rivals: tuple[str, ...]
    costs: int
    ceiling: str = ""


@dataclass(frozen=True)
class Bundle:
    """`paid` in whole 分 by award name; `cut` says what a ceiling took away."""

    chosen: tuple[Award, ...]
    paid: dict[str, int]
    lost: tuple[Lost, ...]
    cut: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.paid.values())


class Exclusions:
    """Which clauses may not be enjoyed together: members of one group, and pairs named by 不同享."""

    def __init__(self, groups: Mapping[str, Iterable[str]], pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.why: dict[frozenset[str], str] = {}
        self.rivals: dict[str, set[str]] = {}
        for group, members in groups.items():
            listed = list(members)
            for i, one in enumerate(listed):
                for other in listed[i + 1 :]:
                    self._add(one, other, group)
        for one, other in pairs:
            self._add(one, other, "不同享")

    def _add(self, one: str, other: str, why: str) -> None:
        if one == other:
            return
        self.why.setdefault(frozenset((one, other)), why)
        self.rivals.setdefault(one, set()).add(other)
        self.rivals.setdefault(other, set()).add(one)

    @classmethod
    def of(cls, clauses: Iterable[Clause]) -> "Exclusions":
        groups: dict[str, list[str]] = {}
        pairs: list[tuple[str, str]] = []
        for clause in clauses:
            for group in clause.groups:
                groups.setdefault(group, []).append(clause.id)
            pairs += [(clause.id, other) for other in clause.conflicts]
        return cls(groups, pairs)

    def masks(self, awards: Sequence[Award]) -> list[int]:
        """For each award the bits of the awards it excludes; a group counts per project."""
        place: dict[str, list[int]] = {}
        for i, award in enumerate(awards):
            place.setdefault(award.clause, []).append(i)
        found = []
        for award in awards:
            mask = 0
            for rival in self.rivals.get(award.clause, ()):
                for i in place.get(rival, ()):
                    if not award.project or not awards[i].project or award.project == awards[i].project:
                        mask |= 1 << i
            found.append(mask)
        return found


def best_bundle(awards: Sequence[Award], exclusions: Exclusions, ceilings: Sequence[Ceiling] = ()) -> Bundle:
    """The legal combination that pays most; ties go to the awards named first."""
    solver = _Solver(awards, exclusions.masks(awards), ceilings)
    chosen = solver.best()
    paid = solver.payments(chosen)
    kept = [i for i in range(len(awards)) if chosen >> i & 1]
    lost = tuple(solver.reason(i, chosen) for i in range(len(awards)) if not chosen >> i & 1)
    cut = {awards[i].name: awards[i].amount - paid[i] for i in kept if paid[i] < awards[i].amount}
    return Bundle(tuple(awards[i] for i in kept), {awards[i].name: paid[i] for i in kept}, lost, cut)


def best_total(amounts: Sequence[int], rivals: Sequence[int]) -> int:
    """Chosen awards as a bit mask, for many enterprises in a row: no ceilings, no reasons."""
    whole, chosen = (1 << len(amounts)) - 1, 0
    for part in components(whole, rivals):
        chosen |= independent(part, amounts, rivals)[1]
    return chosen


def components(mask: int, rivals: Sequence[int]) -> list[int]:
    """Connected parts of the conflict graph within `mask`."""
    found = []
    while mask:
        part = edge = mask & -mask
        while edge:
            low = edge & -edge
            edge ^= low
            fresh = rivals[low.bit_length() - 1] & mask & ~part
            part |= fresh
            edge |= fresh
        found.append(part)
        mask &= ~part
    return found


def independent(mask: int, amounts: Sequence[int], rivals: Sequence[int]) -> tuple[int, int]:
    """Best total and mask of pairwise compatible awards within `mask`."""
    best, chosen = 0, 0
    while mask:  # awards without a rival left are always taken
        branch, most = -1, 0
        scan = mask
        while scan:
            low = scan & -scan
            scan ^= low
            i = low.bit_length() - 1
            degree = (rivals[i] & mask).bit_count()
            if degree == 0:
                best, chosen, mask = best + amounts[i], chosen | low, mask ^ low
            elif degree > most:
                branch, most = i, degree
        if branch < 0:
            break
        if most == 1:  # only pairs are left: the larger of each, the earlier of equals
            low = mask & -mask
            i = low.bit_length() - 1
            j = (rivals[i] & mask).bit_length() - 1
            pick = i if amounts[i] >= amounts[j] else j
            best, chosen, mask = best + amounts[pick], chosen | 1 << pick, mask & ~(low | 1 << j)
            continue
        with_it = independent(mask & ~(rivals[branch] | 1 << branch), amounts, rivals)
        without = independent(mask & ~(1 << branch), amounts, rivals)
        taken = (with_it[0] + amounts[branch], with_it[1] | 1 << branch)
        more = taken if taken[0] >= without[0] else without
        return best + more[0], chosen | more[1]
    return best, chosen


class _Solver:
    """One enterprise's awards with their ceilings."""

    def __init__(self, awards: Sequence[Award], rivals: list[int], ceilings: Sequence[Ceiling]) -> None:
        self.awards, self.rivals = awards, rivals
        self.amounts = [award.amount for award in awards]
        self.ceilings = [
            (ceiling, sum(1 << i for i, a in enumerate(awards) if a.clause in ceiling.members))
            for ceiling in ceilings
        ]

    def best(self, forced: int = 0) -> int:
        """The mask that pays most among those that contain `forced`."""
        excluded = 0
        for i in range(len(self.awards)):
            if forced >> i & 1:
                excluded |= self.rivals[i]
        free = ((1 << len(self.awards)) - 1) & ~excluded & ~forced
        links = self.rivals if not self.ceilings else self._linked()
        chosen = forced
        for part in components(free | forced, links):
            if any(part & members for _, members in self.ceilings):
                chosen |= self._search(part & free, forced & part)
            else:
                chosen |= independent(part & free, self.amounts, self.rivals)[1]
        return chosen

    def _linked(self) -> list[int]:
        """Rivals, and fellow members of a ceiling: what must be decided together."""
        links = list(self.rivals)
        for _, members in self.ceilings:
            for i in range(len(links)):
                if members >> i & 1:
                    links[i] |= members & ~(1 << i)
        return links

    def _search(self, free: int, forced: int) -> int:
        """Branch and bound with ceilings: the value of a choice is what would really be paid."""
        order = sorted((i for i in range(len(self.awards)) if free >> i & 1), key=lambda i: -self.amounts[i])
        rest = [0] * (len(order) + 1)
        for place in range(len(order) - 1, -1, -1):
            rest[place] = rest[place + 1] + self.amounts[order[place]]
        best_value, best_mask = -1, forced

        def descend(place: int, mask: int) -> None:
            nonlocal best_value, best_mask
            value = self.value(mask)
            if value is None:
                return
            if value > best_value:
                best_value, best_mask = value, mask
            if place == len(order) or value + rest[place] <= best_value:
                return
            i = order[place]
            if not self.rivals[i] & mask:
                descend(place + 1, mask | 1 << i)
            descend(place + 1, mask)

        descend(0, forced)
        return best_mask

    def value(self, mask: int) -> int | None:
        """What the choice pays; None when a 不拆分 ceiling is broken."""
        for ceiling, members in self.ceilings:
            if ceiling.whole:
                total = sum(self.amounts[i] for i in range(len(self.amounts)) if mask & members & 1 << i)
                if total > ceiling.room:
                    return None
        return sum(self.payments(mask))

    def payments(self, mask: int) -> list[int]:
        """Paid amounts in the order of awards, each cut to the room its ceilings have left."""
        room = [ceiling.room for ceiling, _ in self.ceilings]
        paid = [0] * len(self.amounts)
        for i, amount in enumerate(self.amounts):
            if not mask >> i & 1:
                continue
            mine = [c for c, (_, members) in enumerate(self.ceilings) if members >> i & 1]
            paid[i] = min([amount, *[room[c] for c in mine]])
            for c in mine:
                room[c] -= paid[i]
        return paid

    def reason(self, loser: int, chosen: int) -> Lost:
        """Who excludes it, and how much less the best bundle with it would pay."""
        rivals = tuple(
            self.awards[i].name for i in range(len(self.awards)) if chosen & self.rivals[loser] & 1 << i
        )
        with_it = self.value(self.best(1 << loser))
        costs = (self.value(chosen) or 0) - (with_it or 0)
        full = next((c.name for c, members in self.ceilings if members >> loser & 1 and not rivals), "")
        return Lost(self.awards[loser], rivals, costs, full)


MOST_OPEN = 16  # awards of one enterprise whose combinations are tried one by one


class Options:
    """Every legal combination of an enterprise's awards, also those that pay less than the best."""

    def __init__(
        self, awards: Sequence[Award], exclusions: Exclusions, ceilings: Sequence[Ceiling] = ()
    ) -> None:
        if len(awards) > MOST_OPEN:
            raise ValueError(f"一家企业有 {len(awards)} 项同时命中，超过 {MOST_OPEN} 项，不能逐一比较")
        self.awards, self.rivals = awards, exclusions.masks(awards)
        self.solver = _Solver(awards, self.rivals, ceilings)

    def __iter__(self) -> Iterator[Bundle]:
        for mask in range(1 << len(self.awards)):
            kept = [i for i in range(len(self.awards)) if mask >> i & 1]
            if any(self.rivals[i] & mask for i in kept) or self.solver.value(mask) is None:
                continue
            yield self._bundle(mask, kept)

    def _bundle(self, mask: int, kept: list[int]) -> Bundle:
        paid, awards = self.solver.payments(mask), self.awards
        lost = tuple(
            Lost(award, tuple(awards[k].name for k in kept if self.rivals[i] & 1 << k), 0)
            for i, award in enumerate(awards)
            if not mask >> i & 1
        )
        cut = {awards[i].name: awards[i].amount - paid[i] for i in kept if paid[i] < awards[i].amount}
        return Bundle(tuple(awards[i] for i in kept), {awards[i].name: paid[i] for i in kept}, lost, cut)


def largest_remainder(amounts: Mapping[str, int], pool: int) -> dict[str, int]:
    """Pro rata within a city budget: whole 分 that add up to the pool (or to the claims when they fit)."""
    total = sum(amounts.values())
    if total <= pool or total == 0:
        return dict(amounts)
    shares = {name: divmod(amount * pool, total) for name, amount in amounts.items()}
    paid = {name: share for name, (share, _) in shares.items()}
    order = sorted(shares, key=lambda name: (-shares[name][1], list(shares).index(name)))
    for name in order[: pool - sum(paid.values())]:
        paid[name] += 1
    return paid
