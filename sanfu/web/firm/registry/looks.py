"""谁看过我: the firm reads who opened its record, for which purpose."""

from django.http import HttpResponse
from django.shortcuts import render

from sanfu.enterprise.registry.queries import looks, own
from sanfu.enterprise.registry.states import Purpose
from sanfu.web.access import firm_page
from sanfu.web.request import Request


@firm_page("registry.own")
def look_list(request: Request) -> HttpResponse:
    """谁看过我."""
    firm = own(request.actor)
    rows = [(one, Purpose(one.purpose).label) for one in looks(firm)[:200]] if firm else []
    return render(request, "firm/registry/looks.html", {"title": "谁看过我", "firm": firm, "rows": rows})
