"""The best legal bundle beside HiGHS, for `bench_rules`: equal totals first, then time per enterprise."""

import random
import time
from itertools import combinations
from typing import Any

from bench.report import Row
from bench.rules_peers import installed
from sanfu.kernel.rules.awards.bundles import best_total


def bundle_instances(count: int, matters: int, eligible: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Amounts and rival masks of enterprises: disjoint groups of four, and conflicts across groups."""
    chance = random.Random(seed)
    pairs = {(a, b) for g in range(0, matters, 4) for a, b in combinations(range(g, min(g + 4, matters)), 2)}
    pairs |= {tuple(sorted(chance.sample(range(matters), 2))) for _ in range(matters * 3 // 10)}  # type: ignore[misc]
    found = []
    for _ in range(count):
        mine = sorted(chance.sample(range(matters), min(matters, max(0, round(chance.gauss(eligible, 2))))))
        masks = [sum(1 << j for j, b in enumerate(mine) if (min(a, b), max(a, b)) in pairs) for a in mine]
        found.append(([chance.randint(1, 500) * 10**5 for _ in mine], masks))
    return found


def highs(amounts: list[int], rivals: list[int]) -> int:
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    take = [model.addBinary(obj=float(amount // 10**5)) for amount in amounts]
    for i, mask in enumerate(rivals):
        for j in range(i):
            if mask >> j & 1:
                model.addConstr(take[i] + take[j] <= 1)
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.run()
    return round(model.getInfo().objective_function_value) * 10**5


def bundles(count: int) -> list[Row]:
    rows: list[Row] = []
    for eligible in (6, 20):
        cases = bundle_instances(count if eligible == 6 else count // 10, 200, eligible, 11)
        began = time.perf_counter()
        chosen = [best_total(a, m) for a, m in cases]
        ours = (time.perf_counter() - began) / len(cases)
        row: dict[str, Any] = {
            "work": f"best bundle, 200 matters, about {eligible} eligible",
            "cases": len(cases),
        }
        row |= {"µs each": ours * 1e6, "100,000 enterprises s": ours * 1e5}
        if installed("highspy"):
            some = [(c, x) for c, x in zip(cases, chosen, strict=True) if c[0]][:200]
            began = time.perf_counter()
            optimum = [highs(*case) for case, _ in some]
            theirs = (time.perf_counter() - began) / len(some)
            totals = [sum(a for i, a in enumerate(case[0]) if x >> i & 1) for case, x in some]
            assert totals == optimum, "HiGHS finds another optimum"
            row |= {"HiGHS ÷ ours": theirs / ours}
        rows.append(row)
    return rows
