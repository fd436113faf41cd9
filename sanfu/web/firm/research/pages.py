"""我的技术需求: a firm publishes, sees what fits and why, asks for a contact, follows it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.research import actions, queries
from sanfu.enterprise.research.centre import conditions
from sanfu.enterprise.research.content import decided
from sanfu.enterprise.research.models import Need
from sanfu.enterprise.research.states import CONTACT_FLOW, ContactState, NeedState
from sanfu.records.actor import Refused
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline
from sanfu.web.access import firm_page, once, refuse
from sanfu.web.pieces.own import own_firm
from sanfu.web.pieces.research import NeedForm, bring_together, close_need, need_facts, shown
from sanfu.web.request import Request


def _need(request: Request, id: uuid.UUID) -> Need:
    row = queries.need(request.actor, id)
    if row is None:
        raise Http404("没有这条技术需求，或不是本企业发布的。")
    return row


@firm_page("research.own")
@once
def own_needs(request: Request) -> HttpResponse:
    """技术需求 of the own firm, and the form for a new one."""
    firm = own_firm(request)
    form = NeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish(firm, form.columns(), by=request.actor, at=request.now)
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{made.number} 已发布，下面是匹配到的供给。")
            return redirect("firm:own_need", made.id)
    rows = [(one, NeedState(one.state)) for one in queries.needs(request.actor).order_by("-made_at")[:50]]
    context = {"title": "技术需求", "form": form, "rows": rows, "firm": firm}
    if request.method == "POST":
        return refuse(request, "firm/research/index.html", context)
    return render(request, "firm/research/index.html", context)


@firm_page("research.own")
def own_need(request: Request, id: uuid.UUID) -> HttpResponse:
    """One need: what fits, with the reason; contact details come with the contact."""
    row = _need(request, id)
    found, out = queries.matches(row)
    context = {
        "title": row.number,
        "row": row,
        "state": NeedState(row.state),
        "facts": need_facts(row)[1:],
        "matches": [shown(one) for one in found] if row.state == NeedState.OPEN else [],
        "left_out": len(out),
        "contacts": [
            (one, ContactState(one.case.state)) for one in row.contacts.select_related("case", "offer")
        ],
    }
    return render(request, "firm/research/need.html", context)


@firm_page("research.own")
@require_POST
@once
def own_need_close(request: Request, id: uuid.UUID) -> HttpResponse:
    """撤下需求."""
    return close_need(request, _need(request, id), "firm:own_need")


@firm_page("research.own")
@require_POST
@once
def own_connect(request: Request, id: uuid.UUID, offer_id: uuid.UUID) -> HttpResponse:
    """申请对接."""
    row = _need(request, id)
    found = queries.proposed(row, offer_id)
    if found is None:
        raise Http404("没有这条技术供给。")
    made = bring_together(request, row, found)
    if made is None:
        return redirect("firm:own_need", id)
    messages.success(
        request, f"{made.case.number} 已提交，专员会在 {decided()['contact']['n']} 个工作日内联系供给方。"
    )
    return redirect("firm:own_contact", made.case_id)


@firm_page("research.own")
def own_contact(request: Request, id: uuid.UUID) -> HttpResponse:
    """One contact: how far it is, contract and milestones."""
    row = queries.access(request.actor, id)
    if row is None:
        raise Http404("没有这件对接，或不是本企业的。")
    told = {"open": "申请对接", **{str(event): event.label for event in CONTACT_FLOW.events}}
    steps = [
        {"label": told.get(e["kind"].partition(".")[2], "时限提醒"), "at": e["at"], "by": "", "note": e["data"].get("said") or e["data"].get("reason", ""), "state": "done"}
        for e in timeline(row.case_id)
        if not e["kind"].endswith(".light")
    ]  # fmt: skip
    context = {
        "title": row.case.number,
        "row": row,
        "state": ContactState(row.case.state),
        "steps": steps,
        "lines": queries.milestones(row),
    }
    return render(request, "firm/research/contact.html", context)


@firm_page("research.own")
def own_centre(request: Request) -> HttpResponse:
    """省级工程研究中心: conditions met and missed, materials, and the joint application."""
    firm = own_firm(request)
    context = {
        "title": "省级工程研究中心",
        "firm": firm,
        "rows": conditions(firm, day_of(request.now)),
        "rules": decided()["centre"],
        "may_apply": request.actor.may("scenes.apply"),
    }
    return render(request, "firm/research/centre.html", context)
