"""Baselines (对照办法): what an office does without us, and what a learner does that cannot explain itself.

Each gives [firm, month] scores, higher is worse, NaN is silent. 同比 compares with the same month of the year before.
"""

from collections.abc import Callable

import numpy as np

from sanfu.kernel.monitoring.features import Features, trailing_sum
from sanfu.kernel.monitoring.panel import Bools, Floats, Panel

FLAG_POINTS = 0.3  # what an experienced hand adds for each public record of the last half year


def random_scores(panel: Panel, seed: int = 0) -> Floats:
    """A list drawn by lot: the floor of every figure."""
    return np.random.default_rng(seed).random((len(panel.firms), panel.months))


def year_on_year(values: Floats) -> Floats:
    """Fall of the logarithm against the same month a year before, [firm, month] or with series."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    before = np.full_like(logs, np.nan)
    before[:, 12:] = logs[:, :-12]
    return before - logs


def merged(panel: Panel) -> Floats:
    """同比 with January and February added together; January alone says nothing. Mean of power and invoices."""
    values = panel.values[:, :, :2].copy()
    calendar = (panel.first + np.arange(panel.months)) % 12
    for month in np.flatnonzero(calendar == 1):
        if month > 0:
            values[:, month] += values[:, month - 1]
    fall = year_on_year(values)
    fall[:, calendar == 0] = np.nan
    some: Bools = np.any(~np.isnan(fall), axis=2)
    return np.where(some, np.nanmean(np.where(some[:, :, None], fall, 0.0), axis=2), np.nan)


def hand_scores(panel: Panel) -> dict[str, Floats]:
    """The rules of hand, by name."""
    fall = year_on_year(panel.values[:, :, :2])
    flags = sum(np.minimum(trailing_sum(panel.flags[:, :, k], 6), 2.0) for k in range(panel.flags.shape[2]))
    both = merged(panel)
    return {
        "random": random_scores(panel),
        "yoy_power": fall[:, :, 0],
        "yoy_worst": np.fmax(fall[:, :, 0], fall[:, :, 1]),
        "yoy_both": np.fmin(fall[:, :, 0], fall[:, :, 1]),
        "yoy_mean": np.mean(fall, axis=2),
        "yoy_merged": both,
        "yoy_merged_flags": both + FLAG_POINTS * flags,
    }


def isolation_forest(train: Floats, seed: int = 0) -> Callable[[Features], Floats]:
    """Scores of an isolation forest over all our features, labels unused; train: [row, feature]."""
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=200, random_state=seed).fit(train)

    def scores(features: Features) -> Floats:
        flat = features.values.reshape(-1, features.values.shape[2])
        return np.asarray(-forest.score_samples(flat)).reshape(features.values.shape[:2])

    return scores


def boosting(train: Floats, labels: Floats, seed: int = 0) -> Callable[[Features], Floats]:
    """Scores of gradient boosting over all our features: as good as it gets without an explanation."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=5.0, random_state=seed
    ).fit(train, labels)

    def scores(features: Features) -> Floats:
        flat = features.values.reshape(-1, features.values.shape[2])
        return np.asarray(model.decision_function(flat)).reshape(features.values.shape[:2])

    return scores
