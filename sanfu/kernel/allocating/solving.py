"""The best plan, tier by tier (HiGHS through scipy), filled up afterwards, with the gap that was proven.

A lower tier is solved with the tiers above it held: no weight buys a county project past a provincial one. Small
problems hold the exact value; large ones hold the projects chosen and aim at their value less `gap`, the share
inside which the solver does not tell plans apart; no plan falls short by twice that. Equal answers are told apart
by facts and by the order of the list, never by name.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from sanfu.kernel.allocating.displacing import Displacing
from sanfu.kernel.allocating.limits import TIE, Limits
from sanfu.kernel.allocating.model import Floats, Model, Problem

EXACT_COLUMNS = 700  # up to here the solver is asked for the proven best; above, for a plan within `gap`
EXACT_SECONDS = 3.0
CORE = 300  # columns of a large tier that the solver chooses among, by what they cost the linear relaxation
TIER_SHARE = 0.7  # of the time left goes to a tier that others follow


class NoPlan(ValueError):
    """No plan holds all mandatory projects; `sanfu.kernel.allocating.conflicts` says which clash."""


@dataclass(frozen=True)
class Plan:
    """Start month by project index, the value of each tier, and the bound that the solver proved for it."""

    starts: Mapping[int, int]
    values: Mapping[int, float]  # tier → value reached
    bounds: Mapping[int, float]  # tier → proven upper bound, the tiers above it held
    filled: tuple[int, ...] = ()  # projects that the greedy pass added after the solver
    seconds: float = 0.0

    @property
    def value(self) -> float:
        return sum(self.values.values())

    @property
    def gap(self) -> float:
        """Share of the bounds of all tiers, added up, that the plan does not reach; a tier of few points weighs little."""
        return _gap(self.value, sum(self.bounds.values()))


def _gap(value: float, bound: float) -> float:
    room = bound - value
    return 0.0 if room <= TIE * max(1.0, abs(bound)) else room / max(abs(bound), TIE)


def solve(problem: Problem, seconds: float = 4.0, gap: float = 0.005) -> Plan:
    """Best plan of a problem; NoPlan when the mandatory projects cannot all begin."""
    began = time.perf_counter()
    model = Model(problem, all_starts=False)
    limits = Limits(model)
    values: dict[int, float] = {}
    bounds: dict[int, float] = {}
    starts: dict[int, int] = {}
    for place, tier in enumerate(problem.tiers):
        left = seconds - (time.perf_counter() - began)
        share = max(0.3, left if place == len(problem.tiers) - 1 else TIER_SHARE * left)
        found, bound = _tier(model, limits, tier, (values, bounds), starts, share, gap)
        starts = found
        values[tier] = _value(problem, starts, tier)
        bounds[tier] = max(bound, values[tier])
    full = Model(problem)
    starts = _earlier(full, starts)
    starts, filled = fill(full, starts)
    starts, swapped = _swap(full, starts)
    starts = _earlier(full, starts)
    values = {tier: _value(problem, starts, tier) for tier in problem.tiers}
    bounds = {tier: max(bounds[tier], values[tier]) for tier in problem.tiers}
    added = tuple(dict.fromkeys([*filled, *swapped]))
    return Plan(starts, values, bounds, added, time.perf_counter() - began)


def _tier(
    model: Model,
    limits: Limits,
    tier: int,
    above: tuple[Mapping[int, float], Mapping[int, float]],
    before: Mapping[int, int],
    seconds: float,
    gap: float,
) -> tuple[dict[int, int], float]:
    """Best plan for one tier, the tiers above held; with the proven upper bound of the tier's value.

    `above` are the values and bounds of those tiers. Small problems hold their values, so another equally good
    choice there may make room. Large ones hold the projects chosen there, `before`, and the value within `gap`.
    """
    values, bounds = above
    if not model.columns:
        if any(project.mandatory for project in model.problem.projects):
            raise NoPlan("必保项目没有可开工的月份")
        return {}, 0.0
    exact = len(model.problem.tiers) * len(model.columns) <= EXACT_COLUMNS
    worth = np.where(model.tier == tier, model.worth, 0.0)
    if exact:
        answer = _milp(limits.with_tiers(values), worth, max(seconds, EXACT_SECONDS), 0.0)
    else:
        floors = {t: min(value, (1 - gap) * bounds[t]) for t, value in values.items()}
        rows = limits.with_chosen(before, floors)
        if len(model.problem.tiers) > 1 and (found := _by_core(model, rows, tier, before, seconds, gap)):
            return found
        answer = _milp(rows, worth, seconds, gap)
    bound = -float(answer.mip_dual_bound if answer.mip_dual_bound is not None else -np.inf)
    if (
        answer.x is None
        and answer.status == 1
        and (values or not any(p.mandatory for p in model.problem.projects))
    ):
        return fill(model, before)[0], bound  # out of time: what the tiers above have, filled up
    if answer.x is None:
        raise NoPlan("必保项目不能同时安排")
    return _starts(model, answer.x), bound


def _milp(
    rows: tuple[sparse.csr_matrix, Floats, Floats],
    worth: Floats,
    seconds: float,
    gap: float,
    most: Floats | float = 1.0,
) -> Any:
    """The solver's answer: columns of the largest worth, none above `most`."""
    return milp(
        c=-worth,
        constraints=LinearConstraint(*rows),
        integrality=np.ones(len(worth)),
        bounds=Bounds(0, most),
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )


