"""The best plan and a bound that proves how good it is: LP, columns by reduced cost, a small MILP (HiGHS)."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from sanfu.kernel.assigning.greedy import greedy
from sanfu.kernel.assigning.model import Floats, Problem

Rows = npt.NDArray[np.int64]
ALL_AT_ONCE = 250_000  # pairs up to which the LP sees all of them; above, it is fed by pricing
FIRST_COLUMNS = 12  # cheapest officers a firm begins with when the LP is fed by pricing
WIDTHS = (4.0, 8.0, 16.0, 32.0, 1e9)
NEAR_ZERO = 1e-6


@dataclass(frozen=True)
class Plan:
    """Who serves whom and the proof: `bound` ≤ cost of any plan that covers as well.

    Attributes:
        chosen: column of each firm's officer, -1 for uncovered; shape (firms,).
        cost: points of all pairs chosen; uncovered firms are not in it.
        objective: cost plus the penalty of uncovered firms; `bound` is a lower bound of the best objective.
        load_prices: price of one unit of load at each officer (dual values, ≥ 0); they prove the LP part of the bound.
        penalty: points for each unit of load left uncovered.
        width: the MILP saw all pairs with a reduced cost up to this.
    """

    chosen: Rows
    cost: float
    objective: float
    bound: float
    load_prices: Floats
    penalty: float
    width: float
    columns: int

    @property
    def gap(self) -> float:
        """Proven distance from the best plan as a share of the cost; 0 means proven optimal."""
        room = max(self.objective - self.bound, 0.0)
        return 0.0 if room <= NEAR_ZERO else room / max(self.cost, 1.0)


def lower_bound(problem: Problem, load_prices: Floats, penalty: float) -> float:
    """Lagrangian bound for any prices ≥ 0: each firm alone picks its cheapest officer, load paid at the price."""
    best, _ = _cheapest(problem, load_prices, penalty)
    return float(best.sum() - load_prices @ problem.capacities)


def solve(
    problem: Problem,
    *,
    gap: float = 0.0045,
    seconds: float = 30.0,
    clock: Callable[[], float] = time.perf_counter,
) -> Plan:
    """The cheapest plan under all rules, within `gap` if `seconds` allow; uncovered firms only when none fits.

    Steps: the LP over all pairs gives load prices; pairs with a small reduced cost go into a MILP; as long as the
    gap is too wide, dearer pairs join. A plan that uses a pair outside the width w costs at least LP bound + w,
    so the bound is max(LP, min(bound of the small MILP, LP + w)).
    """
    end = clock() + seconds
    penalty = penalty_of(problem)
    if not problem.firms or not problem.officers:
        return _nobody(problem, penalty)
    prices = _load_prices(problem, penalty, end, clock)
    reduced, base = _reduced(problem, prices, penalty)
    whole = _whole(problem, penalty)
    best = greedy(problem, reduced)
    value = _objective(problem, best, penalty)
    bound, seen, count = _raised(base, whole), 0.0, 0
    for width in WIDTHS:
        left = end - clock()
        if left <= 0 or _close(problem, best, value, bound, gap):
            break
        last = width >= value - base  # no pair outside can be part of a better plan
        seen = width
        share = gap / 4 * min(_cost(problem, best) / max(base, 1.0), 1.0)
        found, small, count = _within(problem, reduced, width, penalty, share, left)
        if found is not None and (worth := _objective(problem, found, penalty)) < value - NEAR_ZERO:
            best, value = found, worth
        bound = max(bound, _raised(min(small, math.inf if last else base + width), whole))
        if last:
            break
    return Plan(best, _cost(problem, best), value, min(bound, value), prices, penalty, seen, count)


def penalty_of(problem: Problem) -> float:
    """Points for a unit of load left uncovered: more than any chain of moves that could cover it."""
    dearest = float(problem.costs.max(initial=0.0)) + 1.0
    return dearest * (len(problem.officers) + 1)


def _nobody(problem: Problem, penalty: float) -> Plan:
    nobody = np.full(len(problem.firms), -1, dtype=np.int64)
    value = _objective(problem, nobody, penalty)
    return Plan(nobody, 0.0, value, value, np.zeros(len(problem.officers)), penalty, 0.0, 0)


def _cost(problem: Problem, chosen: Rows) -> float:
    rows = np.flatnonzero(chosen >= 0)
    return float(problem.costs[rows, chosen[rows]].sum())


def _objective(problem: Problem, chosen: Rows, penalty: float) -> float:
    return _cost(problem, chosen) + float(_slack(problem, penalty)[chosen < 0].sum())


def _slack(problem: Problem, penalty: float) -> Floats:
    """Penalty of leaving each firm uncovered; nothing where no officer may serve it, as no plan can help there."""
    return np.asarray(penalty * problem.loads * problem.possible)


def _whole(problem: Problem, penalty: float) -> bool:
    """Whether every plan has a whole-numbered value, so that a bound may be rounded up."""
    parts = (problem.costs, _slack(problem, penalty))
    return all(bool(np.all(np.abs(part - np.round(part)) < 1e-9)) for part in parts)


def _raised(bound: float, whole: bool) -> float:
    return float(math.ceil(bound - 1e-4)) if whole and math.isfinite(bound) else bound


def _close(problem: Problem, chosen: Rows, value: float, bound: float, gap: float) -> bool:
    return value - bound <= gap * max(_cost(problem, chosen), 1.0) + NEAR_ZERO


def _cheapest(problem: Problem, prices: Floats, penalty: float) -> tuple[Floats, Floats]:
    """For each firm the least of its pairs' cost with load paid (or of staying uncovered); and that whole table."""
    table = problem.payable + np.outer(problem.loads, prices)
    return np.minimum(table.min(axis=1), _slack(problem, penalty)), table


