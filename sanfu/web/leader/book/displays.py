"""大屏令牌: a screen on the wall shows figures without anybody signed in; the token can be taken back at any time."""

import hashlib
import uuid
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.measure import reading
from sanfu.measure.actions import displays as acts
from sanfu.measure.book import formulas
from sanfu.measure.counting import Cell
from sanfu.records.actor import Actor, Refused
from sanfu.records.moments import said
from sanfu.web.access import once, page, public_page
from sanfu.web.leader.book import show
from sanfu.web.leader.book.cockpit import MOVED, late, overdue, ranked, services, top
from sanfu.web.pieces.orders_map import orders_by_town
from sanfu.web.request import PublicRequest, Request

SHOWN = ("opened-ticket", "on_time-ticket", "satisfaction", "response_hours", "returned")
MOST = 6  # lines of a pane: what fits on the smallest screen without scrolling


@page("measure.close")
@once
def displays(request: Request) -> HttpResponseBase:
    """Tokens of screens: make one, see which are in use."""
    made = ""
    if request.method == "POST":
        try:
            row, secret = acts.make(request.POST.get("name", ""), by=request.actor, at=request.now)
            made = request.build_absolute_uri(reverse("leader:display_wall", args=[row.id, secret]))
        except Refused as problem:
            messages.error(request, str(problem))
    rows = reading.displays(request.actor.region)
    context = {"title": "大屏令牌", "crumbs": [("评价", "")], "rows": rows, "made": made}
    return render(request, "leader/book/displays.html", context)


@page("measure.close")
@once
@require_POST
def end(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """Take a token back."""
    if not acts.end(id, by=request.actor, at=request.now):
        raise Http404("没有这块屏幕。")
    messages.success(request, "令牌已收回，那块屏幕不再显示数字。")
    return redirect("leader:displays")


@public_page
def wall(request: PublicRequest, id: uuid.UUID, secret: str) -> HttpResponseBase:
    """The wall of one screen: figures of the county, no case, no person; unchanged figures are answered by 304."""
    row = acts.valid(id, secret)
    if row is None:
        raise Http404("这块屏幕的令牌已收回；请向统计员要新的。")
    return _wall(request, acts.reader(row))


@page("measure.see")
def own_wall(request: Request) -> HttpResponseBase:
    """大屏 for somebody signed in: the same wall, of what the person may see."""
    return _wall(request, request.actor)


def _wall(request: PublicRequest, reader: Actor) -> HttpResponseBase:
    month = show.recent_month(QueryDict(), request.today)  # in its first days a month says nothing on a wall
    last = show.back(month, 2)[0]
    known = reading.known_at(reader.region)
    whose = sorted(map(str, (reader.id, *reader.units)))
    tag = f'"{hashlib.sha256(f"{known}{month}{whose}".encode()).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    totals = reading.cells(reader, formulas().values(), [last, month], totals=True)
    county = {(c.indicator, c.month): c for c in totals}
    context = {
        "title": f"三服务 · {show.in_words(month)}",
        "cards": [_card(name, county, month, last) for name in SHOWN if name in formulas()],
        "services": [one | {"lines": one["lines"][:MOST]} for one in services(county, month, last)],
        "late": late(overdue(reader, month), month)[:MOST], "league": top(ranked(reader, month), month), "drawn": orders_by_town(reader),
        "known": said(known) if known else "尚未取数", "taken": known is not None, "loaded": said(request.now, "%H:%M:%S"),
    }  # fmt: skip
    response = render(request, "leader/book/display.html", context)
    response["ETag"], response["Cache-Control"] = tag, "no-cache"
    return response


def _card(name: str, county: dict[tuple[str, date], Cell], month: date, last: date) -> dict[str, str]:
    """One figure with last month's; a word and a colour where it got worse by more than chance of a few."""
    one, now, before = formulas()[name], county.get((name, month)), county.get((name, last))
    apart = (show.value(one, now) or 0) - (show.value(one, before) or 0)
    enough = now is not None and before is not None and min(now.rows, before.rows) >= one.small_sample
    worse = enough and abs(apart) >= MOVED and (apart > 0) != one.higher_is_better and one.is_share
    return {
        "name": one.name,
        "value": show.said(one, now),
        "before": show.said(one, before),
        "tone": "alarm" if worse else "",
    }
