"""Adjustment (校正): each reading against the same industry in the same month, then against the firm itself.

What all peers share (season, festival, power rationing, cycle) leaves with their median; what is left is the firm's
own: minus its level of t−15 … t−3, minus its own answer to the festival, over its own usual scatter. A month is
judged by its past alone, so yesterday's figure does not change when tomorrow's comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sanfu.kernel.monitoring.panel import Floats, Ints, Panel, industry_numbers

LEVEL = (15, 3)  # months back: with a gap, else a slow move away eats its own baseline
CLOSED = (7, 12)  # days before and after the new year in which factories stand still
RIDGE = 0.12  # how much festival evidence an own slope needs
OWN, SHARED = 9.0, 4.0  # months of evidence for the own scatter and for everybody's
WIDEN = 1.5  # how strongly a month in which all firms scatter more widens the scale
CLIP = 8.0


@dataclass(frozen=True)
class Adjusted:
    """What is left of each series, [firm, month, series]: `residual` in log, `z` over the usual scatter `scale`.

    `against_peers` is the log before the firm's own level is taken away; `level` is that level.
    """

    residual: Floats
    z: Floats
    scale: Floats
    against_peers: Floats
    level: Floats


def festival_shares(first: int, months: int, new_years: Sequence[date]) -> Floats:
    """Share of each month's days that lie in the closure window around the lunar new year (春节)."""
    shares = np.zeros(months)
    for new_year in new_years:
        for offset in range(-CLOSED[0], CLOSED[1]):
            day = new_year + timedelta(days=offset)
            index = day.year * 12 + day.month - 1 - first
            if 0 <= index < months:
                shares[index] += 1.0
    lengths = [_days(first + index) for index in range(months)]
    return np.asarray(shares / np.array(lengths, dtype=float))


def _days(month: int) -> int:
    year, index = divmod(month, 12)
    following = date(year + index // 11, (index + 1) % 12 + 1, 1)
    return (following - date(year, index + 1, 1)).days


def adjust(panel: Panel, new_years: Sequence[date]) -> Adjusted:
    """Residuals and z of a cleaned panel."""
    logs = logarithms(panel.values)
    against = logs - peer_medians(logs, industry_numbers(panel))
    level = own_levels(against)
    deviation = against - level
    shares = festival_shares(panel.first, panel.months, new_years)
    residual = deviation - festival_answer(deviation, shares)
    scale = scales(residual)
    z = np.clip(residual / scale, -CLIP, CLIP)
    return Adjusted(residual, z, scale, against, level)


def logarithms(values: Floats) -> Floats:
    """Natural logarithm; a stop is no gap: zero counts as a fiftieth of the middle of the year before."""
    logs = np.full_like(values, np.nan)
    for month in range(values.shape[1]):
        now = values[:, month]
        floor = _median_of(values[:, max(0, month - 12) : month], 1) / 50.0
        held = np.fmax(now, np.where(floor > 0, floor, 0.0))
        positive = ~np.isnan(now) & (held > 0)
        logs[:, month] = np.where(positive, np.log(np.where(positive, held, 1.0)), np.nan)
    return logs


def peer_medians(logs: Floats, groups: Ints) -> Floats:
    """Median of the firm's peer group in each month (group −1: of all firms), 0 where no peer reported."""
    medians = np.zeros_like(logs)
    for group in np.unique(groups):
        inside = groups == group
        block = logs[inside] if group >= 0 else logs
        some = (~np.isnan(block)).any(axis=0)
        medians[inside] = np.where(some, np.nanmedian(np.where(some, block, 0.0), axis=0), 0.0)
    return medians


def own_levels(against: Floats) -> Floats:
    """Median of months t−15 … t−3; fewer than three known months there: of all months before t, or NaN."""
    level = np.full_like(against, np.nan)
    for month in range(3, against.shape[1]):
        window = against[:, max(0, month - LEVEL[0]) : month - LEVEL[1] + 1]
        level[:, month] = _median_of(window, 3 if month >= 6 else 1)
    return level


def _median_of(window: Floats, least: int) -> Floats:
    enough = (~np.isnan(window)).sum(axis=1) >= least
    middle = np.nanmedian(np.where(enough[:, None, :], window, 0.0), axis=1)
    return np.where(enough, middle, np.nan)


def festival_answer(deviation: Floats, shares: Floats) -> Floats:
    """What the firm's own festival habit explains: a ridge slope on earlier months, times this month's share.

    The mean share is taken away, so the slope is about the festival and not about the level.
    """
    centred = np.where(shares > 0, shares, 0.0)[None, :, None]
    known = ~np.isnan(deviation)
    product = np.cumsum(np.where(known, deviation, 0.0) * centred, axis=1)
    weight = np.cumsum(known * centred**2, axis=1)
    past = np.concatenate([np.zeros_like(product[:, :2]), product[:, :-2]], axis=1)
    seen = np.concatenate([np.zeros_like(weight[:, :2]), weight[:, :-2]], axis=1)
    return past / (seen + RIDGE) * centred


def scales(residual: Floats) -> Floats:
    """Usual scatter of each firm and series: own median deviation shrunk to the middle firm, wider in restless months."""
    size = np.abs(residual)
    scale = np.full_like(residual, np.nan)
    for month in range(residual.shape[1]):
        own = (
            1.4826 * _median_of(size[:, max(0, month - 18) : month], 6)
            if month > 6
            else np.full_like(size[:, 0], np.nan)
        )
        shared = np.nanmedian(own, axis=0) if np.isfinite(own).any() else np.full(residual.shape[2], np.nan)
        shared = np.where(np.isfinite(shared) & (shared > 0), shared, _overall(size[:, : month + 1]))
        own = np.where(np.isnan(own), shared, own)
        scale[:, month] = (OWN * own + SHARED * shared) / (OWN + SHARED)
    return scale * _restless(residual, scale)[None]


def _overall(size: Floats) -> Floats:
    some = (~np.isnan(size)).any(axis=(0, 1))
    middle = 1.4826 * np.nanmedian(np.where(some, size, 1.0), axis=(0, 1))
    return np.where(some & (middle > 0), middle, 1.0)


def _restless(residual: Floats, scale: Floats) -> Floats:
    """[month, series]: 1 in an ordinary month, more when all firms scatter more than usual."""
    ratio = np.abs(residual) / scale
    some = (~np.isnan(ratio)).any(axis=0)
    spread = 1.4826 * np.nanmedian(np.where(some, ratio, 0.0), axis=0)
    return np.where(some, 1.0 + WIDEN * np.maximum(spread - 1.1, 0.0), 1.0)
