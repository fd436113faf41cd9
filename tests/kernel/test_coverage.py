"""Past coverage of the forecast: near its promise on invented histories, silent below the smallest sample."""

import random
from datetime import date, timedelta

from sanfu.kernel.forecasting.coverage import coverage
from sanfu.kernel.forecasting.model import Course, Stage


def courses(count: int, seed: int = 1) -> list[Course]:
    chance, out = random.Random(seed), []
    for n in range(count):
        start, pace = date(2020, 1, 1) + timedelta(days=n), chance.lognormvariate(0.15, 0.3)
        stages = tuple(
            Stage(name, days, days * pace * chance.lognormvariate(0, 0.2), (before,) if before else ())
            for name, days, before in (("甲", 90.0, ""), ("乙", 200.0, "甲"))
        )
        finish = start + timedelta(days=round(sum(stage.actual or 0 for stage in stages)))
        out.append(Course(str(n), start, stages, finish, date(2026, 1, 1)))
    return out


def test_too_few_say_nothing() -> None:
    assert coverage(courses(30)) is None


def test_shares_lie_near_what_the_quantiles_promise() -> None:
    found = coverage(courses(110))
    assert found is not None
    assert found.tried == 110
    assert abs(found.by_p50 - 0.5) < 0.12
    assert abs(found.by_p90 - 0.9) < 0.08
