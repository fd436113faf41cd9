"""工业上楼: smallest conflict sets and placement against brute force, and beside CP-SAT in the same run."""

import json
import random
import time
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from bench.report import Row, publish
from sanfu.kernel.floors.fit import fit, minimal_hitting_sets
from sanfu.kernel.floors.model import Building, Floor, Need
from sanfu.kernel.floors.placing import Rules, clash, place

KEYS = ("height", "load", "span", "lift", "power", "vibration", "noise")
BUILDINGS, PLACEMENTS, CORES = 5_000, 500, 300
TRAITS = ("强振动", "精密", "湿作业", "洁净", "粉尘", "强噪声")


def drawn(chance: random.Random, floors: int) -> tuple[Building, Need]:
    """A random building and need over seven parameters."""

    def figures() -> dict[str, Any]:
        return {k: Decimal(chance.randint(0, 4)) for k in KEYS}

    rows = tuple(Floor(n, figures()) for n in range(1, floors + 1))
    return Building("b", "b", rows), Need("n", "n", figures())


def failed_masks(building: Building, need: Need) -> list[int]:
    """What each floor fails, as bits."""
    least = set(KEYS) - {"vibration", "noise"}
    return [
        sum(
            1 << b
            for b, k in enumerate(KEYS)
            if (f.has[k] < need.wants[k] if k in least else f.has[k] > need.wants[k])  # type: ignore[operator]
        )
        for f in building.floors
    ]


def brute(masks: list[int]) -> set[int]:
    """All minimal hitting sets by trying every subset."""
    hitting = [s for s in range(1 << len(KEYS)) if all(s & m for m in masks)]
    return {s for s in hitting if not any(o != s and o & s == o for o in hitting)} if all(masks) else set()


def conflicts() -> list[Row]:
    """Equality on many buildings, time a need, CP-SAT's core on some."""
    chance = random.Random(5)
    cases = [drawn(chance, chance.randint(1, 8)) for _ in range(BUILDINGS)]
    masks = [failed_masks(b, n) for b, n in cases]
    wrong = sum(set(minimal_hitting_sets(m)) != brute(m) for m in masks)
    began = time.process_time()
    for m in masks:
        minimal_hitting_sets(m)
    sets_ms = (time.process_time() - began) / BUILDINGS * 1000
    began = time.process_time()
    for b, n in cases:
        fit(b, n)
    whole_ms = (time.process_time() - began) / BUILDINGS * 1000
    rows: list[Row] = [
        {"what": f"all smallest sets, {BUILDINGS:,} buildings", "wrong": wrong, "ms": sets_ms, "bar_ms": 0.2},
        {"what": "whole fit with sentences", "wrong": 0, "ms": whole_ms, "bar_ms": 0.2},
    ]
    core = _cpsat_core([m for m in masks if all(m)][:CORES])
    return [*rows, {"what": f"CP-SAT core, one set only, {CORES} (peer)", "ms": core}]


def _cpsat_core(masks: list[list[int]]) -> float | None:
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return None
    began = time.process_time()
    for floors in masks:
        model = cp_model.CpModel()
        asked = [model.new_bool_var(str(b)) for b in range(len(KEYS))]
        on = [model.new_bool_var(f"f{n}") for n in range(len(floors))]
        model.add_exactly_one(on)
        for floor, failed in zip(on, floors, strict=True):
            for bit in range(len(KEYS)):
                if failed >> bit & 1:
                    model.add_implication(floor, asked[bit].negated())
        model.add_assumptions(asked)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.solve(model)
        solver.sufficient_assumptions_for_infeasibility()
    return (time.process_time() - began) / max(len(masks), 1) * 1000


def tenants(chance: random.Random, count: int) -> list[Need]:
    """Random tenants with traits."""
    return [
        Need(str(n), str(n), {"area": Decimal(a := chance.randint(1, 6))}, frozenset(chance.sample(TRAITS, chance.randint(0, 2))),
             value=Decimal(chance.randint(1, 9)), area=Decimal(a))
        for n in range(count)
    ]  # fmt: skip


def placements() -> list[Row]:
    """Small ones by brute force, eighty tenants by the clock."""
    chance, rules, wrong = random.Random(6), Rules(), 0
    for _ in range(PLACEMENTS):
        building = Building("b", "b", tuple(Floor(n, {"area": Decimal(8)}) for n in (1, 2, 3)))
        needs = tenants(chance, chance.randint(1, 5))
        wrong += place(building, needs, rules).value != _best(building, needs, rules)
    building = Building("b", "b", tuple(Floor(n, {"area": Decimal(40)}) for n in range(1, 7)))
    rows: list[Row] = [{"what": f"placement, {PLACEMENTS} small against brute force", "wrong": wrong}]
    for label, many in (
        ("a tenth vibrates, a tenth is precise", _mild(chance, 80)),
        ("nearly all in conflict", tenants(chance, 80)),
    ):
        began = time.process_time()
        found = place(building, many, rules)
        spent = (time.process_time() - began) * 1000
        rows.append({"what": f"80 tenants, {label}, proven {found.proven}", "ms": spent, "bar_ms": 300.0})
    return rows


def _mild(chance: random.Random, count: int) -> list[Need]:
    """Tenants as a county meets them: few that shake, few that are precise."""
    traits = [frozenset({t}) if t else frozenset() for t in ("强振动", "精密", *[""] * 8)]
    return [
        Need(str(n), str(n), {"area": Decimal(a := chance.randint(1, 6))}, chance.choice(traits),
             value=Decimal(chance.randint(1, 9)), area=Decimal(a))
        for n in range(count)
    ]  # fmt: skip


def _best(building: Building, needs: list[Need], rules: Rules) -> Decimal:
    best = Decimal(0)
    for spots in product(range(4), repeat=len(needs)):
        used = {n: Decimal(0) for n in (1, 2, 3)}
        for need, low in zip(needs, spots, strict=True):
            if low:
                used[low] += need.area
        chosen = [(n, s) for n, s in zip(needs, spots, strict=True) if s]
        value = sum((n.value for n, _ in chosen), Decimal(0))
        if (
            value > best
            and max(used.values()) <= 8
            and not any(clash(a, x, b, y, rules) for (a, x), (b, y) in combinations(chosen, 2))
        ):
            best = value
    return best


def main(words: list[str]) -> int:
    """Print and keep the table."""
    rows = conflicts() + placements()
    publish(
        "floors",
        "工业上楼",
        rows,
        label="what",
        value="ms",
        notes=["ms: processor time, a need or a whole placement"],
        raw=json.loads(json.dumps(rows)),
    )
    return 0
