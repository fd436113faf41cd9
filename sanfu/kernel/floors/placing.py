"""Placing several tenants in one building (多家入驻): the best total value, with areas, lifts and neighbours that may not meet.

x(tenant, floor) is 1 when the tenant's lowest floor is that one. Tenants that may not meet (vibration beside
precision, wet above clean) exclude each other on one floor, or on adjacent floors. Solved by HiGHS inside SciPy.
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
LIMIT = 10.0  # seconds; a bound that is met long before in a building of a county


def place(building: Building, needs: Sequence[Need], rules: Rules = Rules()) -> Placed:
    """The placement worth most. Needs come in the order of the list where values tie."""
    spots = [(i, floor) for i, need in enumerate(needs) for floor in fit(building, need).fits]
    if not spots:
        return Placed({}, tuple(n.id for n in needs), Decimal(0), True)
    rows = list(_rows(building, needs, spots, rules))
    matrix, upper = _matrix(rows, len(spots))
    # the earlier need wins a tie: a share of the smallest step, too small to outweigh any value
    worth = np.array([float(needs[i].value) - 1e-6 * i / max(len(needs), 1) for i, _ in spots])
    result = milp(
        -worth,
        constraints=LinearConstraint(matrix, -np.inf, upper),
        integrality=np.ones(len(spots)),
        bounds=Bounds(0, 1),
        options={"time_limit": LIMIT, "mip_rel_gap": 0.0},
    )
    if result.x is None:
        return Placed({}, tuple(n.id for n in needs), Decimal(0), False)
    at = {needs[i].id: floor for (i, floor), x in zip(spots, result.x, strict=True) if x > 0.5}
    value = sum((n.value for n in needs if n.id in at), Decimal(0))
    return Placed(at, tuple(n.id for n in needs if n.id not in at), value, bool(result.status == 0))


Row = tuple[dict[int, float], float]


def _rows(
    building: Building, needs: Sequence[Need], spots: Sequence[tuple[int, int]], rules: Rules
) -> Iterator[Row]:
    """Constraints as coefficients by spot and an upper bound."""
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
    for one, other in meetings(needs, spots, rules):
        yield {one: 1.0, other: 1.0}, 1.0


def meetings(
    needs: Sequence[Need], spots: Sequence[tuple[int, int]], rules: Rules
) -> Iterator[tuple[int, int]]:
    """Pairs of spots that may not both be taken."""
    for a, (i, low_i) in enumerate(spots):
        for b, (j, low_j) in enumerate(spots[:a]):
            if i != j and clash(needs[i], low_i, needs[j], low_j, rules):
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
