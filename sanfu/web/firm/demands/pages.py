"""我的诉求: a firm asks, follows, withdraws."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.demands import actions, content, queries
from sanfu.enterprise.demands.states import DEMAND_FLOW, DemandState
from sanfu.records.actor import Conflict, Refused
from sanfu.records.queries import timeline
from sanfu.web.access import firm_page, once, refuse
from sanfu.web.pieces.own import own_firm
from sanfu.web.request import Request


class AskForm(forms.Form):
    text = forms.CharField(
        label="您的诉求",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写清什么事、在哪里、希望怎样；第一行作标题",
    )


@firm_page("demands.own")
@once
def own_demands(request: Request) -> HttpResponse:
    """诉求 of the own firm, and the form for a new one."""
    firm = own_firm(request)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.submit(
                enterprise=firm,
                text=form.cleaned_data["text"],
                source="portal",
                by=request.actor,
                at=request.now,
            )
        except Refused as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, f"已提交，编号 {made.case.number}。2 个工作小时内会有人响应。")
            return redirect("firm:own_demand", made.case_id)
    rows = [(one, DemandState(one.case.state)) for one in queries.of_firm(request.actor)[:50]]
    context = {"title": "企业诉求", "form": form, "rows": rows, "firm": firm}
    if request.method == "POST":
        return refuse(request, "firm/demands/index.html", context)
    return render(request, "firm/demands/index.html", context)


@firm_page("demands.own")
def own_demand(request: Request, id: uuid.UUID) -> HttpResponse:
    """One demand: who has it, until when, what was answered."""
    demand = queries.access(request.actor, id)
    if demand is None:
        raise Http404("没有这件诉求，或不是本企业提出的。")
    told = {"open": "提出", **{str(event): event.label for event in DEMAND_FLOW.events}}
    steps = [
        {"label": told.get(e["kind"].partition(".")[2], "时限提醒"), "at": e["at"], "by": "", "note": e["data"].get("reason", ""), "state": "done"}
        for e in timeline(demand.case_id)
        if not e["kind"].endswith(".light")
    ]  # fmt: skip
    state = DemandState(demand.case.state)
    moves = {move.event for move in DEMAND_FLOW.moves(state)}
    context = {
        "title": demand.case.number,
        "demand": demand,
        "state": state,
        "kind": content.kinds()[demand.kind]["label"],
        "steps": steps,
        "may_withdraw": "withdraw" in {str(event) for event in moves},
    }
    return render(request, "firm/demands/demand.html", context)


@firm_page("demands.own")
@require_POST
@once
def own_demand_withdraw(request: Request, id: uuid.UUID) -> HttpResponse:
    """撤回."""
    demand = queries.access(request.actor, id)
    if demand is None:
        raise Http404("没有这件诉求，或不是本企业提出的。")
    try:
        actions.withdraw(demand, by=request.actor, at=request.now)
        messages.success(request, "已撤回。")
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("firm:own_demand", id)
