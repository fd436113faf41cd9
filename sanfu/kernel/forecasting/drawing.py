"""Forecast of one project: whole past projects are laid over its plan, those with the nearest pace count most.

A past project gives one draw: its ratio of actual to planned days in every stage, all together, since delays are
shared by the stages of a project. In flight, each draw's remaining ratios are shifted by how much slower or faster
than it this project has been so far; the slope of that shift is learnt from the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sanfu.kernel.forecasting.model import FEWEST, Course, Flags, Floats, Stage, order_of
from sanfu.kernel.forecasting.reference import left, masses, quantile, ratio_of

NEAREST_SHARE = 0.6  # of the past projects that count when a project is in flight
FEWEST_NEAR = 40
WHOLE, TOTAL = "whole_projects", "finish_over_plan"


@dataclass(frozen=True)
class Forecast:
    """P50 and P90 of the finish as days from the start, with what they stand on. None where too few."""

    p50: float | None
    p90: float | None
    finished: int
    censored: int
    method: str
    pace: float | None = None  # actual over planned days so far; None before the first stage is over
    near: int = 0  # past projects that counted
    reference_p50: float | None = None
    reference_p90: float | None = None
    critical: tuple[tuple[str, float], ...] = ()  # stage → share of draws in which it sets the finish
    late: float | None = None  # probability of finishing after the plan
    notes: tuple[str, ...] = ()

    @property
    def too_few(self) -> bool:
        return self.p50 is None


class History:
    """Past projects prepared once for many forecasts: stage ratios as a matrix, masses by Kaplan–Meier."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = [course for course in courses if ratio_of(course) is not None]
        self.finished = [course for course in self.courses if course.finish is not None]
        self.names = sorted({stage.name for course in self.finished for stage in course.stages})
        place = {name: k for k, name in enumerate(self.names)}
        self.ratios: Floats = np.full((len(self.finished), len(self.names)), np.nan)
        self.planned: Floats = np.full((len(self.finished), len(self.names)), np.nan)
        for row, course in enumerate(self.finished):
            for stage in course.stages:
                if stage.actual is not None and stage.planned > 0:
                    self.ratios[row, place[stage.name]] = stage.actual / stage.planned
                    self.planned[row, place[stage.name]] = stage.planned
        seen = [ratio_of(course) for course in self.courses]
        self.totals: Floats = np.array([pair[0] for pair in seen if pair is not None], dtype=float)
        self.total_masses = masses(self.totals, [pair[1] for pair in seen if pair is not None])
        self.masses = self.total_masses[[course.finish is not None for course in self.courses]]

    def columns(self, names: Sequence[str]) -> list[int] | None:
        """Places of stages in the matrix; None when one of them was never seen."""
        place = {name: k for k, name in enumerate(self.names)}
        return None if any(name not in place for name in names) else [place[name] for name in names]


def forecast(course: Course, history: History, today: date) -> Forecast:
    """The forecast of a running project on a day."""
    finished, censored = len(history.finished), len(history.courses) - len(history.finished)
    notes = []
    if finished < FEWEST:
        notes.append(f"只有 {finished} 个已完成项目，少于 {FEWEST} 个，不给出 P50 和 P90")
        return Forecast(None, None, finished, censored, "too_few", notes=tuple(notes))
    passed = (today - course.start).days / course.planned if course.planned > 0 else 0.0
    ratios, weights = history.totals, left(history.totals, history.total_masses, max(0.0, passed))
    ref50, ref90 = (quantile(ratios, weights, share) * course.planned for share in (0.5, 0.9))
    drawn = _drawn(course, history, today)
    floor = float((today - course.start).days)  # what is open today was not finished before it
    if drawn is None:
        notes.append("阶段与历史对不上，按总工期与计划之比预测")
        late = float(weights[ratios > 1].sum() / weights.sum())
        near = int((weights > 0).sum())
        return Forecast(
            max(floor, ref50),
            max(floor, ref90),
            finished,
            censored,
            TOTAL,
            None,
            near,
            ref50,
            ref90,
            (),
            late,
            tuple(notes),
        )
    if passed > float(ratios.max(initial=0.0)):
        notes.append("已经比历史上最慢的项目还慢，预测偏早")
    p50, p90 = (max(floor, quantile(drawn.finishes, drawn.weights, share)) for share in (0.5, 0.9))
    late = float(drawn.weights[drawn.finishes > course.planned + 1e-9].sum() / drawn.weights.sum())
    return Forecast(
        p50,
        max(p50, p90),
        finished,
        censored,
        WHOLE,
        drawn.pace,
        drawn.near,
        ref50,
        ref90,
        drawn.critical,
        late,
        tuple(notes),
    )


@dataclass(frozen=True)
class Drawn:
    """Finishes of one project under every past project, their weights, and how the draws were made."""

    finishes: Floats
    weights: Floats
    pace: float | None
    near: int
    critical: tuple[tuple[str, float], ...]


