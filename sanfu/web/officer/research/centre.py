"""工程研究中心 at the desk: a firm against the conditions, and the joint application it may open."""

from django.http import HttpResponse
from django.shortcuts import render

from sanfu.enterprise.research import queries
from sanfu.enterprise.research.centre import conditions
from sanfu.enterprise.research.content import decided
from sanfu.records.moments import day_of
from sanfu.web.access import page
from sanfu.web.request import Request


@page("research.see_all")
def centre(request: Request) -> HttpResponse:
    """条件对照 of one firm."""
    said = request.GET.get("enterprise", "").strip()[:80]
    firm = queries.enterprise_said(request.actor, said) if said else None
    context = {
        "title": "省级工程研究中心",
        "said": said,
        "firm": firm,
        "missing": bool(said) and firm is None,
        "rows": conditions(firm, day_of(request.now)) if firm else [],
        "rules": decided()["centre"],
    }
    return render(request, "officer/research/centre.html", context)
