"""政策明白卡 of the enterprise that is signed in, and its one-click consent."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions, claims, queries
from sanfu.enterprise.benefits.card import Standing, card
from sanfu.enterprise.benefits.describe import money
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.benefits.policies import in_force, paying_clauses
from sanfu.enterprise.benefits.states import ClaimState
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import own, profile
from sanfu.records.actor import Refused
from sanfu.web.access import firm_page, once
from sanfu.web.officer.benefits.firms import sources
from sanfu.web.request import Request


@firm_page("benefits.own")
def benefit_card(request: Request) -> HttpResponse:
    """政策明白卡: entitled now, one step away, data missing, not entitled."""
    return render(request, "firm/benefits/card.html", _context(request))


def _context(request: Request, **more: Any) -> dict[str, Any]:
    firm = own(request.actor)
    if firm is None:
        return {"title": "政策明白卡", "firm": None}
    me = profile(firm, request.today)
    clauses = paying_clauses(in_force(request.actor.region, request.today), request.today)
    shown = card(me, clauses, request.today, dictionary())
    mine = list(claims.of_enterprise(firm)[:50])
    entitled = sum(item.worth for item in shown[Standing.ENTITLED] if not item.points)
    return {
        "title": "政策明白卡",
        "firm": firm,
        "day": request.today,
        "card": [(s, items) for s, items in shown.items()],
        "counts": [(s, len(items)) for s, items in shown.items()],
        "entitled": money(entitled),
        "awaiting": queries.awaiting(request.actor),
        "apply": True,
        "live": {one.clause: one for one in mine if one.live},
        "claims": [(one, ClaimState(one.case.state)) for one in mine],
        "payments": queries.payments_of(firm)[:20],
        "sources": sources(request),
        **more,
    }


class ConsentForm(forms.Form):
    """The receiving account of the enterprise itself."""

    bank = forms.CharField(label="开户行", max_length=60, required=False)
    account = forms.CharField(label="账号", max_length=40, required=False)


def _batch(request: Request, id: uuid.UUID) -> Batch:
    row = queries.lines(request.actor).filter(batch=id).select_related("batch__case").first()
    if row is None:
        raise Http404("这个批次里没有您的企业。")
    return row.batch


@firm_page("benefits.own")
@once
@require_POST
def consent(request: Request, id: uuid.UUID) -> HttpResponse:
    """确认意愿 with the account, or 放弃."""
    batch = _batch(request, id)
    form = ConsentForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("开户行或账号太长，没有提交；请核对后重填。")
        if "waive" in request.POST:
            actions.waive(batch, why=request.POST.get("why", ""), by=request.actor, at=request.now)
            messages.success(request, "已登记放弃，不影响您享受其他政策。")
        else:
            said = form.cleaned_data
            actions.agree(batch, bank=said["bank"], account=said["account"], by=request.actor, at=request.now)
            messages.success(request, "已确认，资金将拨付到您填写的账户。")
    except Refused as refused:
        return render(
            request,
            "firm/benefits/card.html",
            _context(request, refused=str(refused), said=request.POST),
            status=422,
        )
    return redirect("firm:benefit_card")
