"""会前提问: a firm asks before the session."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sanfu.enterprise.dialogues import actions, queries
from sanfu.records.actor import Refused
from sanfu.web.access import firm_page, once
from sanfu.web.components.fields import as_uuid
from sanfu.web.pieces.own import own_firm
from sanfu.web.request import Request


@firm_page("dialogues.ask")
@once
def own_sessions(request: Request) -> HttpResponse:
    """Sessions, whether the own firm is invited, and the form for a question."""
    firm = own_firm(request)
    if request.method == "POST":
        key = as_uuid(request.POST.get("session", ""))
        session = queries.session(request.actor.region, key) if key else None
        if session is None:
            raise Http404("没有这一期。")
        try:
            actions.ask(session, firm, text=request.POST.get("text", ""), by=request.actor, at=request.now)
            messages.success(request, "问题已提交，会前会转给有关单位准备。")
        except Refused as problem:
            messages.error(request, str(problem))
        return redirect("firm:own_sessions")
    rows = [(one, firm.credit_code in one.invited) for one in queries.open_sessions(request.actor.region)]
    return render(request, "firm/dialogues/index.html", {"title": "政企面对面", "rows": rows})
