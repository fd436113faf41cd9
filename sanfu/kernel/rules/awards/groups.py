"""同一实际控制人封顶: enterprises with one controller share a ceiling; the best legal combination of all of them.

Each enterprise alone is a bundle (`bundles`). When the shared ceilings do not bind, these bundles stand. When they
do, every legal combination of each enterprise is an option with what it claims of each ceiling, and a dynamic
program over enterprises finds the combination that pays the group most; of equal ones the one that leaves most
enterprises with their own best. What is left of a ceiling is then handed out in the order the clause names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sanfu.kernel.rules.awards.bundles import (
    Award,
    Bundle,
    Ceiling,
    Exclusions,
    Options,
    best_bundle,
    largest_remainder,
)
from sanfu.kernel.rules.language.tree import HIGHEST, PRO_RATA


@dataclass(frozen=True)
class Member:
    """One enterprise of the group: its awards and the ceilings that are its own."""

    name: str
    awards: tuple[Award, ...]
    ceilings: tuple[Ceiling, ...] = ()


@dataclass(frozen=True)
class Shared:
    """A ceiling over the whole group. `members` are clause ids; two shared ceilings never name the same clause.

    `order`: who is served first when it does not suffice: 就高 the larger award, 按名单 the enterprise named first,
    按比例 all in proportion. `whole` (不拆分): an award is paid whole or not at all. Amounts in whole 分.
    """

    name: str
    limit: int
    members: frozenset[str]
    order: str = PRO_RATA
    whole: bool = False
    used: int = 0

    @property
    def room(self) -> int:
        return max(self.limit - self.used, 0)


@dataclass(frozen=True)
class Use:
    """What one award took of a shared ceiling, in the order of serving."""

    member: str
    clause: str
    asked: int
    paid: int


@dataclass(frozen=True)
class Group:
    """Bundles by member with what is finally paid, and who used each ceiling (by its name), in order."""

    bundles: dict[str, Bundle]
    uses: dict[str, tuple[Use, ...]]
    moved: frozenset[str] = frozenset()  # members whose own best combination gave way to the group's

    @property
    def total(self) -> int:
        return sum(bundle.total for bundle in self.bundles.values())


def share_group(members: Sequence[Member], exclusions: Exclusions, shared: Sequence[Shared]) -> Group:
    """The combination that pays the group most within all ceilings. Exact.

    ValueError when a clause stands under two shared ceilings, or an enterprise has more awards than can be tried.
    """
    named = [clause for cap in shared for clause in cap.members]
    if len(named) != len(set(named)):
        raise ValueError("一条条款不能有两个实际控制人封顶")
    alone = {m.name: best_bundle(m.awards, exclusions, m.ceilings) for m in members}
    if all(sum(_asked(alone[m.name], cap) for m in members) <= cap.room for cap in shared):
        return _served(members, alone, shared, frozenset())
    tried = [_options(member, exclusions, alone[member.name], shared) for member in members]
    picks = _best(tried, shared)
    bundles, moved = {}, set()
    for member, options, pick in zip(members, tried, picks, strict=True):
        bundles[member.name] = options[pick].bundle
        if pick:
            moved.add(member.name)
    return _served(members, bundles, shared, frozenset(moved))


def _asked(bundle: Bundle, cap: Shared) -> int:
    return sum(bundle.paid[a.name] for a in bundle.chosen if a.clause in cap.members)


@dataclass(frozen=True)
class _Option:
    """One legal combination of an enterprise: what it claims of each shared ceiling, and what lies outside them."""

    bundle: Bundle
    claims: tuple[int, ...]
    free: int


def _options(member: Member, exclusions: Exclusions, best: Bundle, shared: Sequence[Shared]) -> list[_Option]:
    """All legal combinations, the enterprise's own best first; of those that claim the same the best payer."""
    found: dict[tuple[int, ...], _Option] = {}
    for bundle in [best, *Options(member.awards, exclusions, member.ceilings)]:
        claims = tuple(_asked(bundle, cap) for cap in shared)
        option = _Option(bundle, claims, bundle.total - sum(claims))
        known = found.get(claims)
        if known is None or option.free > known.free:
            found[claims] = option
    return list(found.values())


_State = dict[
    tuple[int, ...], tuple[int, int, tuple[int, ...]]
]  # used of each ceiling → total, own bests, picks


def _best(tried: Sequence[Sequence[_Option]], shared: Sequence[Shared]) -> tuple[int, ...]:
    states: _State = {(0,) * len(shared): (0, 0, ())}
    for options in tried:
        after: _State = {}
        for used, (total, kept, picks) in states.items():
            for place, option in enumerate(options):
                now = _used(used, option.claims, shared)
                if now is None:
                    continue
                more = total + option.free + sum(now) - sum(used)
                said = (more, kept + (place == 0), (*picks, place))
                if now not in after or said[:2] > after[now][:2]:
                    after[now] = said
        states = _undominated(after)
    return max(states.values(), key=lambda state: state[:2])[2]


def _used(used: tuple[int, ...], claims: tuple[int, ...], shared: Sequence[Shared]) -> tuple[int, ...] | None:
    """What is used of each ceiling afterwards; None when one that may not be split would overflow."""
    found = []
    for before, claim, cap in zip(used, claims, shared, strict=True):
        if before + claim > cap.room and cap.whole and claim:
            return None
        found.append(min(before + claim, cap.room))
    return tuple(found)


def _undominated(states: _State) -> _State:
    """Without states that use more of every ceiling and pay no more."""
    kept: _State = {}
    for used, state in sorted(states.items(), key=lambda one: (-one[1][0], -one[1][1], one[0])):
        if not any(all(mine <= yours for mine, yours in zip(better, used, strict=True)) for better in kept):
            kept[used] = state
    return kept


def _served(
    members: Sequence[Member], bundles: dict[str, Bundle], shared: Sequence[Shared], moved: frozenset[str]
) -> Group:
    """Hand out what each ceiling has left, in its order; bundles are cut accordingly."""
    found, uses = dict(bundles), {}
    for cap in shared:
        asked = [
            (member.name, award, found[member.name].paid[award.name])
            for member in members
            for award in found[member.name].chosen
            if award.clause in cap.members
        ]
        if cap.order == HIGHEST:
            asked.sort(key=lambda one: -one[2])  # stable: equal ones as they are named
        given = _given([amount for _, _, amount in asked], cap)
        uses[cap.name] = tuple(
            Use(name, award.clause, amount, paid)
            for (name, award, amount), paid in zip(asked, given, strict=True)
        )
        for (name, award, amount), paid in zip(asked, given, strict=True):
            if paid < amount:
                found[name] = _cut(found[name], award, paid)
    return Group(found, uses, moved)


def _given(amounts: list[int], cap: Shared) -> list[int]:
    if cap.order == PRO_RATA:
        shares = largest_remainder({str(n): amount for n, amount in enumerate(amounts)}, cap.room)
        return [shares[str(n)] for n in range(len(amounts))]
    left, found = cap.room, []
    for amount in amounts:
        found.append(min(amount, left))
        left -= found[-1]
    return found


def _cut(bundle: Bundle, award: Award, paid: int) -> Bundle:
    less = {**bundle.cut, award.name: award.amount - paid}
    return replace(bundle, paid={**bundle.paid, award.name: paid}, cut=less)


__all__ = ["Group", "Member", "Shared", "Use", "share_group"]
