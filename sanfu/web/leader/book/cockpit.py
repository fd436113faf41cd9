"""驾驶舱: one page for a person's span: what needs me, what is late and who holds it, what changed, three services."""

from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sanfu.kernel.indicators.league import league
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY, Cell
from sanfu.records.actor import Actor
from sanfu.records.manifest import Room
from sanfu.records.wires import rooms
from sanfu.web.access import page
from sanfu.web.components.chart import Chart
from sanfu.web.leader.book import decide, show
from sanfu.web.leader.book.pages import state_of
from sanfu.web.pieces.orders_map import orders_by_town
from sanfu.web.request import Request
from sanfu.web.todos import most_urgent, todos_of

SERVICES = {"grassroots": "服务基层", "enterprise": "服务企业", "projects": "服务项目"}
KEYS = {"opened": "受理", "on_time": "按时办结率", "closing": "办结率", "days": "平均用时"}
RANKED = "on_time-ticket"
WATCHED = 5  # league rows shown on the first page
MOVED = 3.0  # percentage points from which a change of a share is named


@page("measure.see", "measure.own")
def cockpit(request: Request) -> HttpResponseBase:
    """The first page of whoever decides."""
    month = show.recent_month(request.GET, request.today)
    last = show.back(month, 2)[0]
    totals = reading.cells(request.actor, formulas().values(), [last, month], totals=True)
    county = {(c.indicator, c.month): c for c in totals}
    todos = todos_of(request.actor, request.now)
    context = {
        "title": "驾驶舱", "scope": show.scope(request.actor), "crumbs": [("评价", "")], "month": month, "last": show.in_words(last), "words": show.in_words(month),
        "state": state_of(request, None), "taken": reading.known_at(request.actor.region) is not None, "todos": [one for one in todos if one.count][:8], "urgent": most_urgent(todos),
        "services": services(county, month, last), "late": late(overdue(request.actor, month), month), **moved(request, month),
        "promises": decide.promises(request.actor, request.now), "coming": decide.coming(request.actor, request.now), "counter": decide.counter(request.actor, request.now),
        "drawn": orders_by_town(request.actor), "league": top(ranked(request.actor, month), month), "trends": trends(request, month),
        "closed": [show.in_words(m) for m in sorted(reading.closings(request.actor.region), reverse=True)][:1],
    }  # fmt: skip
    return render(request, "leader/book/cockpit.html", context)


def _domain(room: Room) -> str:
    return room.code.split(".")[0]


def services(county: dict[tuple[str, date], Cell], month: date, last: date) -> list[dict[str, Any]]:
    """The three services side by side: each kind of case with what came in, on time, finished, days."""
    found = []
    for domain, title in SERVICES.items():
        lines = []
        for room in rooms():
            if _domain(room) != domain:
                continue
            for kind in room.kinds:
                cells = [
                    (head, formulas().get(f"{key}-{kind.code}"), f"{key}-{kind.code}")
                    for key, head in KEYS.items()
                ]
                if not any(county.get((name, m)) for _, _, name in cells for m in (month, last)):
                    continue
                values = [
                    {
                        "head": head,
                        "text": show.said(one, county.get((name, month))),
                        "url": show.rows_url(name, month),
                        "before": show.said(one, county.get((name, last))),
                    }
                    for head, one, name in cells
                    if one is not None
                ]
                lines.append({"label": kind.label, "values": values})
        found.append({"title": title, "lines": lines})
    return found


def overdue(actor: Actor, month: date) -> list[Cell]:
    """Open rows past their date, whichever of the last two years they were due in."""
    some = [one for name, one in formulas().items() if name.startswith("overdue-")]
    return reading.cells(actor, some, show.back(month, 24))


def late(cells: list[Cell], month: date) -> list[dict[str, Any]]:
    """What is late and who holds it: open rows past their date, by unit, most first; another year is named."""
    held: dict[Any, list[Cell]] = {}
    for cell in cells:
        if cell.indicator.startswith("overdue-") and cell.unit != COUNTY:
            held.setdefault(cell.unit, []).append(cell)
    names = reading.unit_names(held)
    lines = [
        {
            "unit": names.get(unit, "其他"), "count": sum(c.rows for c in some),
            "parts": [(f"{month_in_words(c.month, month)}到期的{formulas()[c.indicator].only_words}", c.rows, show.rows_url(c.indicator, c.month, c.unit)) for c in sorted(some, key=lambda c: c.month)],
        }
        for unit, some in held.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: -int(str(line["count"])))[:8]


