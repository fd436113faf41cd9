"""Why a project is left out, in four steps: does not fit, priced out, displaced by whom, what would change it.

The plan is kept in place for all four. A change named here lets the project fit beside the whole plan; since the
plan is the best, the project is then part of every best plan (its own merit is gained, nothing is lost).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sanfu.kernel.allocating.displacing import Displaced, Displacing
from sanfu.kernel.allocating.limits import Limits
from sanfu.kernel.allocating.model import STOCK, Model, Problem
from sanfu.kernel.allocating.solving import Plan, Relaxation, allowed, relaxed, solve

FITS_NOT, NO_MONTH, RIVAL, PHASE, ALONE = (
    "does_not_fit",
    "no_start_month",
    "other_site",
    "phase_first",
    "never_fits",
)


@dataclass(frozen=True)
class Short:
    """A factor of which too little is left in a month: needed, left beside the plan, lacking."""

    factor: int
    month: int
    need: float
    left: float

    @property
    def lacking(self) -> float:
        return self.need - self.left


@dataclass(frozen=True)
class Change:
    """One change that lets the project in: less need, another month, or supply kept for it.

    `amounts` gives for each factor the need that would fit (less_need) or what must be added (more_supply).
    `verified` is None until the changed problem has been solved again.
    """

    what: str
    amounts: tuple[tuple[int, float], ...] = ()
    month: int = 0
    verified: bool | None = None


@dataclass(frozen=True)
class Reason:
    """The four-level reason of one project left out."""

    project: int
    kind: str
    start: int  # the month for which the rest is said
    short: tuple[Short, ...]
    value: float
    cost: tuple[tuple[int, float], ...]  # factor → what its needs are worth at the margin
    displaced: Displaced | None
    changes: tuple[Change, ...]
    rivals: tuple[int, ...] = ()

    @property
    def priced_out(self) -> bool:
        """Its needs are worth more at the margin than its merit."""
        return sum(cost for _, cost in self.cost) > self.value + 1e-7


class Reasons:
    """Reasons beside one plan; the linear relaxation is solved once."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.model = Model(problem)
        self.displacing = Displacing(self.model, plan.starts)
        small = self.model if problem.delay else Model(problem, all_starts=False)  # waiting costs: the same
        self.prices = _by_row(small, relaxed(small, Limits(small)))

    def all(self) -> list[Reason]:
        return [self.of(i) for i in range(len(self.problem.projects)) if i not in self.plan.starts]

    def of(self, i: int) -> Reason:
        """The reason of project i, which the plan leaves out."""
        starts = self.problem.starts(i)
        if not starts:
            return self._windowless(i)
        month, short = self._smallest(i, starts)
        kind, rivals = self._kind(i, starts, short)
        displaced = self.displacing.cheapest(i)
        changes = self._changes(i, month, short, rivals)
        cost = self._cost(i, month)
        return Reason(i, kind, month, short, self.problem.value(i, month), cost, displaced, changes, rivals)

    def _kind(self, i: int, starts: range, short: Sequence[Short]) -> tuple[str, tuple[int, ...]]:
        project = self.problem.projects[i]
        chosen = self.plan.starts
        rivals = tuple(k for k in chosen if project.group and self.problem.projects[k].group == project.group)
        if rivals:
            return RIVAL, rivals
        if project.requires and not any(allowed(self.problem, chosen, i, month) for month in starts):
            return PHASE, (self.problem.place[project.requires],)
        alone = all(not self.model.fits(self.model.use_of(i, month)) for month in starts)
        return (ALONE if alone else FITS_NOT), ()

    def _windowless(self, i: int) -> Reason:
        """No start month left in the year: said so, with the month in which it would fit if it were allowed."""
        project = self.problem.projects[i]
        month, short = self._smallest(i, range(1, self.problem.horizon + 1))
        changes = () if short else (Change("other_month", month=month),)
        return Reason(i, NO_MONTH, month, short, project.merit, self._cost(i, month), None, changes)

    def _smallest(self, i: int, months: range) -> tuple[int, tuple[Short, ...]]:
        """The start month short of the fewest factors, and for each such factor its worst month."""
        best: tuple[tuple[int, float, int], int, tuple[Short, ...]] | None = None
        for month in months:
            short = self._short(i, month)
            share = sum(one.lacking / max(one.need, 1e-9) for one in short)
            key = (len(short), share, month)
            if best is None or key < best[0]:
                best = (key, month, short)
        assert best is not None
        return best[1], best[2]

    def _short(self, i: int, month: int) -> tuple[Short, ...]:
        need = self.model.use_of(i, month)
        worst: dict[int, Short] = {}
        for row in np.flatnonzero(need > self.displacing.left):
            f, when = self.model.rows[int(row)]
            left = max(0.0, float(self.displacing.left[row] - self.model.slack[row]))
            one = Short(f, when, float(need[row]), left)
            if f not in worst or one.lacking > worst[f].lacking:
                worst[f] = one
        return tuple(worst.values())

    def _cost(self, i: int, month: int) -> tuple[tuple[int, float], ...]:
        prices = self.prices.get(self.problem.projects[i].tier)
        if prices is None:
            return ()
        use = self.model.use_of(i, month)
        cost = dict.fromkeys(range(len(self.problem.factors)), 0.0)
        for row, (f, when) in enumerate(self.model.rows):
            cost[f] += float(use[row]) * prices.get((f, when), 0.0)
        return tuple((f, amount) for f, amount in cost.items() if amount > 1e-9)

    def _changes(
        self, i: int, month: int, short: Sequence[Short], rivals: Sequence[int]
    ) -> tuple[Change, ...]:
        if rivals:
            return ()
        out = []
        if short and all(one.left > 1e-9 for one in short):
            out.append(Change("less_need", tuple((one.factor, _below(one.left)) for one in short), month))
        window = self.problem.starts(i)
        for later in range(1, self.problem.horizon + 1):
            if later in window or self._short(i, later):
                continue
            if allowed(self.problem, self.plan.starts, i, later):
                out.append(Change("other_month", month=later))
                break
        if short:
            out.append(
                Change("more_supply", tuple((one.factor, _above(one.lacking)) for one in short), month)
            )
        return tuple(out)


