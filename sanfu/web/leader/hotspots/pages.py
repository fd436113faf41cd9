"""诉求热点: by place and class, this window beside the one before, with the chance that it is only chance; each count opens to its orders."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from sanfu.grassroots.tickets import queries
from sanfu.grassroots.tickets.states import TicketState
from sanfu.kernel import hotspots as kernel
from sanfu.kernel.hotspots import Spot
from sanfu.records.moments import said
from sanfu.records.places import county_map
from sanfu.web.access import page
from sanfu.web.components.map import Area, MapView
from sanfu.web.components.table import Column, Table
from sanfu.web.request import Request

WINDOWS = {"7": "7 天", "30": "30 天", "90": "90 天"}
LEVELS = {"1": "一级分类", "2": "二级分类", "3": "三级分类"}
PLACES = {"town": "镇（街道）", "spot": "村、社区、道路"}
SHOWN = 40
NOWHERE = "没有说地点"
ROWS = Table(
    "hotspot-rows", title="热点诉求", unit="件", default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:ticket", link_args=("id",), sort=True),
        Column("title", "诉求", wide=True),
        Column("lead__short", "主办单位"),
        Column("state", "状态", tags=TicketState),
        Column("ticket__place", "地点"),
        Column("opened_at", "受理时间", kind="datetime", sort=True),
    ],
    empty="这一格现在没有您能看的诉求。",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How the county is cut into cells, and the moment that the newer window ends."""

    days: str
    level: str
    by: str
    until: datetime

    @property
    def window(self) -> timedelta:
        return timedelta(days=int(self.days))

    def begin(self, past: bool) -> datetime:
        """When the newer window begins, or the one before."""
        return self.until - self.window * (2 if past else 1)

    def cells(self, request: Request, past: bool = False) -> list[tuple[Any, str, str]]:
        """Every order of a window that the actor may see: key, place and class."""
        begin = self.begin(past)
        rows = queries.cells(request.actor, begin=begin, end=begin + self.window)
        return [(row["pk"], *_cell(row, int(self.level), self.by)) for row in rows]

    def url(self, place: str, kind: str = "", past: bool = False) -> str:
        """The orders of one cell as they were counted; without a class, of the whole place."""
        asked = {
            "days": self.days,
            "level": self.level,
            "by": self.by,
            "until": self.until.isoformat(),
            "place": place,
        }
        more = {**({"kind": kind} if kind else {}), **({"past": "1"} if past else {})}
        return f"{reverse('leader:hotspot_rows')}?{urlencode(asked | more)}"


@page("measure.see", "tickets.supervise")
def hotspots(request: Request) -> HttpResponse:
    """Where and of what there is more than before."""
    look = _look(request)
    rows = [[cell for _, *cell in look.cells(request, past)] for past in (False, True)]
    cells = [[(place, kind) for place, kind in some] for some in rows]
    found = kernel.hotspots(*cells)
    context = {
        "title": "诉求热点",
        "choices": [
            ("days", "时间窗", WINDOWS, look.days),
            ("level", "分类到", LEVELS, look.level),
            ("by", "地点到", PLACES, look.by),
        ],
        "window": WINDOWS[look.days],
        "spots": [
            (one, look.url(one.place, one.kind), look.url(one.place, one.kind, past=True))
            for one in found[:SHOWN]
        ],
        "rest": max(0, len(found) - SHOWN),
        "surges": sum(one.surge for one in found),
        "map": _map(found, cells[0], look) if look.by == "town" else None,
        "total": (len(cells[0]), len(cells[1])),
    }
    return render(request, "leader/hotspots/hotspots.html", context)


@page("measure.see", "tickets.supervise")
def rows(request: Request) -> HttpResponseBase:
    """The orders behind one count of the hotspots."""
    place, kind = (request.GET.get(name, "").replace("\x00", "") for name in ("place", "kind"))
    if not place:
        return redirect("leader:hotspots")
    look, past = _look(request), request.GET.get("past") == "1"
    keys = [pk for pk, where, what in look.cells(request, past) if where == place and kind in ("", what)]
    begin = look.begin(past)
    back = urlencode({"days": look.days, "level": look.level, "by": look.by})
    context = {
        "title": f"{place} · {kind or '全部分类'}",
        "lead": f"{said(begin)} 到 {said(begin + look.window)} 受理的诉求",
        "crumbs": [("诉求热点", f"{reverse('leader:hotspots')}?{back}")],
    }
    cases = queries.visible(request.actor).filter(pk__in=keys)
    return ROWS.respond(request, cases, "desk/list.html", context)


def _look(request: Request) -> Look:
    try:
        until = datetime.fromisoformat(request.GET.get("until") or request.now.isoformat())
    except ValueError as problem:
        raise Http404("时间写得不对；请从诉求热点的数字点进来。") from problem
    if until.tzinfo is None or not request.now - timedelta(days=3660) < until <= request.now:
        until = request.now
    days, level = _choice(request, "days", WINDOWS, "30"), _choice(request, "level", LEVELS, "2")
    return Look(days, level, _choice(request, "by", PLACES, "town"), until)


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


def _map(found: Sequence[Spot], now: Sequence[tuple[str, str]], look: Look) -> MapView:
    """Towns coloured by how many orders they have; one with a surge stands out; each opens to its orders."""
    counts = Counter(place for place, _ in now)
    most = max(counts.values(), default=1)
    surging = {one.place for one in found if one.surge}
    areas = [
        Area(
            one.geometry, one.name, f"{counts[one.name]} 件{'，有明显增多' if one.name in surging else ''}",
            url=look.url(one.name) if counts[one.name] else "",
            tone="danger" if one.name in surging else "info", share=counts[one.name] / most,
        )
        for one in county_map().areas
    ]  # fmt: skip
    return MapView(areas=areas, title="各镇（街道）诉求", county=False)
