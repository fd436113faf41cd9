"""Mandatory projects that cannot all begin: irreducible sets of projects and factor rows, each verified.

Irreducible: together they clash, and without any one of them (project or row) the rest can be arranged.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sanfu.kernel.allocating.limits import Limits
from sanfu.kernel.allocating.model import Model, Problem


@dataclass(frozen=True)
class Conflict:
    """Projects (indices) that must begin, and the (factor, month) rows that do not let all of them."""

    projects: tuple[int, ...]
    rows: tuple[tuple[int, int], ...]
    verified: bool


class Mandatory:
    """The mandatory projects of a problem with the phases that they stand on, asked about feasibility."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.must = [i for i, project in enumerate(problem.projects) if project.mandatory]
        kept = set(self.must)
        for i in self.must:
            name = problem.projects[i].requires
            while name:
                kept.add(problem.place[name])
                name = problem.projects[problem.place[name]].requires
        self.kept = sorted(kept)
        small = replace(problem, projects=tuple(problem.projects[i] for i in self.kept))
        self.model = Model(small)
        self.limits = Limits(self.model)
        self.rows = tuple(range(len(self.model.rows)))

    def feasible(self, must: Iterable[int], rows: Set[int]) -> bool:
        """Whether these projects (indices of the problem) can all begin under these rows alone."""
        wanted = set(must)
        low, high = self.limits.low.copy(), self.limits.high.copy()
        count = len(self.model.rows)
        high[:count] = np.where(np.isin(np.arange(count), list(rows)), high[:count], np.inf)
        for place, i in enumerate(self.kept):
            low[count + place] = 1.0 if i in wanted else 0.0
            if i in wanted and not self.limits.columns_of(place):
                return False
        if not self.model.columns:
            return True
        answer = milp(
            np.zeros(len(self.model.columns)),
            constraints=LinearConstraint(self.limits.matrix, low, high),
            integrality=np.ones(len(self.model.columns)),
            bounds=Bounds(0, 1),
            options={"time_limit": 5.0},
        )
        return answer.x is not None

    def irreducible(self, must: Iterable[int]) -> tuple[set[int], set[int]]:
        """Deletion filter: drop rows, then projects, that the clash does without."""
        projects, rows = set(must), set(self.rows)
        for f in range(len(self.problem.factors)):  # whole factors first: few solves
            rest = {row for row in rows if self.model.rows[row][0] != f}
            if rest != rows and not self.feasible(projects, rest):
                rows = rest
        for row in sorted(rows, reverse=True):
            if not self.feasible(projects, rows - {row}):
                rows = rows - {row}
        for i in sorted(
            projects, key=lambda i: (-self.problem.projects[i].tier, self.problem.projects[i].merit, i)
        ):
            if not self.feasible(projects - {i}, rows):
                projects = projects - {i}
        for row in sorted(rows):  # with fewer projects a row may have become needless
            if not self.feasible(projects, rows - {row}):
                rows = rows - {row}
        return projects, rows

    def verify(self, projects: Set[int], rows: Set[int]) -> bool:
        """Clash together, and every proper part that lacks one member does not."""
        return (
            not self.feasible(projects, rows)
            and all(self.feasible(projects - {i}, rows) for i in projects)
            and all(self.feasible(projects, rows - {row}) for row in rows)
        )


def conflicts(problem: Problem, most: int = 3) -> list[Conflict]:
    """Irreducible clashes among mandatory projects with no project in common; empty when all can begin."""
    asked = Mandatory(problem)
    left, found = set(asked.must), list[Conflict]()
    while left and len(found) < most and not asked.feasible(left, set(asked.rows)):
        projects, rows = asked.irreducible(left)
        named = tuple(asked.model.rows[row] for row in sorted(rows))
        found.append(Conflict(tuple(sorted(projects)), named, asked.verify(projects, rows)))
        left -= projects
    return found
