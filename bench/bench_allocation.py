"""Allocation of scarce factors (要素统筹) beside merit first, the LP bound, brute force and CP-SAT.

Invented counties of 300 projects, five factors and twelve months (tests/kernel/allocations.py). Seconds are
processor seconds of one process, as neighbours on the machine only add to wall time.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

from bench.report import Row, publish
from sanfu.kernel.allocating.conflicts import conflicts
from sanfu.kernel.allocating.curves import curves
from sanfu.kernel.allocating.limits import Limits
from sanfu.kernel.allocating.model import Model, Problem
from sanfu.kernel.allocating.reasons import Reasons, verified
from sanfu.kernel.allocating.solving import NoPlan, Plan, fill, relaxed, solve
from tests.kernel.allocations import best_by_trying, county, small


def spent(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    answer = work()
    return answer, time.process_time() - began


def one_county(seed: int, tiers: int) -> Row:
    """Everything about one county: plan, bound, habit, reasons, curves."""
    problem = county(seed, tiers=tiers)
    plan, seconds = spent(lambda: solve(problem))
    small_model = Model(problem, all_starts=False)
    bound, lp_seconds = spent(lambda: relaxed(small_model, Limits(small_model)))
    reasons, reason_seconds = spent(lambda: Reasons(problem, plan).all())
    _, curve_seconds = spent(lambda: curves(problem))
    habit, _ = fill(Model(problem), {})
    worth = sum(problem.value(i, s) for i, s in habit.items())
    total = sum(one.value for one in bound) if tiers == 1 else sum(plan.bounds.values())
    return {
        "county": f"seed {seed}, tiers {tiers}",
        "to bound %": 100 * (1 - plan.value / total),
        "proven gap %": 100 * plan.gap,
        "merit first to bound %": 100 * (1 - worth / total),
        "plan s": seconds,
        "LP s": lp_seconds,
        "left out": len(reasons),
        "reasons s": reason_seconds,
        "curves s": curve_seconds,
    }


def agreement(count: int) -> dict[str, int]:
    """Small problems with tiers, groups, phases and mandatory projects: equal to trying every plan."""
    equal = clashes = irreducible = changes = held = 0
    for seed in range(10_000, 10_000 + count):
        problem = small(seed, mandatory=seed % 3 == 0)
        expected = best_by_trying(problem)
        try:
            plan: Plan | None = solve(problem)
        except NoPlan:
            plan = None
        got = None if plan is None else tuple(plan.values[tier] for tier in problem.tiers)
        equal += _same(got, expected)
        for one in conflicts(problem):
            clashes += 1
            irreducible += one.verified
        if plan is not None and changes < 200:
            for reason in Reasons(problem, plan).all():
                tried = verified(problem, reason).changes
                changes += len(tried)
                held += sum(bool(change.verified) for change in tried)
    return {
        "problems": count,
        "equal": equal,
        "clashes": clashes,
        "irreducible": irreducible,
        "changes": changes,
        "held": held,
    }


def _same(got: tuple[float, ...] | None, expected: tuple[float, ...] | None) -> bool:
    if got is None or expected is None:
        return got is expected
    return all(abs(a - b) < 1e-6 for a, b in zip(got, expected, strict=True))


def cp_sat(problem: Problem, seconds: float) -> float:
    """The same single-tier model by CP-SAT, one worker; value of its plan."""
    from ortools.sat.python import cp_model

    model, source = cp_model.CpModel(), Model(problem)
    take = [model.new_bool_var(str(k)) for k in range(len(source.columns))]
    for i in range(len(problem.projects)):
        model.add_at_most_one(take[k] for k in range(len(take)) if source.of[k] == i)
    for row in range(len(source.rows)):
        ten = [(k, round(10 * source.use[row, k])) for k in range(len(take)) if source.use[row, k]]
        model.add(sum(take[k] * amount for k, amount in ten) <= round(10 * source.ceiling[row]))
    model.maximize(sum(take[k] * round(1000 * source.worth[k]) for k in range(len(take))))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 1
    solver.solve(model)
    return solver.objective_value / 1000


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./test --bench allocation")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--small", type=int, default=500, help="small problems held against brute force")
    parser.add_argument("--cp-sat", type=float, default=15.0, metavar="SECONDS", help="0 leaves CP-SAT out")
    args = parser.parse_args(words)
    rows = [one_county(seed, tiers) for tiers in (1, 3) for seed in range(1, args.seeds + 1)]
    told = agreement(args.small)
    notes = [
        f"{told['equal']} of {told['problems']} small problems equal brute force, tier by tier",
        f"{told['irreducible']} of {told['clashes']} clashes of mandatory projects verified irreducible",
        f"{told['held']} of {told['changes']} changes named in reasons hold when the problem is solved again",
        "to bound: of the linear relaxation (one tier), of the proven bounds (three tiers)",
    ]
    if args.cp_sat:
        problem = county(1)
        value = cp_sat(problem, args.cp_sat)
        ours = solve(problem).value
        notes.append(f"CP-SAT, {args.cp_sat:g} s, seed 1: value {value:.2f}; ours {ours:.2f}")
    publish(
        "allocation",
        "要素统筹: plans for 300 projects × 5 factors × 12 months",
        rows,
        label="county",
        value="plan s",
        notes=notes,
        raw=told,
    )
    return 0
