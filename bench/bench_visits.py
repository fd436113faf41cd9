"""走访: how many visits a quarter's wishes become, how fast, and a week's day routes beside PyVRP and nearest neighbour."""

import argparse
import time
from typing import Any

from bench.report import Row, publish
from sanfu.kernel.visiting.merging import plan_quarter
from sanfu.kernel.visiting.model import Point
from sanfu.kernel.visiting.routing import Day, kilometres, route
from tests.kernel.visiting_world import quarter

SEEDS, PEER_SECONDS = 5, 10.0
DAY = Day()


def nearest(points: list[Point], minutes: list[float]) -> float:
    """Kilometres of always driving to the nearest firm that the day still has time for."""
    km, left, total = kilometres([(0.0, 0.0), *points]), set(range(1, len(points) + 1)), 0.0
    pace = 60.0 / DAY.km_an_hour
    while left:
        here, used, length = 0, 0.0, 0.0
        while True:
            fits = [
                n
                for n in left
                if used + minutes[n - 1] + (length + km[here][n] + km[n][0]) * pace <= DAY.minutes
            ]
            if not fits:
                break
            there = min(fits, key=lambda n: km[here][n])
            length += km[here][there]
            used += minutes[there - 1]
            left.discard(there)
            here = there
        if here == 0:
            break
        total += length + km[here][0]
    return total


def pyvrp(points: list[Point], minutes: list[float]) -> float | None:
    """Kilometres after ten seconds of PyVRP; None when it is not installed."""
    try:
        from pyvrp import Model
        from pyvrp.stop import MaxRuntime
    except ImportError:
        return None
    km = kilometres([(0.0, 0.0), *points])
    model: Any = Model()
    places = [model.add_location(*point) for point in [(0.0, 0.0), *points]]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(
        num_available=len(points), start_depot=depot, end_depot=depot, shift_duration=int(DAY.minutes * 60)
    )
    for place, minute in zip(places[1:], minutes, strict=True):
        model.add_client(place, service_duration=int(minute * 60))
    for i, one in enumerate(places):
        for j, other in enumerate(places):
            if i != j:
                model.add_edge(
                    one,
                    other,
                    distance=round(km[i][j] * 1000),
                    duration=round(km[i][j] * 60.0 / DAY.km_an_hour * 60),
                )
    return float(model.solve(stop=MaxRuntime(PEER_SECONDS), display=False).cost()) / 1000


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="visits", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    args = parser.parse_args(words)
    rows: list[Row] = []
    for seed in range(args.seeds):
        wishes = quarter(seed=seed)
        began = time.process_time()
        plan = plan_quarter(wishes)
        planned = time.process_time() - began
        week = max(plan.by_week(), key=lambda one: plan.by_week()[one])
        inside = [visit for visit in plan.visits if visit.week == week]
        points = [visit.wishes[0].point or (0.0, 0.0) for visit in inside]
        minutes = [visit.minutes for visit in inside]
        began = time.process_time()
        found = route((0.0, 0.0), points, minutes, DAY)
        routed = time.process_time() - began
        peer = pyvrp(points, minutes)
        total = len(plan.visits) + len(plan.inspections)
        rows.append(
            {
                "seed": f"{seed}", "wishes": len(wishes), "visits": total, "fewer %": (1 - total / len(wishes)) * 100,
                "left for a person": len(plan.left), "plan CPU s": planned, "stops": len(inside), "our km": found.km,
                "route CPU s": routed, "nearest km": nearest(points, minutes), "PyVRP 10 s km": peer,
                "over PyVRP %": (found.km / peer - 1) * 100 if peer else None,
            }
        )  # fmt: skip
    notes = [
        "Bars: ≥ 35 % fewer, a plan ≤ 1 s, routes within 6 % of PyVRP in ≤ 0.2 s. Synthetic quarters, the fullest week of each."
    ]
    publish(
        "visits", "Wishes to visits, and a week's routes", rows, label="seed", value="fewer %", notes=notes
    )
    return 0 if all(float(str(row["fewer %"])) >= 35 for row in rows) else 1
