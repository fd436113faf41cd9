"""Finish dates at P50 and P90 (工期预测): coverage over twelve invented counties, beside what planners do.

Peers: triangular Monte-Carlo (0.9, 1, 1.3 of each stage, independent), the reference class alone, whole projects
blind to the project's own pace. Counties differ in noise, stops and optimism (tests/kernel/courses.py).
"""

import argparse
import time
from collections.abc import Callable
from datetime import date

import numpy as np

from bench.report import Row, publish
from sanfu.kernel.forecasting.drawing import History, forecast
from sanfu.kernel.forecasting.model import Course, finish_of
from sanfu.kernel.forecasting.reference import quantile
from tests.kernel.courses import cut, made

Quantiles = tuple[float, float]
Way = Callable[[Course, History, date, np.random.Generator], Quantiles]


def ours(course: Course, history: History, today: date, rng: np.random.Generator) -> Quantiles:
    said = forecast(course, history, today)
    return float(said.p50 or np.nan), float(said.p90 or np.nan)


def reference_class(course: Course, history: History, today: date, rng: np.random.Generator) -> Quantiles:
    said = forecast(course, history, today)
    return float(said.reference_p50 or np.nan), float(said.reference_p90 or np.nan)


def blind(course: Course, history: History, today: date, rng: np.random.Generator) -> Quantiles:
    """Whole projects over what is left; the pace so far changes nothing."""
    names = [stage.name for stage in course.stages]
    ratios = history.ratios[:, history.columns(names)]
    ends = [
        finish_of(
            course.stages,
            {
                stage.name: stage.planned * row[k] if stage.actual is None else stage.actual
                for k, stage in enumerate(course.stages)
            },
        )
        for row in ratios
    ]
    days, weights = np.array(ends), history.masses
    return quantile(days, weights, 0.5), quantile(days, weights, 0.9)


def triangular(course: Course, history: History, today: date, rng: np.random.Generator) -> Quantiles:
    draws = rng.triangular(0.9, 1.0, 1.3, (400, len(course.stages)))
    ends = [
        finish_of(
            course.stages,
            {
                stage.name: stage.planned * row[k] if stage.actual is None else stage.actual
                for k, stage in enumerate(course.stages)
            },
        )
        for row in draws
    ]
    return float(np.quantile(ends, 0.5)), float(np.quantile(ends, 0.9))


WAYS: dict[str, Way] = {
    "whole projects × pace (ours)": ours,
    "whole projects, blind to pace": blind,
    "reference class": reference_class,
    "triangular, independent": triangular,
}


def measured(count: int, over: int, seeds: int, new: int) -> list[Row]:
    """Coverage and pinball loss of every way, all counties together."""
    hits: dict[str, list[tuple[float, float, float]]] = {name: [] for name in WAYS}
    for seed in range(seeds):
        rng = np.random.default_rng(1000 + seed)
        county = {
            "shared": rng.uniform(0.2, 0.4),
            "noise": rng.uniform(0.15, 0.35),
            "stop": rng.uniform(0.02, 0.15),
            "optimism": rng.uniform(1.0, 1.35),
        }
        history = History([made(rng, k, **county) for k in range(count)])
        for k in range(new):
            course = made(rng, 9000 + k, **county)
            opened, today = cut(course, over)
            truth = float(course.taken or 0.0)
            for name, way in WAYS.items():
                half, nine = way(opened, history, today, rng)
                loss = (truth - nine) * 0.9 if truth > nine else (nine - truth) * 0.1
                hits[name].append((float(truth <= half), float(truth <= nine), loss))
    rows: list[Row] = []
    for name, found in hits.items():
        half, nine, loss = np.mean(found, axis=0)
        rows.append(
            {
                "way": name,
                "finished": count,
                "stages over": over,
                "by P50": float(half),
                "by P90": float(nine),
                "pinball 90 days": float(loss),
            }
        )
    return rows


def speed() -> float:
    """Processor seconds for 300 projects against 300 past ones."""
    rng = np.random.default_rng(7)
    history = History([made(rng, k) for k in range(300)])
    opened = [cut(made(rng, 9000 + k), k % 9) for k in range(300)]
    began = time.process_time()
    for course, today in opened:
        forecast(course, history, today)
    return time.process_time() - began


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./test --bench forecast")
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--new", type=int, default=60, help="new projects in each county")
    args = parser.parse_args(words)
    rows = [
        row
        for count, over in ((30, 0), (100, 0), (100, 4), (300, 0), (300, 4))
        for row in measured(count, over, args.seeds, args.new)
    ]
    publish(
        "forecast",
        "工期预测: coverage of P50 and P90, twelve invented counties",
        rows,
        label="way",
        value="by P90",
        notes=[
            f"300 projects against 300 past ones: {speed():.2f} processor seconds",
            "by P50, by P90: share of projects finished by then, wanted .50 and .90",
        ],
    )
    return 0
