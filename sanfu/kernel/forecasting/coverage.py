"""Past coverage of the forecast: each finished project forecast from the others as if it had not begun."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sanfu.kernel.forecasting.drawing import History, forecast
from sanfu.kernel.forecasting.model import FEWEST, Course


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many finished projects were tried, and the shares that ended by their P50 and by their P90."""

    tried: int
    by_p50: float
    by_p90: float


def coverage(courses: Sequence[Course], most: int = 120) -> Coverage | None:
    """Left out one at a time, the newest `most`; None when too few are left to forecast from."""
    finished = [course for course in courses if course.finish is not None and course.taken is not None]
    if len(finished) <= FEWEST:
        return None
    tried = hit50 = hit90 = 0
    for course in sorted(finished, key=lambda one: one.start)[-most:]:
        others = [one for one in courses if one.id != course.id]
        plain = replace(course, finish=None, stages=tuple(replace(s, actual=None) for s in course.stages))
        guess = forecast(plain, History(others), course.start)
        if guess.p50 is None or guess.p90 is None or course.taken is None:
            continue
        tried += 1
        hit50 += course.taken <= guess.p50
        hit90 += course.taken <= guess.p90
    return Coverage(tried, hit50 / tried, hit90 / tried) if tried else None
