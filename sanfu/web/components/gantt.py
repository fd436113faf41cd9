"""A schedule as bars (排期图): planned beside real, in working days; the table of the same rows stands below it."""

from collections.abc import Mapping, Sequence
from typing import Any

LABEL, WIDTH, ROW, TOP = 250, 980, 26, 24
Bar = Mapping[str, Any]


def gantt(schedule: Sequence[Bar], actual: Mapping[str, tuple[float, float]] | None = None) -> dict[str, Any]:
    """Positions for components/gantt.html. `actual`: item → (begin, end) in working days since the start."""
    actual = actual or {}
    ends = [float(r["end_workday"]) + float(r["slack"]) for r in schedule] + [e for _, e in actual.values()]
    span = max([1.0, *ends])
    step = (WIDTH - LABEL - 20) / span
    tick = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if span / n <= 12)
    ticks = [(n, round(LABEL + n * step)) for n in range(0, int(span) + 1, tick)]
    rows = [_row(place, bar, step, actual.get(bar["id"])) for place, bar in enumerate(schedule)]
    return {"rows": rows, "ticks": ticks, "width": WIDTH, "height": TOP + ROW * len(rows) + 8, "top": TOP}


def _row(place: int, bar: Bar, step: float, real: tuple[float, float] | None) -> dict[str, Any]:
    begin, end = float(bar["begin_workday"]), float(bar["end_workday"])
    top = TOP + place * ROW
    name = str(bar["name"])
    row = {
        "name": name if len(name) <= 18 else name[:17] + "…",
        "full": name,
        "text_y": top + 17,
        "x": round(LABEL + begin * step),
        "y": top + 5,
        "w": max(4, round((end - begin) * step)),
        "critical": bar["critical"],
        "slack": round(LABEL + (end + float(bar["slack"])) * step),
        "middle": top + 13,
        "days": bar["days"],
        "real": None,
    }
    if real:
        row["real"] = (round(LABEL + real[0] * step), max(4, round((real[1] - real[0]) * step)), top + 3)
    return row