def month_in_words(month: date, shown: date) -> str:
    """A month in words, with its year when that is another one than the page's."""
    return f"{month.month}月" if month.year == shown.year else f"{month.year}年{month.month}月"


def moved(request: Request, month: date) -> dict[str, Any]:
    """What changed between two whole months: a running one has open cases that are late for nothing yet."""
    newer = month if month < request.today.replace(day=1) else show.back(month, 2)[0]
    older = show.back(newer, 2)[0]
    cells = reading.cells(request.actor, formulas().values(), [older, newer], totals=True)
    county = {(c.indicator, c.month): c for c in cells}
    return {
        "changes": changes(county, newer, older), "newer": show.in_words(newer), "older": show.in_words(older),
        "running": newer != month,
    }  # fmt: skip


def changes(county: dict[tuple[str, date], Cell], month: date, last: date) -> list[dict[str, Any]]:
    """Shares that moved by some points since the month before and are no small sample in either.

    办结率 of a younger month is lower by its age alone: only what was due in each month is set against the other.
    """
    found = []
    for one in formulas().values():
        now, before = county.get((one.id, month)), county.get((one.id, last))
        if (
            not one.is_share
            or one.ripens
            or now is None
            or before is None
            or min(now.rows, before.rows) < one.small_sample
        ):
            continue
        apart = (show.value(one, now) or 0) - (show.value(one, before) or 0)
        if abs(apart) >= MOVED:
            good = (apart > 0) == one.higher_is_better
            found.append(
                {
                    "name": one.name, "url": show.indicator_url(one.id, month), "tone": "ok" if good else "danger",
                    "text": f"{show.said(one, before)} → {show.said(one, now)}，{'上升' if apart > 0 else '下降'}{abs(apart):.1f}个百分点",
                    "word": "改善" if good else "变差", "size": abs(apart),
                }
            )  # fmt: skip
    return sorted(found, key=lambda row: (row["tone"] == "ok", -float(str(row["size"]))))[:8]


def ranked(actor: Actor, month: date) -> list[Cell]:
    """Cells by unit of the one rate that the first page ranks."""
    return reading.cells(actor, [formulas()[RANKED]], [month]) if RANKED in formulas() else []


def top(cells: list[Cell], month: date) -> dict[str, Any] | None:
    """The league of one rate: first and last by shrunk value, raw beside; nobody below the smallest sample."""
    one = formulas().get(RANKED)
    own = {
        c.unit: (c.hits, c.rows)
        for c in cells
        if one and c.indicator == one.id and c.month == month and c.unit != COUNTY
    }
    if one is None or not own:
        return None
    names = reading.unit_names(own)
    places = [
        {
            "rank": p.rank or "–", "unit": names.get(p.unit, "其他"), "shrunk": f"{p.shrunk * 100:.1f}%",
            "raw": f"{p.raw * 100:.1f}%", "rows": p.rows, "url": show.rows_url(one.id, month, p.unit),
        }
        for p in league(own, one.small_sample)
    ]  # fmt: skip
    return {
        "name": one.name,
        "url": show.indicator_url(one.id, month),
        "places": places[:WATCHED],
        "small": one.small_sample,
    }


def trends(request: Request, month: date) -> list[Chart]:
    """Three ways over twelve months, axes fitted to what they show."""
    months = show.back(month, 12)
    chosen = [
        formulas()[name] for name in ("on_time-ticket", "satisfaction", "days-ticket") if name in formulas()
    ]
    cells = {(c.indicator, c.month): c for c in reading.cells(request.actor, chosen, months, totals=True)}
    found = []
    for one in chosen:
        values = [show.value(one, cells.get((one.id, m))) for m in months]
        shown = [None if v is None else round(v, 1) for v in values]
        fitted = {"yAxis": {"type": "value", "scale": True, "name": one.unit}}
        found.append(
            Chart(f"way-{one.id}", one.name, [show.in_words(m) for m in months], {one.name: shown}, kind="line", unit=one.unit,
                  links=[show.rows_url(one.id, m) for m in months], x_label="月份", extra=fitted)
        )  # fmt: skip
    return found


def back_url() -> str:
    return reverse("leader:cockpit")
