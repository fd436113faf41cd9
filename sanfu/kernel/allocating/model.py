"""Projects and factors of one allocation as data, checked, and the rows and columns of its integer model.

Months count from 1 to `horizon`. A stock (用地指标, 能耗, 排污) is used up: what has been taken by a month must
not exceed what has arrived by it. A level (kVA) is a ceiling of its month, held by every project begun. A flow
(资金, 用工) is needed in every month from the start for `duration` months.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STOCK, LEVEL, FLOW = "stock", "level", "flow"
KINDS = (STOCK, LEVEL, FLOW)
KIND_LABELS = {STOCK: "总量", LEVEL: "容量", FLOW: "逐月"}
TOLERANCE = 1e-9


class BadProblem(ValueError):
    """An allocation that cannot be posed; the message says what, where and what to do."""


@dataclass(frozen=True)
class Factor:
    """One scarce thing and what of it arrives (stock) or stands ready (level, flow) in each month."""

    name: str
    supply: tuple[float, ...]
    kind: str = STOCK
    unit: str = ""

    def ceilings(self) -> tuple[float, ...]:
        """Upper limit of use by (stock) or in (level, flow) each month."""
        if self.kind != STOCK:
            return self.supply
        return tuple(float(total) for total in np.cumsum(self.supply))

    @property
    def total(self) -> float:
        """The one number people quote: the sum of a stock, the last month of a level, the sum of a flow."""
        return float(self.supply[-1]) if self.kind == LEVEL else float(sum(self.supply))


@dataclass(frozen=True)
class Project:
    """One project: published tier (1 is served first), merit inside the tier, needs by factor, start window."""

    id: str
    name: str
    merit: float
    needs: Mapping[str, float]
    tier: int = 1
    earliest: int = 1
    latest: int = 12
    mandatory: bool = False
    group: str = ""  # sites or variants of which at most one is built
    requires: str = ""  # id of the phase that must begin no later
    duration: int = 0  # months a flow is needed; 0 means to the end of the year
    outside: frozenset[str] = frozenset()  # factors drawn from another quota (省级统筹)


@dataclass(frozen=True)
class Problem:
    """Everything an allocation is decided from. `delay` is the share of merit lost per month of waiting."""

    projects: tuple[Project, ...]
    factors: tuple[Factor, ...]
    horizon: int = 12
    delay: float = 0.0
    tier_labels: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = [*_factor_problems(self), *_project_problems(self)]
        if problems:
            raise BadProblem(
                "；".join(problems[:8]) + (f"；另有 {len(problems) - 8} 处" if problems[8:] else "")
            )

    @cached_property
    def tiers(self) -> tuple[int, ...]:
        return tuple(sorted({project.tier for project in self.projects}))

    @cached_property
    def place(self) -> dict[str, int]:
        return {project.id: i for i, project in enumerate(self.projects)}

    def value(self, i: int, start: int) -> float:
        """Merit of a project that begins in that month."""
        project = self.projects[i]
        return project.merit * max(0.0, 1 - self.delay * (start - project.earliest))

    def label(self, tier: int) -> str:
        return self.tier_labels.get(tier, f"第{tier}级")

    def starts(self, i: int) -> range:
        """Months in which the project may begin within the year."""
        project = self.projects[i]
        return range(max(1, project.earliest), min(self.horizon, project.latest) + 1)


def _factor_problems(problem: Problem) -> list[str]:
    found = []
    names = [factor.name for factor in problem.factors]
    if not names:
        found.append("没有要素；请在要素表中至少写一行")
    found += [f"要素“{name}”写了两次；请合并" for name in sorted({n for n in names if names.count(n) > 1})]
    for factor in problem.factors:
        if factor.kind not in KINDS:
            found.append(f"要素“{factor.name}”的类型“{factor.kind}”不认识；应为 总量、容量或逐月")
        if len(factor.supply) != problem.horizon:
            found.append(f"要素“{factor.name}”有 {len(factor.supply)} 个月的数，应为 {problem.horizon} 个月")
        if any(not np.isfinite(x) or x < 0 for x in factor.supply):
            found.append(f"要素“{factor.name}”的供给有负数或不是数；请改正")
    return found


def _project_problems(problem: Problem) -> list[str]:
    found = []
    ids = [project.id for project in problem.projects]
    known = set(ids)
    factors = {factor.name for factor in problem.factors}
    seen: set[str] = set()
    for project in problem.projects:
        if project.id in seen:
            found.append(f"项目编号“{project.id}”重复；每个项目一个编号")
        seen.add(project.id)
        if not np.isfinite(project.merit) or project.merit < 0:
            found.append(f"项目“{project.id}”的得分是负数或不是数")
        for name, amount in project.needs.items():
            if name not in factors:
                found.append(f"项目“{project.id}”需要的“{name}”不在要素表中")
            if not np.isfinite(amount) or amount < 0:
                found.append(f"项目“{project.id}”的“{name}”需求是负数或不是数")
        if project.requires and project.requires not in known:
            found.append(f"项目“{project.id}”的前置项目“{project.requires}”不在表中")
    return found + _circles(problem)


def _circles(problem: Problem) -> list[str]:
    """Projects whose chain of earlier phases comes back to themselves."""
    before = {project.id: project.requires for project in problem.projects}
    found = []
    for project in problem.projects:
        walked, now = {project.id}, project.requires
        while now and now in before and now not in walked:
            walked.add(now)
            now = before[now]
        if now == project.id:
            found.append(f"项目“{project.id}”的前置关系绕成一圈")
    return found


class Model:
    """Columns (project, start month) and rows (factor, month) of a problem, with ceilings, as arrays.

    `use[row, column]` is what the column takes in that row. Rows that another row implies are left out: for a
    stock or level, use never falls, so a month whose ceiling is at or above the next month's adds nothing.
    """

    def __init__(self, problem: Problem, all_starts: bool = True) -> None:
        self.problem = problem
        self.rows: list[tuple[int, int]] = [
            (f, month)
            for f, factor in enumerate(problem.factors)
            for month in range(1, problem.horizon + 1)
            if _binding(factor, month, problem.horizon)
        ]
        ceilings = [factor.ceilings() for factor in problem.factors]
        self.ceiling: Floats = np.array([ceilings[f][month - 1] for f, month in self.rows], dtype=float)
        self.slack = TOLERANCE * np.maximum(1.0, self.ceiling)
        self._months: Ints = np.array([month for _, month in self.rows], dtype=np.int64)
        self._flows = np.array([problem.factors[f].kind == FLOW for f, _ in self.rows], dtype=bool)
        self._needs: Floats = np.array([self._need_by_row(one) for one in problem.projects], dtype=float)
        self._uses: dict[tuple[int, int], Floats] = {}
        self.columns = [(i, s) for i in range(len(problem.projects)) for s in self._starts(i, all_starts)]
        self.of: Ints = np.array([i for i, _ in self.columns], dtype=np.int64)
        self.start: Ints = np.array([s for _, s in self.columns], dtype=np.int64)
        self.worth: Floats = np.array([problem.value(i, s) for i, s in self.columns], dtype=float)
        self.tier: Ints = np.array([problem.projects[i].tier for i, _ in self.columns], dtype=np.int64)
        self.use: Floats = (
            np.column_stack([self.use_of(i, s) for i, s in self.columns])
            if self.columns
            else np.zeros((len(self.rows), 0))
        )

    def _starts(self, i: int, all_starts: bool) -> Sequence[int]:
        """All start months, or the last one alone where starting later takes less and costs nothing."""
        starts = self.problem.starts(i)
        project = self.problem.projects[i]
        if all_starts or len(starts) < 2 or self.problem.delay:
            return starts
        flows = {factor.name for factor in self.problem.factors if factor.kind == FLOW}
        bound = project.requires or any(other.requires == project.id for other in self.problem.projects)
        needs_flow = any(project.needs.get(name, 0) for name in flows - project.outside)
        return starts if bound or needs_flow else starts[-1:]

    def use_of(self, i: int, start: int) -> Floats:
        """What the project takes in every row when it begins in `start`; read only, as it is kept."""
        kept = self._uses.get((i, start))
        if kept is not None:
            return kept
        project = self.problem.projects[i]
        last = start + project.duration - 1 if project.duration else self.problem.horizon
        months, flows = self._months, self._flows
        running = (start <= months) & (~flows | (months <= last))
        out: Floats = np.where(running, self._needs[i], 0.0)
        out.flags.writeable = False
        self._uses[i, start] = out
        return out

    def _need_by_row(self, project: Project) -> list[float]:
        """The project's need in every row; nothing of a factor that another quota gives."""
        by_factor = [
            0.0 if factor.name in project.outside else float(project.needs.get(factor.name, 0.0))
            for factor in self.problem.factors
        ]
        return [by_factor[f] for f, _ in self.rows]

    def used(self, chosen: Mapping[int, int]) -> Floats:
        """Use in every row of a plan {project index: start month}."""
        total = np.zeros(len(self.rows))
        for i, start in chosen.items():
            total += self.use_of(i, start)
        return total

    def fits(self, used: Floats) -> bool:
        return bool(np.all(used <= self.ceiling + self.slack))


def _binding(factor: Factor, month: int, horizon: int) -> bool:
    if factor.kind == FLOW or month == horizon:
        return True
    ceilings = factor.ceilings()
    return ceilings[month - 1] < ceilings[month]
