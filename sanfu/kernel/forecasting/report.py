"""Forecasts of open projects as plain data, with how well the same method did on the history itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sanfu.kernel.forecasting.drawing import Forecast, History, day_of_finish, forecast
from sanfu.kernel.forecasting.model import FEWEST, Course

CHECKED_AT_MOST = 150  # past projects whose own forecast is tried, each without itself


def report(history: Sequence[Course], opened: Sequence[Course], today: date) -> dict[str, Any]:
    """Every open project's forecast, and the past coverage of P50 and P90 (each past project left out once)."""
    prepared = History(history)
    return {
        "finished": len(prepared.finished),
        "censored": len(prepared.courses) - len(prepared.finished),
        "too_few": len(prepared.finished) < FEWEST,
        "fewest": FEWEST,
        "past_coverage": past_coverage(history),
        "projects": [
            course_json(course, forecast(course, prepared, course.seen or today)) for course in opened
        ],
    }


def past_coverage(history: Sequence[Course]) -> dict[str, Any] | None:
    """How often past projects finished by the P50 and P90 that the others would have given them at their start."""
    finished = [course for course in history if course.finish is not None]
    if len(finished) <= FEWEST:
        return None
    step = max(1, len(finished) // CHECKED_AT_MOST)
    tried, by_p50, by_p90 = 0, 0, 0
    blocks = 10  # left out together: a tenth of the history at a time
    for block in range(blocks):
        own = [course for k, course in enumerate(finished) if k % blocks == block]
        rest = History([course for course in history if course not in own])
        for course in own[::step]:
            fresh = replace(
                course,
                finish=None,
                seen=course.start,
                stages=tuple(replace(stage, actual=None) for stage in course.stages),
            )
            said = forecast(fresh, rest, course.start)
            if said.p50 is None or said.p90 is None or course.taken is None:
                continue
            tried += 1
            by_p50 += course.taken <= said.p50
            by_p90 += course.taken <= said.p90
    if not tried:
        return None
    return {"tried": tried, "by_p50": round(by_p50 / tried, 3), "by_p90": round(by_p90 / tried, 3)}


def course_json(course: Course, said: Forecast) -> dict[str, Any]:
    """One forecast: days after the start and dates; null where history is too short."""
    planned_finish = course.planned_finish or course.start + timedelta(days=round(course.planned))
    days = {name: _round(getattr(said, name)) for name in ("p50", "p90", "reference_p50", "reference_p90")}
    return {
        "id": course.id,
        "name": course.name,
        "start": course.start.isoformat(),
        "planned_finish": planned_finish.isoformat(),
        "p50": _day(course, said.p50),
        "p90": _day(course, said.p90),
        "p50_days": days["p50"],
        "p90_days": days["p90"],
        "reference_p50": _day(course, said.reference_p50),
        "reference_p90": _day(course, said.reference_p90),
        "late_probability": None if said.late is None else round(said.late, 3),
        "pace": None if said.pace is None else round(said.pace, 3),
        "method": said.method,
        "too_few": said.too_few,
        "finished_in_history": said.finished,
        "censored_in_history": said.censored,
        "near": said.near,
        "criticality": {name: round(share, 3) for name, share in said.critical},
        "notes": [*course.notes, *said.notes],
    }


def _round(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _day(course: Course, days: float | None) -> str | None:
    day = day_of_finish(course, days)
    return None if day is None else day.isoformat()
