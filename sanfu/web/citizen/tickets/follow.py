"""查进度: by number and code; the reply, five levels of rating, once more (重办)."""

import uuid
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Rating, TicketState
from sanfu.records.actor import Refused, machine
from sanfu.records.limits import Patience, failed, waits_until
from sanfu.records.moments import said as said_at
from sanfu.web.access import TooMany, View, once, page, public_page
from sanfu.web.components import enclosures
from sanfu.web.components.table import Column, Table
from sanfu.web.request import PublicRequest, Request
from sanfu.web.visitors import network_of

MINUTE = timedelta(minutes=1)
# Wrong pairs of number and code are counted, right ones never: by who asks, by the order that is guessed at, and by the
# code that is tried on one order after another.
GUESSES = (
    Patience("progress.network", 12, 10 * MINUTE, 60 * MINUTE, timedelta(hours=1)),
    Patience("progress.number", 20, 10 * MINUTE, 60 * MINUTE, timedelta(hours=6)),
    Patience("progress.code", 20, 10 * MINUTE, 60 * MINUTE, timedelta(hours=6)),
)
OWN = "orders"  # in the session: orders whose code this browser has shown once; nobody else's guesses shut it out


class FindForm(forms.Form):
    """Number and code, as they stand on the receipt."""

    number = forms.CharField(label="工单编号", max_length=32, help_text="如 SQ2026000123")
    code = forms.CharField(label="查询码", max_length=8, help_text="提交时给您的六位码，不分大小写")


@public_page
def find(request: PublicRequest) -> HttpResponse:
    """查进度。"""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if looked_up(request, said["number"], said["code"]):
            number, code = said["number"].strip().upper(), said["code"].strip().upper()
            return redirect("citizen:progress_order", number=number, code=code)
        form.add_error(None, "编号和查询码对不上；请核对回执，字母不分大小写。")
    context = {"title": "查进度", "form": form}
    return render(request, "citizen/tickets/find.html", context, status=422 if form.errors else 200)


def looked_up(request: PublicRequest, number: str, code: str) -> Ticket | None:
    """The order of a number and its code, or None; TooMany when who asks has guessed too often."""
    ticket = queries.by_number(settings.REGION, number, code)
    number, code = number.strip().upper(), code.strip().upper()
    own = request.session.get(OWN, [])
    if ticket is not None and number in own:
        return ticket
    keys = (network_of(request), number, code)
    moments = [
        waits_until(patience.scope, key, region=settings.REGION, at=request.now)
        for patience, key in zip(GUESSES, keys, strict=True)
    ]
    if until := max((one for one in moments if one), default=None):
        raise TooMany(
            f"编号和查询码多次对不上，{said_at(until, '%H:%M')}以后可以再查；您的诉求照常办理，急事请拨打12345。"
        )
    if ticket is None:
        for patience, key in zip(GUESSES, keys, strict=True):
            failed(patience, key, region=settings.REGION, at=request.now)
        return None
    request.session[OWN] = [*own[-19:], number]
    return ticket


def _order(request: PublicRequest, number: str, code: str) -> Ticket:
    ticket = looked_up(request, number, code)
    if ticket is None:
        raise Http404("编号和查询码对不上；请从“查进度”重新输入。")
    return ticket


def of_code(view: View) -> View:
    """The order of number and code as the view's argument; a wrong pair is counted outside the view's transaction."""

    @wraps(view)
    def guarded(request: PublicRequest, number: str, code: str, **more: Any) -> HttpResponseBase:
        return view(request, _order(request, number, code), **more)

    return guarded


@public_page
@never_cache
@of_code
def progress(request: PublicRequest, ticket: Ticket) -> HttpResponse:
    """办理进度。"""
    state = TicketState(ticket.case.state)
    context = {
        "title": "办理进度",
        "t": ticket,
        "case": ticket.case,
        "state": TicketState(state),
        "timeline": queries.public_timeline(ticket),
        "clocks": [c for c in queries.clocks(ticket, request.now) if c["name"] in ("首次响应", "办结")],
        "ratings": Rating.choices(),
        "may_rate": state in (TicketState.CALLBACK, TicketState.CLOSED),
        "may_reopen": state is TicketState.CLOSED,
        "may_supplement": state is TicketState.SUPPLEMENT,
        "may_withdraw": state in (TicketState.RECEIVED, TicketState.SUPPLEMENT),
        "replied": answered(ticket),
        "photos": _photos(ticket) if answered(ticket) else [],
    }
    return render(request, "citizen/tickets/progress.html", context)


def answered(ticket: Ticket) -> bool:
    """Whether the answer is out: the unit's reviewer let it through, or the request was not taken."""
    return TicketState(ticket.case.state) in (
        TicketState.CALLBACK,
        TicketState.CLOSED,
        TicketState.ARCHIVED,
        TicketState.REFUSED,
        TicketState.POLICE,
    )


def _photos(ticket: Ticket) -> list[dict[str, Any]]:
    args = (ticket.case.number, ticket.follow_code)
    return enclosures.shown_pictures(ticket.pk, "citizen:progress_photo", args)


@public_page
@require_POST
@of_code
@once
def act(request: PublicRequest, ticket: Ticket, act: str) -> HttpResponse:
    """评价、重办、补充、撤回: whoever holds the code acts as the one who asked."""
    said = request.POST
    by = request.actor or machine(settings.REGION, "诉求人")
    try:
        if act == "rate":
            resolved = {"1": True, "0": False}.get(said.get("resolved", ""))
            if said.get("rating") not in set(Rating):
                raise Refused("请选择满意程度。")
            actions.rate(
                ticket,
                rating=Rating(said["rating"]),
                note=said.get("note", ""),
                resolved=resolved,
                by=by,
                at=request.now,
            )
            messages.success(request, "谢谢您的评价。")
        elif act == "reopen":
            actions.reopen(ticket, why=said.get("why", ""), by=by, at=request.now)
            messages.success(request, "已要求重办，承办单位会再次联系您。")
        elif act == "supplement":
            actions.supplement(ticket, text=said.get("text", ""), by=by, at=request.now)
            messages.success(request, "补充内容已收到。")
        elif act == "withdraw":
            actions.withdraw(ticket, by=by, at=request.now)
            messages.success(request, "已撤回。")
        else:
            raise Http404("没有这个操作。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("citizen:progress_order", number=ticket.case.number, code=ticket.follow_code)


@public_page
@never_cache
@of_code
def photo(request: PublicRequest, ticket: Ticket, file_id: uuid.UUID) -> HttpResponse:
    """A photo of the answer that the unit shows: the picture alone, once the answer is out."""
    if not answered(ticket):
        raise Http404("答复还没有审核通过。")
    return enclosures.serve(request, ticket.pk, file_id, public=True)


MINE = Table(
    "mine",
    title="我的诉求",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="citizen:progress_order", link_args=("number", "ticket__follow_code")),
        Column("title", "诉求", wide=True),
        Column("state", "状态", tags=TicketState),
        Column("opened_at", "提交时间", kind="datetime"),
    ],
    exportable=False,
    empty="您还没有提交过诉求。点“我要诉求”说一说。",
)


@page("tickets.own")
def mine(request: Request) -> HttpResponseBase:
    """我的诉求。"""
    rows = queries.visible(request.actor).filter(applicant=request.actor.id)
    return MINE.respond(request, rows, "citizen/tickets/mine.html", {"title": "我的诉求"})
