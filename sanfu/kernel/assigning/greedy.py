"""A first plan in one pass: firms with the least choice first, each to its cheapest officer with room."""

import numpy as np
import numpy.typing as npt

from sanfu.kernel.assigning.model import Floats, Problem


def greedy(problem: Problem, table: Floats | None = None) -> npt.NDArray[np.int64]:
    """Column of each firm's officer, -1 where nobody with room was left; shape (firms,).

    Args:
        table: what a pair costs here; the plain cost when None (reduced costs give a far better plan).
    """
    costs = problem.costs if table is None else table
    allowed = problem.bars == 0
    order = np.lexsort((allowed.sum(axis=1), -problem.loads))
    room = problem.capacities.copy()
    chosen = np.full(len(problem.firms), -1, dtype=np.int64)
    for row in order:
        fits = allowed[row] & (room >= problem.loads[row] - 1e-9)
        if fits.any():
            column = int(np.argmin(np.where(fits, costs[row], np.inf)))
            chosen[row] = column
            room[column] -= problem.loads[row]
    return chosen
