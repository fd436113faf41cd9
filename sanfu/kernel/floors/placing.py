"""Placing several tenants in one building (多家入驻): the best total value, with areas, lifts and neighbours that may not meet.

x(tenant, floor) is 1 when the tenant's lowest floor is that one. Tenants that may not meet (vibration beside
precision, wet above clean) exclude each other on one floor, or on adjacent floors. A second kind of variable says
that a floor hosts a trait, so that one row keeps two traits apart instead of one row for every pair of tenants:
eighty tenants take a fraction of the time. Solved by HiGHS inside SciPy.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from sanfu.kernel.floors.fit import fit
from sanfu.kernel.floors.model import Building, Need


@dataclass(frozen=True, slots=True)
class Rules:
    """`lift_moves`: how many tenants with the trait 货梯高频 one floor bears (None: no limit).

    `beside` says which traits dislike which on one floor, `above` which trait may not lie right above which.
    """

    beside: tuple[tuple[str, str], ...] = (("强振动", "精密"), ("强噪声", "精密"), ("粉尘", "洁净"))
    above: tuple[tuple[str, str], ...] = (("湿作业", "洁净"), ("湿作业", "精密"), ("强振动", "精密"))
    lift_moves: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """`at` is the lowest floor by need id; `left` those without a place; the value reached and whether it is proven best."""

    at: Mapping[str, int]
    left: tuple[str, ...]
    value: Decimal
    proven: bool


HEAVY_LIFT = "货梯高频"
LIMIT = 3.0  # seconds that a person waits; met long before in a building of a county, else the answer says it is not proven


def place(building: Building, needs: Sequence[Need], rules: Rules = Rules()) -> Placed:
    """The placement worth most. Needs come in the order of the list where values tie."""
    spots = [(i, floor) for i, need in enumerate(needs) for floor in fit(building, need).fits]
    if not spots:
        return Placed({}, tuple(n.id for n in needs), Decimal(0), True)
    rows, columns = _rows(building, needs, spots, rules)
    matrix, upper = _matrix(rows, columns)
    worth = np.zeros(columns)
    worth[: len(spots)] = [float(needs[i].value) for i, _ in spots]
    result = milp(
        -worth,
        constraints=LinearConstraint(matrix, -np.inf, upper),
        integrality=np.ones(columns),
        bounds=Bounds(0, 1),
        options={"time_limit": LIMIT, "mip_rel_gap": 0.0},
    )
    if result.x is None:
        return Placed({}, tuple(n.id for n in needs), Decimal(0), False)
    taken = zip(spots, result.x[: len(spots)], strict=True)
    at = {needs[i].id: floor for (i, floor), x in taken if x > 0.5}
    value = sum((n.value for n in needs if n.id in at), Decimal(0))
    return Placed(at, tuple(n.id for n in needs if n.id not in at), value, bool(result.status == 0))


Row = tuple[dict[int, float], float]


def _rows(
    building: Building, needs: Sequence[Need], spots: Sequence[tuple[int, int]], rules: Rules
) -> tuple[list[Row], int]:
    """Constraints as coefficients by column with an upper bound, and how many columns there are."""
    rows = list(_capacities(building, needs, spots, rules))
    hosts: dict[tuple[str, int, str], int] = {}

    def host(role: str, floor: int, trait: str) -> int:
        return hosts.setdefault((role, floor, trait), len(spots) + len(hosts))

    for role, one, other in [("on", a, b) for a, b in rules.beside] + [
        ("above", a, b) for a, b in rules.above
    ]:
        below = 1 if role == "above" else 0
        for floor in building.floors:
            left = _hosting(needs, spots, rules, floor.number, one, "low" if below else "on")
            right = _hosting(needs, spots, rules, floor.number - below, other, "top" if below else "on")
            if not left or not right:
                continue
            first = host("low" if below else "on", floor.number, one)
            second = host("top" if below else "on", floor.number - below, other)
            rows.append(({first: 1.0, second: 1.0}, 1.0))
    for (role, number, trait), column in hosts.items():
        rows += [({s: 1.0, column: -1.0}, 0.0) for s in _hosting(needs, spots, rules, number, trait, role)]
    rows += [({one: 1.0, other: 1.0}, 1.0) for one, other in _pairs(needs, spots, rules)]
    return rows, len(spots) + len(hosts)


def _hosting(
    needs: Sequence[Need], spots: Sequence[tuple[int, int]], rules: Rules, floor: int, trait: str, role: str
) -> list[int]:
    """Spots that bring a trait to a floor: anywhere on it, with their lowest floor there, or with their top floor."""
    found = []
    for s, (i, low) in enumerate(spots):
        top = low + needs[i].floors - 1
        there = {"on": low <= floor <= top, "low": low == floor, "top": top == floor}[role]
        if there and trait in needs[i].traits and not _mixed(needs[i], rules):
            found.append(s)
    return found


def _mixed(need: Need, rules: Rules) -> bool:
    """Whether a tenant holds both sides of a rule: it bears itself, so it is kept apart from others pair by pair."""
    return any({a, b} <= need.traits for a, b in (*rules.beside, *rules.above))


def _capacities(
    building: Building, needs: Sequence[Need], spots: Sequence[tuple[int, int]], rules: Rules
) -> Iterator[Row]:
    """One place a tenant, areas and lift moves."""
    for i in range(len(needs)):
        mine = {s: 1.0 for s, (n, _) in enumerate(spots) if n == i}
        if len(mine) > 1:
            yield mine, 1.0
    for floor in building.floors:
        here = [s for s, (i, low) in enumerate(spots) if low <= floor.number < low + needs[i].floors]
        room = floor.has.get("area")
        if isinstance(room, Decimal) and here:
            yield {s: float(needs[spots[s][0]].area) for s in here}, float(room)
        heavy = [s for s in here if HEAVY_LIFT in needs[spots[s][0]].traits]
        if rules.lift_moves is not None and len(heavy) > rules.lift_moves:
            yield dict.fromkeys(heavy, 1.0), float(rules.lift_moves)


def _pairs(
    needs: Sequence[Need], spots: Sequence[tuple[int, int]], rules: Rules
) -> Iterator[tuple[int, int]]:
    """Pairs of spots that may not both be taken and that no host row covers: dislikes, and tenants of several traits."""
    for a, (i, low_i) in enumerate(spots):
        for b, (j, low_j) in enumerate(spots[:a]):
            special = (
                needs[i].dislikes or needs[j].dislikes or _mixed(needs[i], rules) or _mixed(needs[j], rules)
            )
            if i != j and special and clash(needs[i], low_i, needs[j], low_j, rules):
                yield a, b


def clash(one: Need, low: int, other: Need, low_other: int, rules: Rules) -> bool:
    """Whether two tenants on these floors may not be there together."""
    mine, theirs = range(low, low + one.floors), range(low_other, low_other + other.floors)
    if set(mine) & set(theirs):
        dislike = bool(one.dislikes & other.traits or other.dislikes & one.traits)
        if dislike or any(
            {a, b} <= one.traits | other.traits and _split(a, b, one, other) for a, b in rules.beside
        ):
            return True
    for a, b in rules.above:
        if (min(mine) == max(theirs) + 1 and a in one.traits and b in other.traits) or (
            min(theirs) == max(mine) + 1 and a in other.traits and b in one.traits
        ):
            return True
    return False


def _split(a: str, b: str, one: Need, other: Need) -> bool:
    """One tenant has the one trait and the other tenant the other."""
    return (a in one.traits and b in other.traits) or (b in one.traits and a in other.traits)


def _matrix(rows: Sequence[Row], columns: int) -> tuple[coo_array, np.ndarray]:
    data = [(r, c, v) for r, (row, _) in enumerate(rows) for c, v in row.items()]
    values = [v for _, _, v in data] or [0.0]
    places = ([r for r, _, _ in data] or [0], [c for _, c, _ in data] or [0])
    matrix = coo_array((values, places), shape=(max(len(rows), 1), columns))
    return matrix.tocsr(), np.array([bound for _, bound in rows] or [0.0])