def _by_core(
    model: Model,
    rows: tuple[sparse.csr_matrix, Floats, Floats],
    tier: int,
    before: Mapping[int, int],
    seconds: float,
    gap: float,
) -> tuple[dict[int, int], float] | None:
    """Plan and bound of a large tier from the columns that its linear relaxation uses or nearly uses; None without one.

    The bound is that of the relaxation over all columns, so leaving columns out never makes a plan look better.
    """
    worth = np.where(model.tier == tier, model.worth, 0.0)
    answer = _solved(*rows, worth)
    if answer.x is None or answer.status != 0:
        return None
    used = answer.x > TIE
    cost = np.abs(answer.lower.marginals + answer.upper.marginals)
    rank = np.where(used, -1.0, np.where(model.tier <= tier, cost, np.inf))
    chosen = np.argsort(rank, kind="stable")[: max(CORE, 2 * int(used.sum()))]
    most = np.zeros(len(worth))
    most[chosen[np.isfinite(rank[chosen])]] = 1.0
    matrix, low, high = rows
    held = sum(one < tier for one in model.problem.tiers)  # the last rows: what the tiers above are worth
    free = matrix.shape[0] - held
    if held:  # their price in the objective, as a row to be met exactly keeps the solver from any plan at all
        price = -answer.ineqlin.marginals[len(answer.ineqlin.marginals) - held :]
        worth = worth + matrix[free:].T @ price
    share = float(-answer.fun) / max(float(worth @ answer.x), 1e-9)
    found = _milp((matrix[:free], low[:free], high[:free]), worth, seconds, share * gap / 2, most)
    plan = None if found.x is None else _starts(model, found.x)
    if plan is None or not _holds(model, plan, matrix[free:], low[free:] - gap):
        if not before:
            return None
        plan = fill(model, before)[0]
    return plan, float(-answer.fun)


def _holds(model: Model, starts: Mapping[int, int], rows: sparse.csr_matrix, least: Floats) -> bool:
    """Whether a plan gives the tiers above at least so much."""
    taken = np.array([float(starts.get(int(i)) == s) for i, s in zip(model.of, model.start, strict=True)])
    return bool(np.all(rows @ taken >= least))


def _starts(model: Model, x: Floats) -> dict[int, int]:
    """Start month by project of the columns taken."""
    starts = {int(model.of[k]): int(model.start[k]) for k in np.flatnonzero(x > 0.5)}
    return _repaired(model, starts)


def _repaired(model: Model, starts: dict[int, int]) -> dict[int, int]:
    """The plan without what the solver's rounding let in: rarely anything, and never a mandatory project."""
    used = model.used(starts)
    if model.fits(used):
        return starts
    for i in sorted(starts, key=lambda i: model.problem.projects[i].merit):
        if not model.problem.projects[i].mandatory:
            over = used > model.ceiling + model.slack
            if np.any(model.use_of(i, starts[i])[over] > 0):
                used = used - model.use_of(i, starts[i])
                starts = {k: v for k, v in starts.items() if k != i}
                if model.fits(used):
                    break
    return starts


def _value(problem: Problem, starts: Mapping[int, int], tier: int) -> float:
    return sum(problem.value(i, s) for i, s in starts.items() if problem.projects[i].tier == tier)


def order(problem: Problem) -> list[int]:
    """Projects in the order of serving: tier, merit, small needs first; equal facts by their place in the list."""

    def facts(i: int) -> tuple[object, ...]:
        project = problem.projects[i]
        needs = tuple(project.needs.get(factor.name, 0.0) for factor in problem.factors)
        return (project.tier, -project.merit, needs, project.earliest, project.latest, i)

    return sorted(range(len(problem.projects)), key=facts)


def allowed(problem: Problem, starts: Mapping[int, int], i: int, month: int) -> bool:
    """Whether group and phase let a project begin in that month beside the plan."""
    project = problem.projects[i]
    if project.group and any(k != i and problem.projects[k].group == project.group for k in starts):
        return False
    if project.requires:
        before = starts.get(problem.place[project.requires])
        return before is not None and before <= month
    return True


