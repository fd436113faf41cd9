"""走访记录: the firm reads what was written about it, confirms, or says what is wrong."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.visits import actions, queries
from sanfu.enterprise.visits.states import VisitState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.web.access import firm_page, once
from sanfu.web.request import Request


@firm_page("visits.own")
def own_visits(request: Request) -> HttpResponse:
    """Records of visits to the own firm."""
    rows = [
        (
            one,
            VisitState(one.state),
            [(label, one.values.get(name, "")) for name, label in queries.FIELDS.items()],
        )
        for one in queries.to_confirm(request.actor)[:50]
    ]
    return render(request, "firm/visits/index.html", {"title": "走访记录", "rows": rows})


@firm_page("visits.own")
@require_POST
@once
def own_visit_confirm(request: Request, id: uuid.UUID) -> HttpResponse:
    """确认, with a correction beside the record if need be."""
    visit = queries.access(request.actor, id)
    if visit is None:
        raise Http404("没有这份走访记录。")
    try:
        actions.confirm(visit, said=request.POST.get("said", ""), by=request.actor, at=request.now)
        messages.success(request, "已确认，谢谢。")
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("firm:own_visits")
