"""政策明白卡 of the enterprise that is signed in, and its one-click consent."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.benefits import actions, claims, queries
from sanfu.enterprise.benefits.card import Item, Standing, card
from sanfu.enterprise.benefits.describe import money
from sanfu.enterprise.benefits.models import Batch
from sanfu.enterprise.benefits.policies import in_force, paying_clauses
from sanfu.enterprise.benefits.states import ClaimState
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.queries import own, profile
from sanfu.kernel.rules.population.insights import AT_ONCE
from sanfu.records.actor import Refused
from sanfu.web.access import firm_page, once
from sanfu.web.pieces.units import short_names
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
    live = {one.clause: one for one in mine if one.live}
    # What is being handled is said once, as that: no line calls it one step away or open to apply at the same time.
    shown = {standing: [i for i in items if i.clause.id not in live] for standing, items in shown.items()}
    awaiting = queries.awaiting(request.actor)
    return {
        "title": "政策明白卡",
        "firm": firm,
        "day": request.today,
        "card": list(shown.items()),
        "counts": [(s, len(items)) for s, items in shown.items()],
        "purse": _purse(shown, awaiting),
        "awaiting": awaiting,
        "apply": True,
        "live": live,
        "claims": [(one, ClaimState(one.case.state)) for one in mine],
        "payments": queries.payments_of(firm)[:20],
        "sources": short_names(request),
        **more,
    }


def _purse(shown: dict[Standing, list[Item]], awaiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Money first: what one click confirms, what comes by itself, what an application brings, what one step brings."""
    paid = [item for item in shown[Standing.ENTITLED] if item.clause.amount is not None and not item.points]
    automatic = [item for item in paid if item.delivery == AT_ONCE]
    asked = [item for item in paid if item.delivery != AT_ONCE]
    near = [item for item in shown[Standing.NEAR] if item.gain and not item.points]
    parts: list[tuple[str, str, str, list[Any], int]] = [
        ("confirm", "一键确认就拨付", "已在名单里，确认意愿后拨付到本企业账户", awaiting, sum(a["sum"] for a in awaiting)),
        ("auto", "自动给，不用申请", "列入下一次兑付名单，公示后请您确认一次意愿", automatic, sum(i.worth for i in automatic)),
        ("apply", "申请就能拿", "现在符合条件，填几项、当场看结论", asked, sum(i.worth for i in asked)),
        ("step", "再走一步能拿", "还差一步，走完按下面的数给", near, sum(i.gain for i in near)),
    ]  # fmt: skip
    return [
        {"key": key, "label": label, "says": says, "items": items, "sum": money(total)}
        for key, label, says, items, total in parts
    ]


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
