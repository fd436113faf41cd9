"""Constraints of an allocation as one sparse matrix: supply, each project once, variants, phases, tiers held."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from sanfu.kernel.allocating.model import Floats, Model

TIE = 1e-7  # relative part of a value that counts as rounding


class Limits:
    """Every constraint of a model as one sparse matrix with lower and upper ends, rows scaled to about one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        scale = np.maximum(1e-12, np.maximum(model.ceiling, model.use.max(axis=1, initial=0.0)))
        self.scale = np.where(scale > 0, scale, 1.0)
        parts, low, high = [sparse.csr_matrix(model.use / self.scale[:, None])], [], []
        low.append(np.full(len(model.rows), -np.inf))
        high.append(model.ceiling / self.scale)
        for matrix, least, most in (self._once(), self._groups(), self._phases()):
            if matrix.shape[0]:
                parts.append(matrix)
                low.append(least)
                high.append(most)
        self.matrix = sparse.vstack(parts).tocsr()
        self.low, self.high = np.concatenate(low), np.concatenate(high)

    def _sums(self, groups: Sequence[Sequence[int]]) -> sparse.csr_matrix:
        rows = [row for row, group in enumerate(groups) for _ in group]
        columns = [column for group in groups for column in group]
        return sparse.csr_matrix(
            (np.ones(len(rows)), (rows, columns)), shape=(len(groups), len(self.model.columns))
        )

    def columns_of(self, i: int) -> list[int]:
        return [int(k) for k in np.flatnonzero(self.model.of == i)]

    def _once(self) -> tuple[sparse.csr_matrix, Floats, Floats]:
        projects = self.model.problem.projects
        groups = [self.columns_of(i) for i in range(len(projects))]
        least = np.array([1.0 if project.mandatory else 0.0 for project in projects])
        return self._sums(groups), least, np.ones(len(projects))

    def _groups(self) -> tuple[sparse.csr_matrix, Floats, Floats]:
        by_name: dict[str, list[int]] = {}
        for k, (i, _) in enumerate(self.model.columns):
            name = self.model.problem.projects[i].group
            if name:
                by_name.setdefault(name, []).append(k)
        return self._sums(list(by_name.values())), np.zeros(len(by_name)), np.ones(len(by_name))

    def _phases(self) -> tuple[sparse.csr_matrix, Floats, Floats]:
        """By every month: a later phase has begun only if the phase that it requires has."""
        model = self.model
        rows, columns, signs, count = [], [], [], 0
        for i, project in enumerate(model.problem.projects):
            if not project.requires:
                continue
            before = model.problem.place[project.requires]
            for month in range(1, model.problem.horizon + 1):
                for which, sign in ((i, 1.0), (before, -1.0)):
                    begun = [k for k in self.columns_of(which) if model.start[k] <= month]
                    rows += [count] * len(begun)
                    columns += begun
                    signs += [sign] * len(begun)
                count += 1
        matrix = sparse.csr_matrix((signs, (rows, columns)), shape=(count, len(model.columns)))
        return matrix, np.full(count, -np.inf), np.zeros(count)

    def with_chosen(
        self, starts: Mapping[int, int], values: Mapping[int, float]
    ) -> tuple[sparse.csr_matrix, Floats, Floats]:
        """The constraints, and that of the tiers of `values` exactly the projects of `starts` begin, worth at least that."""
        matrix, low, high = self.with_tiers(values)
        low, high = low.copy(), high.copy()
        for i, project in enumerate(self.model.problem.projects):
            if project.tier in values:
                row = len(self.model.rows) + i
                low[row] = high[row] = 1.0 if i in starts else 0.0
        return matrix, low, high

    def with_tiers(self, values: Mapping[int, float]) -> tuple[sparse.csr_matrix, Floats, Floats]:
        """The constraints, and that no tier of `values` falls below its value."""
        if not values:
            return self.matrix, self.low, self.high
        rows = [np.where(self.model.tier == tier, self.model.worth, 0.0) for tier in values]
        sizes = np.array([max(1.0, value) for value in values.values()])
        least = np.array([value - TIE * max(1.0, value) for value in values.values()]) / sizes
        matrix = sparse.vstack([self.matrix, sparse.csr_matrix(np.array(rows) / sizes[:, None])]).tocsr()
        low = np.concatenate([self.low, least])
        return matrix, low, np.concatenate([self.high, np.full(len(least), np.inf)])