def _below(amount: float) -> float:
    """Rounded so that the changed problem still fits."""
    return float(np.floor(amount * 1e6) / 1e6)


def _above(amount: float) -> float:
    return float(np.ceil(amount * 1e6 - 1e-6) / 1e6)


def _by_row(model: Model, found: Sequence[Relaxation]) -> dict[int, dict[tuple[int, int], float]]:
    return {
        one.tier: {
            row: float(price) for row, price in zip(model.rows, one.prices, strict=True) if price > 1e-12
        }
        for one in found
    }


def changed(problem: Problem, i: int, change: Change) -> Problem:
    """The problem after one change; added supply is everybody's, so others may take it."""
    project = problem.projects[i]
    if change.what == "less_need":
        needs = dict(project.needs) | {problem.factors[f].name: amount for f, amount in change.amounts}
        return _with(problem, i, replace(project, needs=needs))
    if change.what == "other_month":
        earliest, latest = min(project.earliest, change.month), max(project.latest, change.month)
        return _with(problem, i, replace(project, earliest=earliest, latest=latest))
    factors = list(problem.factors)
    for f, amount in change.amounts:
        factor = factors[f]
        first = next((m for m, x in enumerate(factor.supply, 1) if x > 0), 1)
        grown = tuple(
            x + amount if (factor.kind != STOCK or month == min(first, change.month)) else x
            for month, x in enumerate(factor.supply, 1)
        )
        factors[f] = replace(factor, supply=grown)
    return replace(problem, factors=tuple(factors))


def _with(problem: Problem, i: int, project: object) -> Problem:
    projects = list(problem.projects)
    projects[i] = project  # type: ignore[call-overload]
    return replace(problem, projects=tuple(projects))


def kept_for(problem: Problem, i: int, change: Change) -> Problem:
    """The problem with the added supply kept for project i alone (专项指标): it draws that much less."""
    project = problem.projects[i]
    needs = dict(project.needs)
    for f, amount in change.amounts:
        name = problem.factors[f].name
        needs[name] = max(0.0, needs.get(name, 0.0) - amount)
    return _with(problem, i, replace(project, needs=needs))


def verified(problem: Problem, reason: Reason, seconds: float = 4.0) -> Reason:
    """The reason with every change tried by solving again; open supply is raised until it reaches the project."""
    changes: list[Change] = []
    for change in reason.changes:
        if change.what != "more_supply":
            inside = reason.project in solve(changed(problem, reason.project, change), seconds).starts
            changes.append(replace(change, verified=inside))
            continue
        inside = reason.project in solve(kept_for(problem, reason.project, change), seconds).starts
        changes.append(replace(change, what="supply_kept_for_it", verified=inside))
        changes += _open_supply(problem, reason.project, change, seconds)
    return replace(reason, changes=tuple(changes))


def _open_supply(problem: Problem, i: int, change: Change, seconds: float) -> list[Change]:
    """The smallest tried increase of supply open to everybody at which a best plan holds the project."""
    for times in (1.0, 1.5, 2.0, 3.0, 5.0, 8.0):
        amounts = tuple((f, _above(amount * times)) for f, amount in change.amounts)
        more = replace(change, amounts=amounts)
        if i in solve(changed(problem, i, more), seconds).starts:
            return [replace(more, verified=True)]
    return []
