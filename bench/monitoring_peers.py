"""Peers of the alert score from other libraries: STL residuals and change points, as people would use them at hand."""

import warnings

import numpy as np

from sanfu.kernel.monitoring.panel import Floats
from sanfu.kernel.monitoring.trial import Prepared

PENALTY = 6.0


def filled(logs: Floats) -> Floats:
    """Gaps closed by straight lines, because neither library takes them."""
    out = logs.copy()
    for row in out:
        known = ~np.isnan(row)
        if known.any():
            row[:] = np.interp(np.arange(len(row)), np.flatnonzero(known), row[known])
    return out


def stl_scores(world: Prepared, series: tuple[int, ...] = (0, 1)) -> Floats:
    """Mean over series of −residual/scatter of an STL made anew each judged month, with the months up to it."""
    from statsmodels.tsa.seasonal import STL

    scores = np.full((len(world.raw.firms), world.raw.months), np.nan)
    with np.errstate(divide="ignore"):
        logs = [
            filled(np.where(world.raw.values[:, :, s] > 0, np.log(world.raw.values[:, :, s]), np.nan))
            for s in series
        ]
    for month in world.judged:
        total = np.zeros(len(scores))
        for one in logs:
            for firm, row in enumerate(one[:, : month + 1]):
                left = (
                    STL(row, period=12, robust=False).fit().resid
                    if np.isfinite(row).all()
                    else np.zeros(len(row))
                )
                usual = np.median(np.abs(left)) * 1.4826 or 1.0
                total[firm] -= left[-1] / usual
        scores[:, month] = total / len(series)
    return scores


def pelt_scores(world: Prepared, adjusted: bool, series: tuple[int, ...] = (0, 1)) -> Floats:
    """Fall at the last change point of the six months before, by PELT on raw logs or on our adjusted z."""
    import ruptures

    scores = np.full((len(world.raw.firms), world.raw.months), np.nan)
    for s in series:
        source = (
            world.adjusted.z[:, :, s] if adjusted else np.log(np.maximum(world.raw.values[:, :, s], 1e-9))
        )
        rows = filled(source)
        rows = np.nan_to_num(rows / (1.0 if adjusted else np.nanmedian(np.abs(np.diff(rows, axis=1))) + 1e-9))
        for month in world.judged:
            for firm, row in enumerate(rows[:, : month + 1]):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    cuts = (
                        ruptures.KernelCPD(kernel="linear", min_size=2)
                        .fit(row)
                        .predict(pen=PENALTY * (1 if adjusted else 3))
                    )
                recent = [cut for cut in cuts[:-1] if month + 1 - cut <= 6]
                if not recent:
                    continue
                begin = ([0, *cuts])[cuts.index(recent[-1])]
                fall = row[begin : recent[-1]].mean() - row[recent[-1] :].mean()
                scores[firm, month] = np.nansum([scores[firm, month], max(fall, 0.0)])
    return scores
