"""Invented courses of projects: nine stages with parallel branches, shared delays, stops, optimism."""

from datetime import date, timedelta

import numpy as np

from sanfu.kernel.forecasting.model import Course, Stage, finish_of

NETWORK = {
    "立项": (),
    "用地": ("立项",),
    "设计": ("立项",),
    "许可": ("用地", "设计"),
    "基础": ("许可",),
    "主体": ("基础",),
    "设备": ("基础",),
    "安装": ("主体", "设备"),
    "验收": ("安装",),
}
DAYS = (30, 60, 75, 45, 60, 180, 200, 75, 30)
START = date(2020, 1, 1)


def made(
    rng: np.random.Generator,
    number: int,
    *,
    shared: float = 0.30,
    noise: float = 0.25,
    stop: float = 0.08,
    mean_stop: float = 60.0,
    optimism: float = 1.18,
) -> Course:
    """One finished project, its plan drawn anew, all stages over."""
    factor = rng.lognormal(0.0, shared)
    stages = []
    for (name, after), days in zip(NETWORK.items(), DAYS, strict=True):
        planned = days * rng.lognormal(0.0, 0.35)
        actual = planned * optimism * factor * rng.lognormal(0.0, noise)
        if rng.random() < stop:
            actual += rng.exponential(mean_stop)
        stages.append(Stage(name, float(planned), float(actual), after))
    taken = finish_of(stages, {stage.name: float(stage.actual or 0.0) for stage in stages})
    start = START + timedelta(days=int(rng.integers(0, 1500)))
    return Course(f"演示{number}", start, tuple(stages), start + timedelta(days=round(taken)))


def cut(course: Course, over: int) -> tuple[Course, date]:
    """The course as it stood on the day when its first `over` stages (in order of ending) were over."""
    ends: dict[str, float] = {}
    for stage in course.stages:
        begin = max((ends[name] for name in stage.after), default=0.0)
        ends[stage.name] = begin + float(stage.actual or 0.0)
    day = sorted(ends.values())[over - 1] if over else 0.0
    stages = tuple(
        stage if ends[stage.name] <= day and over else Stage(stage.name, stage.planned, None, stage.after)
        for stage in course.stages
    )
    today = course.start + timedelta(days=int(np.ceil(day)))
    return Course(course.id, course.start, stages, None, today), today
