"""Invented allocation problems, and the best plan by trying every one: the oracle for small problems."""

import random
from itertools import product

import numpy as np

from sanfu.kernel.allocating.model import FLOW, LEVEL, STOCK, Factor, Model, Problem, Project


def small(seed: int, mandatory: bool = False) -> Problem:
    """At most seven projects, three factors of all kinds, three months, two or three tiers, groups and phases."""
    rng = random.Random(seed)
    count, months = rng.randint(3, 7), 3
    names = ["用地", "用电", "资金"][: rng.randint(1, 3)]
    projects = []
    for i in range(count):
        earliest = rng.randint(1, 3)
        projects.append(
            Project(
                f"P{i}",
                f"演示{i}",
                rng.randint(1, 12),
                {name: rng.choice([0, 1, 2, 3, 5]) for name in names},
                rng.randint(1, 3),
                earliest,
                rng.randint(earliest, 3),
                mandatory and rng.random() < 0.4,
                rng.choice(["", "", "", "甲"]),
                f"P{rng.randrange(i)}" if i and rng.random() < 0.15 else "",
                rng.choice([0, 1, 2]),
                frozenset(names[:1]) if rng.random() < 0.1 else frozenset(),
            )
        )
    kinds = {"用地": STOCK, "用电": LEVEL, "资金": FLOW}
    factors = [
        Factor(
            name,
            tuple(float(rng.randint(0, 6)) for _ in range(months))
            if kinds[name] != LEVEL
            else tuple(sorted(float(rng.randint(1, 9)) for _ in range(months))),
            kinds[name],
        )
        for name in names
    ]
    return Problem(tuple(projects), tuple(factors), months, rng.choice([0.0, 0.0, 0.1]))


def best_by_trying(problem: Problem) -> tuple[float, ...] | None:
    """Value of each tier in the best plan, first tier first; None when no plan holds the mandatory projects."""
    model = Model(problem)
    options = [
        [*([] if project.mandatory else [0]), *problem.starts(i)]
        for i, project in enumerate(problem.projects)
    ]
    best: tuple[float, ...] | None = None
    for starts in product(*options):
        plan = {i: s for i, s in enumerate(starts) if s}
        if not _ordered(problem, plan) or not model.fits(model.used(plan)):
            continue
        value = tuple(
            sum(problem.value(i, s) for i, s in plan.items() if problem.projects[i].tier == tier)
            for tier in problem.tiers
        )
        if best is None or value > best:
            best = value
    return best


def _ordered(problem: Problem, plan: dict[int, int]) -> bool:
    groups = [problem.projects[i].group for i in plan if problem.projects[i].group]
    if len(set(groups)) < len(groups):
        return False
    for i, start in plan.items():
        name = problem.projects[i].requires
        if name and not 0 < plan.get(problem.place[name], 0) <= start:
            return False
    return True


def county(seed: int, count: int = 300, months: int = 12, tiers: int = 1, delay: float = 0.01) -> Problem:
    """A county's year: `count` projects, five stock factors that arrive through the year, supply 45–70 % of needs."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0.0, 0.8, count)
    names = ["用地", "能耗", "排污", "用电", "资金"]
    typical = [60.0, 3000.0, 20.0, 2000.0, 8000.0]
    needs = {
        n: np.round(t * size * rng.lognormal(0, 0.5, count), 1) for n, t in zip(names, typical, strict=True)
    }
    merit = np.round(10 * size**0.8 * rng.lognormal(0, 0.35, count), 1)
    earliest = rng.integers(1, months // 2 + 1, count)
    latest = np.minimum(months, earliest + rng.integers(2, 8, count))
    projects = tuple(
        Project(
            f"P{i:03d}",
            f"演示项目{i:03d}",
            float(merit[i]),
            {n: float(needs[n][i]) for n in names},
            int(rng.integers(1, tiers + 1)),
            int(earliest[i]),
            int(latest[i]),
        )
        for i in range(count)
    )
    factors = []
    for n in names:
        total = float(needs[n].sum()) * rng.uniform(0.45, 0.7)
        weights = np.concatenate([[4.0], rng.uniform(0.2, 1.0, months - 1)])
        factors.append(Factor(n, tuple(np.round(total * weights / weights.sum(), 1).tolist()), STOCK))
    return Problem(projects, tuple(factors), months, delay)


def merit_first(problem: Problem) -> float:
    """What the habit reaches: the largest merit first, each as early as it fits."""
    from sanfu.kernel.allocating.solving import fill

    plan, _ = fill(Model(problem), {})
    return sum(problem.value(i, s) for i, s in plan.items())
