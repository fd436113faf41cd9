"""同一实际控制人每年封顶: enterprises that one person controls share a ceiling. Pure.

Each enterprise's best legal bundle is chosen first; what the enterprises of one controller would then get together
is held to the ceiling pro rata (按应得比例), the last 分 by largest remainder in the order of credit codes, so that
nobody's place in a list decides. An award that may not be split (不拆分) is given whole or not at all, in that order.
An enterprise whose controller nobody knows is held back: its award waits for the fact, it is never uncapped.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sanfu.kernel.rules.awards.bundles import largest_remainder

SCOPE = "同一实际控制人每年"
FACT = "实际控制人"


@dataclass(frozen=True)
class Shared:
    """One ceiling: its name, the clauses that share it, and what may be given to one controller in a year."""

    name: str
    clauses: frozenset[str]
    limit: int
    whole: bool = False


@dataclass(frozen=True)
class Claim:
    """One award before the ceiling, in the unit of the clause (分, or points in 10⁻⁴)."""

    code: str
    clause: str
    amount: int


@dataclass(frozen=True)
class Given:
    """What is left of a claim: `held` when the controller is not known; `others` share the ceiling with it."""

    amount: int
    held: bool = False
    others: tuple[str, ...] = ()


def share(
    claims: Sequence[Claim],
    ceiling: Shared,
    controllers: Mapping[str, str],
    used: Mapping[str, int],
) -> dict[tuple[str, str], Given]:
    """What each claim under the ceiling gets, by (code, clause).

    controllers: credit code → controller, absent where unknown; used: credit code → already given this year under
    the clauses of the ceiling, for every enterprise of the city, since one that claims nothing now counts too.
    """
    spent: dict[str, int] = defaultdict(int)
    for code, amount in used.items():
        if code in controllers:
            spent[controllers[code]] += amount
    found: dict[tuple[str, str], Given] = {}
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda one: (one.code, one.clause)):
        if claim.clause not in ceiling.clauses:
            continue
        if claim.code in controllers:
            groups[controllers[claim.code]].append(claim)
        else:
            found[claim.code, claim.clause] = Given(0, held=True)
    for controller, group in groups.items():
        room = max(0, ceiling.limit - spent[controller])
        paid = _whole(group, room) if ceiling.whole else _pro_rata(group, room)
        codes = sorted({claim.code for claim in group})
        for claim, amount in zip(group, paid, strict=True):
            others = tuple(code for code in codes if code != claim.code)
            found[claim.code, claim.clause] = Given(amount, others=others)
    return found


def _pro_rata(group: Sequence[Claim], room: int) -> list[int]:
    amounts = {str(place): claim.amount for place, claim in enumerate(group)}
    return list(largest_remainder(amounts, room).values())


def _whole(group: Sequence[Claim], room: int) -> list[int]:
    given = []
    for claim in group:
        given.append(claim.amount if claim.amount <= room else 0)
        room -= given[-1]
    return given
