"""Features (特征): what of a firm's last months goes into the score; each one is a number with words."""

from dataclasses import dataclass

import numpy as np

from sanfu.kernel.monitoring.adjusting import CLIP, Adjusted
from sanfu.kernel.monitoring.panel import FLAG_WORDS, FLAGS, SERIES_WORDS, Floats, Panel

KEPT = 0.75  # share of a public record's weight that is left a month later
DRIFT = 0.5  # of z, what the cumulated sum forgives each month
RESTLESS = ("tax",)  # series that jump by quarters: their last months and their last year tell nothing more


@dataclass(frozen=True)
class Features:
    """[firm, month, feature] with names; `series_of` groups them for the explanation."""

    names: tuple[str, ...]
    values: Floats
    groups: tuple[str, ...]


def features_of(panel: Panel, adjusted: Adjusted) -> Features:
    """All features of all firms and months; a gap is 0: it speaks neither for nor against."""
    names: list[str] = []
    groups: list[str] = []
    columns: list[Floats] = []

    def put(group: str, name: str, column: Floats) -> None:
        names.append(f"{group}.{name}" if name else group)
        groups.append(group)
        columns.append(np.nan_to_num(column))

    z = adjusted.z
    for index, series in enumerate(panel.series):
        one = -z[:, :, index]
        left = np.clip(-adjusted.residual[:, :, index], -1.5, 1.5)
        put(series, "now", one)
        put(series, "three", trailing_mean(one, 3))
        put(series, "both", np.fmin(one, shifted(one)))
        put(series, "cusum", cusum(one))
        put(series, "drop", left)
        put(series, "drop_two", trailing_mean(left, 2))
        if series not in RESTLESS:
            against = -adjusted.against_peers[:, :, index]
            recent, recent_two = recent_falls(against)
            put(series, "year", np.clip(against - shifted(against, 12), -1.0, 1.0))
            put(series, "recent", recent)
            put(series, "recent_two", recent_two)
    if {"power", "invoices"} <= set(panel.series):
        power, invoices = (np.nan_to_num(-z[:, :, panel.series.index(s)]) for s in ("power", "invoices"))
        put("together", "", np.maximum(power, 0) * np.maximum(invoices, 0) / CLIP)
    for index, kind in enumerate(FLAGS):
        put(kind, "", fading(panel.flags[:, :, index]))
    return Features(tuple(names), np.stack(columns, axis=2), tuple(groups))


def words_of(group: str) -> str:
    """The Chinese name of a group of features."""
    return {**SERIES_WORDS, **FLAG_WORDS, "together": "用电与开票同降"}[group]


def recent_falls(against: Floats) -> tuple[Floats, Floats]:
    """Fall against months t−3 … t−6, and of the last two months against the four before; capped at a factor e."""
    one = against - trailing_mean(shifted(against, 3), 4)
    two = trailing_mean(against, 2) - trailing_mean(shifted(against, 2), 4)
    return np.clip(one, -1.0, 1.0), np.clip(two, -1.0, 1.0)


def fading(counts: Floats) -> Floats:
    """Public records so far, each month's weight a quarter less than the month after."""
    out = np.zeros_like(counts)
    state = np.zeros(counts.shape[0])
    for month in range(counts.shape[1]):
        state = KEPT * state + counts[:, month]
        out[:, month] = state
    return out


def shifted(column: Floats, by: int = 1) -> Floats:
    """The value `by` months earlier, NaN where there is none."""
    out = np.full_like(column, np.nan)
    out[:, by:] = column[:, :-by]
    return out


def trailing_sum(column: Floats, months: int) -> Floats:
    """Sum over this month and the ones before, `months` in all; gaps count as nothing."""
    total = np.cumsum(np.nan_to_num(column), axis=1)
    out = total.copy()
    out[:, months:] -= total[:, :-months]
    return out


def trailing_mean(column: Floats, months: int) -> Floats:
    """Mean of the known values of the last `months`; 0 when none is known."""
    known = trailing_sum((~np.isnan(column)).astype(float), months)
    return trailing_sum(column, months) / np.maximum(known, 1.0)


def cusum(column: Floats) -> Floats:
    """Sum of what is above the drift, begun anew at zero and capped (累积和)."""
    out = np.zeros_like(column)
    state = np.zeros(column.shape[0])
    for month in range(column.shape[1]):
        state = np.clip(state + np.nan_to_num(column[:, month] - DRIFT), 0.0, 2 * CLIP)
        out[:, month] = state
    return out