def _reduced(problem: Problem, prices: Floats, penalty: float) -> tuple[Floats, float]:
    """Reduced cost of each pair, shape (firms, officers), and the bound that the prices prove."""
    best, table = _cheapest(problem, prices, penalty)
    return table - best[:, None], float(best.sum() - prices @ problem.capacities)


def _load_prices(problem: Problem, penalty: float, end: float, clock: Callable[[], float]) -> Floats:
    """Dual values of the capacities in the LP over all pairs, by pricing when there are very many."""
    allowed = problem.bars == 0
    rows, columns = np.nonzero(allowed)
    if len(rows) > ALL_AT_ONCE:
        first = np.argpartition(problem.payable, FIRST_COLUMNS, axis=1)[:, :FIRST_COLUMNS]
        near = np.zeros_like(allowed)
        np.put_along_axis(near, first, True, axis=1)
        near[problem.held >= 0, problem.held[problem.held >= 0]] = True
        inside = near & allowed
        rows, columns = np.nonzero(inside)
    else:
        inside = allowed
    best_prices, best_bound = np.zeros(len(problem.officers)), -math.inf
    while True:
        prices = _linear(problem, rows, columns, penalty)
        reduced, bound = _reduced(problem, prices, penalty)
        if bound > best_bound:
            best_prices, best_bound = prices, bound
        if len(rows) == int(allowed.sum()) or clock() > end:
            return best_prices
        joining = _joining(problem, reduced, inside, prices, penalty)
        if not joining.any():
            return best_prices
        inside = inside | joining
        rows, columns = np.nonzero(inside)


def _joining(
    problem: Problem, reduced: Floats, inside: npt.NDArray[np.bool_], prices: Floats, penalty: float
) -> npt.NDArray[np.bool_]:
    """Pairs outside the LP that are cheaper, at these prices, than the best pair their firm has inside."""
    mine = np.where(inside, reduced, np.inf).min(axis=1)
    best = np.minimum(mine, _slack(problem, penalty) - _cheapest(problem, prices, penalty)[0])
    better = (reduced < best[:, None] - 1e-7) & ~inside
    rank = np.argpartition(np.where(better, reduced, np.inf), min(4, reduced.shape[1] - 1), axis=1)[:, :4]
    few = np.zeros_like(better)
    np.put_along_axis(few, rank, True, axis=1)
    return np.asarray(better & few)


def _linear(problem: Problem, rows: Rows, columns: Rows, penalty: float) -> Floats:
    cover, load = _matrices(problem, rows, columns)
    costs = np.concatenate([problem.costs[rows, columns], _slack(problem, penalty)])
    answer = linprog(
        costs,
        A_ub=load,
        b_ub=problem.capacities,
        A_eq=cover,
        b_eq=np.ones(len(problem.firms)),
        method="highs",
    )
    if answer.status != 0:  # the slack columns make it feasible: only numbers beyond reason get here
        return np.zeros(len(problem.officers))
    return np.asarray(np.maximum(-np.asarray(answer.ineqlin.marginals), 0.0), dtype=float)


def _matrices(problem: Problem, rows: Rows, columns: Rows) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Each firm exactly once (a slack column a firm stands for uncovered); each officer's load."""
    count, firms, officers = len(rows), len(problem.firms), len(problem.officers)
    slack = np.arange(firms)
    ones = np.ones(count + firms)
    places = (np.concatenate([rows, slack]), np.concatenate([np.arange(count), count + slack]))
    cover = sparse.csr_matrix((ones, places), shape=(firms, count + firms))
    load = sparse.csr_matrix(
        (problem.loads[rows], (columns, np.arange(count))), shape=(officers, count + firms)
    )
    return cover, load


def _within(
    problem: Problem, reduced: Floats, width: float, penalty: float, gap: float, seconds: float
) -> tuple[Rows | None, float, int]:
    """The best plan among pairs with a reduced cost up to `width`, its lower bound, and how many pairs it saw."""
    rows, columns = np.nonzero((problem.bars == 0) & (reduced <= width + NEAR_ZERO))
    cover, load = _matrices(problem, rows, columns)
    costs = np.concatenate([problem.costs[rows, columns], _slack(problem, penalty)])
    answer = milp(
        costs,
        integrality=np.ones(len(costs)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(cover, 1, 1), LinearConstraint(load, -np.inf, problem.capacities)],
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": gap, "presolve": True},
    )
    bound = -math.inf if answer.mip_dual_bound is None else float(answer.mip_dual_bound)
    if answer.x is None:
        return None, bound, len(rows)
    chosen = np.full(len(problem.firms), -1, dtype=np.int64)
    taken = np.flatnonzero(answer.x[: len(rows)] > 0.5)
    chosen[rows[taken]] = columns[taken]
    return chosen, bound, len(rows)