def _drawn(course: Course, history: History, today: date) -> Drawn | None:
    stages = order_of(course.stages)
    columns = history.columns([stage.name for stage in stages])
    if columns is None or not stages:
        return None
    whole = ~np.isnan(history.ratios[:, columns]).any(axis=1)
    if whole.sum() < FEWEST:
        return None
    ratios, weights = history.ratios[whole][:, columns], history.masses[whole].copy()
    if weights.sum() <= 0:
        return None
    planned = history.planned[whole][:, columns]
    over = np.array([stage.actual is not None for stage in stages])
    pace, shift, near = None, np.ones(len(ratios)), len(ratios)
    if over.any() and not over.all():
        pace, shift, near_rows = _paced(stages, over, ratios, planned, weights)
        weights = np.where(near_rows, weights, 0.0)
        near = int((weights > 0).sum())
    plans = np.array([stage.planned for stage in stages])
    days = ratios * plans * np.where(over[None, :], 1.0, shift[:, None])
    for k, stage in enumerate(stages):
        if stage.actual is not None:
            days[:, k] = stage.actual
    finishes, weights, critical = _through(course, stages, days, weights, (today - course.start).days)
    return Drawn(finishes, weights, pace, near, critical)


def _paced(
    stages: Sequence[Stage], over: Flags, ratios: Floats, planned: Floats, weights: Floats
) -> tuple[float, Floats, Flags]:
    """This project's pace, the shift of each past project's remaining ratios, and which past projects are near."""
    done_plan = sum(stage.planned for stage in stages if stage.actual is not None)
    done = sum(stage.actual for stage in stages if stage.actual is not None)
    pace = done / done_plan if done_plan > 0 else 1.0
    past = (ratios * planned)[:, over].sum(axis=1) / planned[:, over].sum(axis=1)
    rest = (ratios * planned)[:, ~over].sum(axis=1) / planned[:, ~over].sum(axis=1)
    x, y = np.log(np.maximum(past, 1e-3)), np.log(np.maximum(rest, 1e-3))
    mean_x, mean_y = np.average(x, weights=weights), np.average(y, weights=weights)
    spread = np.average((x - mean_x) ** 2, weights=weights)
    slope = np.average((x - mean_x) * (y - mean_y), weights=weights) / spread if spread > 1e-9 else 0.0
    slope = float(np.clip(slope, 0.0, 1.2))
    own = float(np.clip(np.log(max(pace, 1e-3)), x.min(), x.max()))  # no pace beyond what was ever seen
    distance = np.abs(x - own)
    count = min(len(x), max(FEWEST_NEAR, int(NEAREST_SHARE * len(x))))
    near = distance <= np.sort(distance)[count - 1]
    return pace, np.exp(slope * (own - x)), near


def _through(
    course: Course, stages: Sequence[Stage], days: Floats, weights: Floats, elapsed: float
) -> tuple[Floats, Floats, tuple[tuple[str, float], ...]]:
    """Finish of every draw through the network, given that what runs today is not over yet."""
    ends: dict[str, Floats] = {}
    came: dict[str, list[str]] = {}
    for k, stage in enumerate(stages):
        before = [name for name in stage.after if name in ends]
        begin = np.max([ends[name] for name in before], axis=0) if before else np.zeros(len(days))
        length = days[:, k]
        if stage.actual is None:
            running = elapsed - begin
            length = np.where(length > running, length, running + 1.0)
            if (running > 0).all():
                alive = days[:, k] > running
                if weights[alive].sum() > 0.1 * weights.sum():
                    weights = np.where(alive, weights, 0.0)
        ends[stage.name] = begin + length
        came[stage.name] = before
    finishes = np.max(list(ends.values()), axis=0)
    return finishes, weights, _critical(stages, ends, came, weights)


def _critical(
    stages: Sequence[Stage], ends: dict[str, Floats], came: dict[str, list[str]], weights: Floats
) -> tuple[tuple[str, float], ...]:
    """Share of draws in which each stage that is not over lies on the chain that sets the finish."""
    names = list(ends)
    table = np.array([ends[name] for name in names])
    on = np.zeros_like(table, dtype=bool)
    last = table.argmax(axis=0)
    on[last, np.arange(table.shape[1])] = True
    for name in reversed(names):
        row = names.index(name)
        before = [names.index(other) for other in came[name]]
        if before:
            which = np.array(before)[table[before].argmax(axis=0)]
            drawn = np.flatnonzero(on[row])
            on[which[drawn], drawn] = True
    total = weights.sum()
    open_names = {stage.name for stage in stages if stage.actual is None}
    shares = [
        (name, float(weights[on[k]].sum() / total)) for k, name in enumerate(names) if name in open_names
    ]
    return tuple(shares)


def day_of_finish(course: Course, days: float | None) -> date | None:
    """The calendar day on which so many days after the start end."""
    return None if days is None else course.start + timedelta(days=int(np.ceil(days - 1e-9)))
