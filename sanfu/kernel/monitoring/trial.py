"""A trial (试评): weights from some worlds, alerts and figures on others, the baselines in the same run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from sanfu.kernel.monitoring import baselines
from sanfu.kernel.monitoring.adjusting import Adjusted, adjust
from sanfu.kernel.monitoring.cleaning import Issue, clean
from sanfu.kernel.monitoring.evaluation import JUDGED, Counts, closed_months, judge, labels
from sanfu.kernel.monitoring.features import Features, features_of
from sanfu.kernel.monitoring.listing import CLEARLY, PAUSE, above, best, limit_for
from sanfu.kernel.monitoring.panel import Bools, Floats, Panel
from sanfu.kernel.monitoring.reading import Event
from sanfu.kernel.monitoring.weights import Weights, fit

HAND_PAUSE = 3  # months: how long an office that works by a rule of hand leaves a firm alone
Scorer = Callable[["Prepared"], Floats]


@dataclass(frozen=True)
class Prepared:
    """A world ready to be scored: cleaned, adjusted, with features."""

    raw: Panel
    panel: Panel
    issues: tuple[Issue, ...]
    adjusted: Adjusted
    features: Features
    events: tuple[Event, ...] = ()

    @property
    def judged(self) -> range:
        """The last twelve months, or what there is."""
        return range(max(0, self.panel.months - JUDGED), self.panel.months)

    @cached_property
    def hand(self) -> Mapping[str, Floats]:
        """Scores of the rules of hand, on the data as they came."""
        return baselines.hand_scores(self.raw)


def prepare(
    panel: Panel, new_years: Sequence[date], events: Sequence[Event] = (), trusted: Bools | None = None
) -> Prepared:
    """All that scoring needs of one panel; `trusted` readings are never taken for mistakes."""
    cleaned, issues = clean(panel, trusted)
    adjusted = adjust(cleaned, new_years)
    return Prepared(panel, cleaned, tuple(issues), adjusted, features_of(cleaned, adjusted), tuple(events))


def training_rows(worlds: Sequence[Prepared]) -> tuple[tuple[str, ...], Floats, Floats]:
    """Names, [row, feature] and labels of the judged months; months after an event is public are left out."""
    rows, marks = [], []
    for world in worlds:
        span = slice(world.judged.start, world.judged.stop)
        label = labels(world.panel.firms, world.events, world.panel.first, world.panel.months)[:, span]
        known = ~np.isnan(label)
        rows.append(world.features.values[:, span][known])
        marks.append(label[known])
    return worlds[0].features.names, np.concatenate(rows), np.concatenate(marks)


def learn(worlds: Sequence[Prepared], prior: Weights | None = None) -> Weights:
    """Weights of the worlds, pulled towards a `prior` of the same features; worlds without both kinds leave the prior."""
    names, rows, marks = training_rows(worlds)
    if prior is not None and prior.names == names and not 0 < marks.sum() < len(marks):
        return prior  # nothing happened, or nothing is known: that teaches nothing
    return fit(names, rows, marks, prior=prior if prior and prior.names == names else None)


def listed(worlds: Sequence[Prepared], scorer: Scorer, per_week: float, pause: int, clearly: float) -> Counts:
    """Counts of the K-best list of each month."""
    total = Counts()
    for world in worlds:
        scores, closed = scorer(world), _closed(world)
        total += _judged(world, best(scores, per_week, world.judged, closed, pause, clearly))
    return total


def limited(
    worlds: Sequence[Prepared], scorer: Scorer, per_week: float, pause: int, clearly: float
) -> Counts:
    """Counts with one limit a world, the lowest that keeps the workload of the whole time."""
    total = Counts()
    for world in worlds:
        scores, closed = scorer(world), _closed(world)
        limit = limit_for(scores, per_week, world.judged, closed, pause, clearly)
        total += _judged(world, above(scores, limit, world.judged, closed, pause, clearly))
    return total


def _closed(world: Prepared) -> Any:
    return closed_months(world.panel.firms, world.events, world.panel.first, world.panel.months)


def _judged(world: Prepared, alerts: Any) -> Counts:
    return judge(alerts, world.panel.firms, world.events, world.panel.first, world.judged)


def scorers(train: Sequence[Prepared]) -> dict[str, Scorer]:
    """The baselines by name; the two learners are there when there is something to learn from."""
    names = ("random", "yoy_power", "yoy_worst", "yoy_both", "yoy_mean", "yoy_merged", "yoy_merged_flags")
    found: dict[str, Scorer] = {name: _by_hand(name) for name in names}
    if train:
        _, rows, marks = training_rows(train)
        forest = baselines.isolation_forest(rows)
        found["isolation_forest"] = lambda world: forest(world.features)
        if 0 < marks.sum() < len(marks):
            boosted = baselines.boosting(rows, marks)
            found["boosting"] = lambda world: boosted(world.features)
    return found


def _by_hand(name: str) -> Scorer:
    return lambda world: world.hand[name]


def evaluate(
    train: Sequence[Prepared], test: Sequence[Prepared], per_week: float, prior: Weights | None = None
) -> dict[str, Any]:
    """Figures of our list on `test`, and of every baseline under `baselines`.

    Ours is the list of the K best of each month. A baseline works as an office uses it: one fixed limit, the most
    generous that keeps the same workload over the year; `baselines_listed` gives it our K-best list instead.
    ValueError without test worlds, or without anything to take weights from.
    """
    if not test:
        raise ValueError("没有测试数据")
    if not train and prior is None:
        raise ValueError("没有训练数据，也没有出厂权重")
    weights = learn(train, prior) if train else prior
    assert weights is not None

    def ours(world: Prepared) -> Floats:
        return weights.scores(world.features.values)

    mine = listed(test, ours, per_week, PAUSE, CLEARLY)
    rivals = scorers(train)
    never = float("inf")
    learners = {"isolation_forest", "boosting"}
    return {
        **mine.figures(),
        "per_week": per_week,
        "recall_by_kind": {kind: round(hit / all_, 4) for kind, (hit, all_) in sorted(mine.kinds.items())},
        "at_one_limit": limited(test, ours, per_week, PAUSE, CLEARLY).figures(),
        "baselines": {
            name: (listed if name in learners else limited)(test, scorer, per_week, HAND_PAUSE, never).figures()
            for name, scorer in rivals.items()
        },
        "baselines_listed": {
            name: listed(test, scorer, per_week, HAND_PAUSE, never).figures() for name, scorer in rivals.items()
        },
        "quality_queue": sum(len(world.issues) for world in test),
    }  # fmt: skip