def fill(model: Model, starts: Mapping[int, int]) -> tuple[dict[int, int], list[int]]:
    """The plan with every project that still fits added in the order of serving, and who was added."""
    plan, added = dict(starts), []
    used = model.used(plan)
    for i in order(model.problem):
        if i in plan:
            continue
        for month in model.problem.starts(i):
            more = model.use_of(i, month)
            if allowed(model.problem, plan, i, month) and model.fits(used + more):
                plan[i] = month
                used = used + more
                added.append(i)
                break
    return plan, added


def _earlier(model: Model, starts: Mapping[int, int]) -> dict[int, int]:
    """The same projects, each as early as the others let it be, in the order of serving."""
    plan = dict(starts)
    used = model.used(plan)
    for i in order(model.problem):
        if i not in plan:
            continue
        without = used - model.use_of(i, plan[i])
        for month in range(model.problem.starts(i).start, plan[i]):
            more = model.use_of(i, month)
            if allowed(model.problem, plan, i, month) and model.fits(without + more):
                plan[i], used = month, without + more
                break
    return plan


def _swap(model: Model, starts: Mapping[int, int], rounds: int = 3) -> tuple[dict[int, int], list[int]]:
    """Exchanges that a plan inside the gap still allows: a better project in, a lesser one out."""
    plan, entered = dict(starts), list[int]()
    for _ in range(rounds):
        moved = False
        displacing = Displacing(model, plan)
        for i in order(model.problem):
            if i in plan:
                continue
            found = displacing.cheapest(i, pairs=False)
            if found is None or not found.gains:
                continue
            for k in found.out:
                del plan[k]
            plan[i] = found.start
            entered.append(i)
            plan, added = fill(model, plan)
            entered += added
            displacing = Displacing(model, plan)
            moved = True
        if not moved:
            break
    return plan, entered


def relaxed(model: Model, limits: Limits, ceiling: Floats | None = None) -> list["Relaxation"]:
    """The linear relaxation of every tier in turn: value and price of each row (value per unit of the factor)."""
    high = _raised(model, limits, ceiling)
    out: list[Relaxation] = []
    held: dict[int, float] = {}
    for tier in model.problem.tiers:
        matrix, low, _ = limits.with_tiers(held)
        ends = np.concatenate([high, np.full(len(low) - len(high), np.inf)])
        answer = _linear(matrix, low, ends, np.where(model.tier == tier, model.worth, 0.0))
        if answer is None:
            break
        value, marginals = answer
        prices = marginals[: len(model.rows)] / limits.scale
        out.append(Relaxation(tier, value, prices))
        held[tier] = value
    return out


def weighed(model: Model, limits: Limits, ceiling: Floats | None = None) -> dict[int, float]:
    """Value of each tier in one linear relaxation in which a tier weighs a thousand times the next.

    One solve instead of one for each tier; curves use it, as they compare the same relaxation with itself.
    """
    tiers = model.problem.tiers
    weight = {tier: 1000.0 ** (min(2, len(tiers) - 1 - place)) for place, tier in enumerate(tiers)}
    worth = model.worth * np.array([weight[int(tier)] for tier in model.tier])
    high = _raised(model, limits, ceiling)
    answer = _linear_x(limits.matrix, limits.low, high, worth)
    if answer is None:
        return dict.fromkeys(tiers, 0.0)
    return {tier: float((answer * np.where(model.tier == tier, model.worth, 0.0)).sum()) for tier in tiers}


def _raised(model: Model, limits: Limits, ceiling: Floats | None) -> Floats:
    high = limits.high.copy()
    if ceiling is not None:
        high[: len(model.rows)] = ceiling / limits.scale
    return high


@dataclass(frozen=True)
class Relaxation:
    """One tier's linear optimum and what one more unit in each row would be worth at the margin."""

    tier: int
    value: float
    prices: Floats


def _linear(
    matrix: sparse.csr_matrix, low: Floats, high: Floats, worth: Floats
) -> tuple[float, Floats] | None:
    """Optimum and the price of every row's upper end; None when nothing is feasible."""
    upper = np.isfinite(high)
    answer = _solved(matrix, low, high, worth)
    if answer.x is None or answer.status != 0:
        return None
    prices = np.zeros(len(high))
    prices[upper] = -answer.ineqlin.marginals[: int(upper.sum())]
    return float(-answer.fun), prices


def _linear_x(matrix: sparse.csr_matrix, low: Floats, high: Floats, worth: Floats) -> Floats | None:
    answer = _solved(matrix, low, high, worth)
    return None if answer.x is None else np.asarray(answer.x, dtype=float)


def _solved(matrix: sparse.csr_matrix, low: Floats, high: Floats, worth: Floats) -> Any:
    upper, lower = np.isfinite(high), np.isfinite(low)
    stacked = sparse.vstack([matrix[upper], -matrix[lower]]).tocsr()
    ends = np.concatenate([high[upper], -low[lower]])
    return linprog(-worth, A_ub=stacked, b_ub=ends, bounds=(0, 1), method="highs")
