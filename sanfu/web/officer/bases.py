"""依据核对: what an officer looks up in the statute book, over requests, duties, services and policies."""

from collections import Counter

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from sanfu.kernel.bases import Standing
from sanfu.measure.bases import survey
from sanfu.web.access import page
from sanfu.web.components.export import send
from sanfu.web.pieces.calendar import missing_notice
from sanfu.web.request import Request

SHOWN = 100  # lines on the page; the file has all
HEADS = ["清单", "编码", "事项", "依据", "状态", "要查什么"]


@page("lists.see")
@require_GET
def index(request: Request) -> HttpResponseBase:
    """Every basis that lapsed, is in doubt or unchecked, filtered by standing and list; whole as Excel."""
    found = survey(request.actor.region, request.today)
    counts = Counter((one.list, one.standing) for one in found)
    show, kind = request.GET.get("show", ""), request.GET.get("list", "")
    rows = [one for one in found if show in ("", one.standing) and kind in ("", one.list)]
    if request.GET.get("export") in ("xlsx", "csv"):
        lines = [[one.list, one.code, one.name, one.cited, str(one.standing), one.says] for one in rows]
        return send(request.GET["export"], "依据核对", HEADS, lines)
    kinds = list(dict.fromkeys(one.list for one in found))
    standings = [one for one in Standing if one is not Standing.SOUND]
    context = {
        "title": "依据核对",
        "missing_year": missing_notice(request.today),
        "lead": f"{len(found)} 处依据要查：失效的先换，存疑和待核的对照原文",
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "shown": SHOWN,
        "total": len(rows),
        "show": show,
        "list": kind,
        "kinds": kinds,
        "standings": standings,
        "sums": [(name, [(s, counts[name, s]) for s in standings]) for name in kinds],
    }
    return render(request, "officer/bases.html", context)


urlpatterns = [path("", index, name="bases")]
