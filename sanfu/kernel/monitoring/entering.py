"""将入规 (entering the above-scale register): the chance that a firm's year will reach a limit, from its months so far.

The forecast is the run rate, sum so far × 12 / months. What is learnt is only how far last year's run rates of the same
month were off: the chance is the share of firms that would reach the limit if this one errs as those did.
"""

import numpy as np

from sanfu.kernel.monitoring.panel import Floats

NEAR = 3.0  # firms whose run rate lay within this factor of the limit tell how wrong run rates are
LEAST = 60  # such firms; with fewer, all firms tell
BLOCK = 1_000  # firms compared with all errors at a time
WIDTH = 0.04  # smoothing of a single firm's error, in log


def run_rate(values: Floats) -> Floats:
    """Year's sum at the pace so far: [firm, month so far] → [firm]; gaps do not count, NaN without any month."""
    known = (~np.isnan(values)).sum(axis=1)
    total = np.nansum(values, axis=1)
    return np.where(known > 0, total / np.maximum(known, 1) * 12.0, np.nan)


def year_errors(years: Floats, months: int, limit: float) -> Floats:
    """log(full year / run rate after `months`) of past firm years [firm year, 12] near the limit."""
    whole = (~np.isnan(years)).sum(axis=1) >= 11
    full = np.nanmean(np.where(whole[:, None], years, 1.0), axis=1) * 12.0
    rate = run_rate(years[:, :months])
    usable = whole & (rate > 0) & (full > 0)
    near = usable & (np.abs(np.log(np.where(usable, rate, 1.0) / limit)) < np.log(NEAR))
    chosen = near if near.sum() >= LEAST else usable
    return np.asarray(np.log(full[chosen] / rate[chosen]))


def chances(so_far: Floats, past_years: Floats, limit: float) -> Floats:
    """Chance of each firm [firm, month so far] to reach `limit` by December; NaN for a firm without months.

    past_years: [firm year, 12] of the year before, from which the errors of run rates are taken. ValueError without any.
    """
    errors = np.sort(year_errors(past_years, so_far.shape[1], limit))
    if not len(errors):
        raise ValueError("没有上一年的完整数据，无法校准将入规概率")
    rate = run_rate(so_far)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.log(limit / rate)
    sure = np.nan_to_num(needed, nan=0.0, posinf=50.0)
    mean = np.empty(len(sure))
    for begin in range(0, len(sure), BLOCK):  # firms × errors at once would take the room of both together
        away = (sure[begin : begin + BLOCK, None] - errors[None, :]) / WIDTH
        mean[begin : begin + BLOCK] = (1.0 / (1.0 + np.exp(np.clip(away, -50, 50)))).mean(axis=1)
    return np.where(np.isnan(rate), np.nan, mean)


def precision_at(chance: Floats, truth: Floats, count: int) -> float:
    """Share of the `count` likeliest that came true."""
    order = np.argsort(-chance, kind="stable")[:count]
    return float(truth[order].mean())


def brier(chance: Floats, truth: Floats) -> float:
    """Mean squared distance of chance and truth."""
    return float(np.mean((chance - truth) ** 2))
