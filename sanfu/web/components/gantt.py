"""A schedule as bars (排期图): planned beside real, in working days; the table of the same rows stands below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LABEL, WIDTH, ROW, TOP = 250, 980, 26, 24
PHONE_WIDTH, PHONE_ROW = 310, 44  # on a phone the name stands above its bar
Bar = Mapping[str, Any]


def gantt(schedule: Sequence[Bar], actual: Mapping[str, tuple[float, float]] | None = None) -> dict[str, Any]:
    """Positions for components/gantt.html. `actual`: item → (begin, end) in working days since the start."""
    actual = actual or {}
    ends = [float(r["end_workday"]) + float(r["slack"]) for r in schedule] + [e for _, e in actual.values()]
    span = max([1.0, *ends])
    wide = _drawn(schedule, actual, span, _Paper(LABEL, WIDTH, ROW, 5, 12))
    return {**wide, "phone": _drawn(schedule, actual, span, _Paper(6, PHONE_WIDTH, PHONE_ROW, 22, 5))}


@dataclass(frozen=True, slots=True)
class _Paper:
    """Where bars begin, how wide the drawing is, how high a row, how far below its top the bar, how many ticks."""

    left: int
    width: int
    row: int
    drop: int
    ticks: int


def _drawn(
    schedule: Sequence[Bar], actual: Mapping[str, tuple[float, float]], span: float, paper: _Paper
) -> dict[str, Any]:
    step = (paper.width - paper.left - 20) / span
    tick = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if span / n <= paper.ticks)
    ticks = [(n, round(paper.left + n * step)) for n in range(0, int(span) + 1, tick)]
    rows = [_row(place, bar, step, actual.get(bar["id"]), paper) for place, bar in enumerate(schedule)]
    height = TOP + paper.row * len(rows) + 8
    return {"rows": rows, "ticks": ticks, "width": paper.width, "height": height, "top": TOP}


def _row(
    place: int, bar: Bar, step: float, real: tuple[float, float] | None, paper: _Paper
) -> dict[str, Any]:
    begin, end = float(bar["begin_workday"]), float(bar["end_workday"])
    top = TOP + place * paper.row
    name = str(bar["name"])
    row = {
        "name": name if len(name) <= 18 else name[:17] + "…",
        "full": name,
        "text_y": top + 17,
        "x": round(paper.left + begin * step),
        "y": top + paper.drop,
        "w": max(4, round((end - begin) * step)),
        "critical": bar["critical"],
        "slack": round(paper.left + (end + float(bar["slack"])) * step),
        "middle": top + paper.drop + 8,
        "days": bar["days"],
        "real": None,
        "late": bool(real and real[1] > end),
    }
    if real:
        row["real"] = (
            round(paper.left + real[0] * step),
            max(4, round((real[1] - real[0]) * step)),
            top + paper.drop - 2,
        )
    return row
