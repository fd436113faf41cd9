"""公开抽签: a draw that anybody can make again — published rule, seed committed before, strata, nobody twice in a period.

1. Before: `commit` publishes the digest of the seed, and `Rule` with the frozen list publishes `list_digest`.
2. At the draw: the seed is shown; a public word of that day (a lottery number) may be mixed in, so that who made the list
   could not have tried seeds. Each candidate's ticket is SHA-256 of seed, public word and code; the smallest win.
3. After: `verify` makes all of it again and names the first thing that differs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may be drawn; `stratum` is the group whose seats it competes for (规上、小微、外资 …)."""

    code: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The published rule: seats in all, the least seats of a stratum, and who sits out as drawn before in the period."""

    seats: int
    least: Mapping[str, int] = field(default_factory=dict)
    sitting_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The result: invited in order of their tickets, reserves in the same order, seats of each stratum."""

    invited: tuple[str, ...]
    reserves: tuple[str, ...]
    seats: Mapping[str, int]
    list_digest: str
    commitment: str


class DrawRefused(Exception):
    """A draw that must not take place; the message says why and what to do."""


def commit(seed: str) -> str:
    """Digest of the seed, to be published before the list is closed."""
    return _hash("sanfu-draw-seed", seed)


def list_digest(candidates: Sequence[Candidate], rule: Rule) -> str:
    """Digest of the frozen list with the rule; the order of rows does not matter."""
    rows = sorted((one.code, one.stratum) for one in candidates)
    said = [rows, rule.seats, sorted(rule.least.items()), sorted(rule.sitting_out)]
    return _hash("sanfu-draw-list", json.dumps(said, ensure_ascii=False))


def draw(
    candidates: Sequence[Candidate], rule: Rule, seed: str, *, commitment: str, frozen: str, public: str = ""
) -> Drawn:
    """Draw as the rule says.

    Args:
        commitment: what was published before (`commit(seed)`); frozen: `list_digest` of the list as published.
        public: a word of the day that nobody could know when the list was closed; "" for none.

    Raises:
        DrawRefused: the seed is not the committed one, the list or rule changed, a code stands twice, or seats do
            not fit the strata.
    """
    if commit(seed) != commitment:
        raise DrawRefused("种子与事先公布的摘要不符：不能用另一个种子抽签")
    found = list_digest(candidates, rule)
    if found != frozen:
        raise DrawRefused("名单或规则在公布后变动过：请重新公布名单和新的种子摘要，再抽签")
    codes = [one.code for one in candidates]
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise DrawRefused(f"名单中“{twice}”出现两次；每户只能有一次机会")
    open_ = [one for one in candidates if one.code not in rule.sitting_out]
    seats = seats_of(open_, rule)
    order = sorted(open_, key=lambda one: _hash("sanfu-draw-ticket", seed, public, one.code))
    left, invited, reserves = dict(seats), [], []
    for one in order:
        if left.get(one.stratum, 0):
            left[one.stratum] -= 1
            invited.append(one.code)
        else:
            reserves.append(one.code)
    return Drawn(tuple(invited), tuple(reserves), seats, found, commitment)


def seats_of(candidates: Sequence[Candidate], rule: Rule) -> dict[str, int]:
    """Seats of each stratum: its least number, the others by size (largest remainder), never more than it has."""
    size: dict[str, int] = {}
    for one in candidates:
        size[one.stratum] = size.get(one.stratum, 0) + 1
    seats = {name: min(rule.least.get(name, 0), count) for name, count in sorted(size.items())}
    if sum(seats.values()) > rule.seats:
        raise DrawRefused(f"各组保底共 {sum(seats.values())} 席，多于总席数 {rule.seats}；请调整规则")
    while sum(seats.values()) < min(rule.seats, len(candidates)):
        spare = {name: count for name, count in size.items() if seats[name] < count}
        # Sainte-Laguë: the next seat goes to the stratum that is furthest below its share.
        name = min(spare, key=lambda one: ((2 * seats[one] + 1) / spare[one], one))
        seats[name] += 1
    return seats


def verify(candidates: Sequence[Candidate], rule: Rule, seed: str, result: Drawn, public: str = "") -> str:
    """Make the draw again from what was published; "" when everything agrees, else the first thing that differs."""
    try:
        again = draw(
            candidates, rule, seed, commitment=result.commitment, frozen=result.list_digest, public=public
        )
    except DrawRefused as problem:
        return str(problem)
    for said, mine, theirs in (
        ("各组席数", dict(again.seats), dict(result.seats)),
        ("受邀名单", again.invited, tuple(result.invited)),
        ("候补次序", again.reserves, tuple(result.reserves)),
    ):
        if mine != theirs:
            return f"{said}与按规则重算的结果不同"
    return ""


def _hash(*parts: str) -> str:
    """SHA-256 of the parts, each with its length, so that no two lists of parts run together."""
    whole = "".join(f"{len(part.encode())}:{part}" for part in parts)
    return hashlib.sha256(whole.encode()).hexdigest()
