"""诉求热点: by place and class, this window beside the one before, with the chance that it is only chance."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sanfu.grassroots.tickets import queries
from sanfu.kernel import hotspots as kernel
from sanfu.kernel.hotspots import Spot
from sanfu.records.places import county_map
from sanfu.web.access import page
from sanfu.web.components.map import Area, MapView
from sanfu.web.request import Request

WINDOWS = {"7": "7 天", "30": "30 天", "90": "90 天"}
LEVELS = {"1": "一级分类", "2": "二级分类", "3": "三级分类"}
PLACES = {"town": "镇（街道）", "spot": "村、社区、道路"}
SHOWN = 40
NOWHERE = "没有说地点"


@page("measure.see", "tickets.supervise")
def hotspots(request: Request) -> HttpResponse:
    """Where and of what there is more than before."""
    days = _choice(request, "days", WINDOWS, "30")
    level = _choice(request, "level", LEVELS, "2")
    by = _choice(request, "by", PLACES, "town")
    window = timedelta(days=int(days))
    rows = [
        [_cell(row, int(level), by) for row in queries.cells(request.actor, begin=begin, end=begin + window)]
        for begin in (request.now - window, request.now - 2 * window)
    ]
    found = kernel.hotspots(*rows)
    context = {
        "title": "诉求热点",
        "choices": [
            ("days", "时间窗", WINDOWS, days),
            ("level", "分类到", LEVELS, level),
            ("by", "地点到", PLACES, by),
        ],
        "window": WINDOWS[days],
        "spots": found[:SHOWN],
        "rest": max(0, len(found) - SHOWN),
        "surges": sum(one.surge for one in found),
        "map": _map(found, rows[0]) if by == "town" else None,
        "total": (len(rows[0]), len(rows[1])),
    }
    return render(request, "leader/hotspots/hotspots.html", context)


def _choice(request: Request, name: str, known: dict[str, str], usual: str) -> str:
    said = request.GET.get(name, "")
    return said if said in known else usual


def _cell(row: dict[str, Any], level: int, by: str) -> tuple[str, str]:
    kind = " · ".join((row["ticket__class_path"] or "未分类").split("/")[:level][-2:])
    place = row["ticket__area__short"] or ""
    if by == "spot" and row["ticket__lon"] is not None:
        nearest = county_map().nearest(row["ticket__lon"], row["ticket__lat"])
        place = f"{place} {nearest.name}" if nearest else place
    return place or NOWHERE, kind


def _map(found: Sequence[Spot], now: Sequence[tuple[str, str]]) -> MapView:
    """Towns coloured by how many orders they have; one with a surge stands out."""
    counts = Counter(place for place, _ in now)
    most = max(counts.values(), default=1)
    surging = {one.place for one in found if one.surge}
    areas = [
        Area(
            one.geometry, one.name, f"{counts[one.name]} 件{'，有明显增多' if one.name in surging else ''}",
            tone="danger" if one.name in surging else "info", share=counts[one.name] / most,
        )
        for one in county_map().areas
    ]  # fmt: skip
    return MapView(areas=areas, title="各镇（街道）诉求", county=False)
