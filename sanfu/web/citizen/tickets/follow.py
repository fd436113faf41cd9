"""查进度: by number and code; the reply, five levels of rating, once more (重办)."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Rating, TicketState
from sanfu.records.actor import Refused, machine
from sanfu.web.access import once, page, public_page
from sanfu.web.components.table import Column, Table
from sanfu.web.request import PublicRequest, Request

TRIES = 12  # wrong codes from one address in ten minutes
WINDOW = 600


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
        if _too_many(request):
            form.add_error(None, "查询次数过多，请十分钟后再试；急事请拨打12345。")
        elif queries.by_number(settings.REGION, said["number"], said["code"]):
            number, code = said["number"].strip().upper(), said["code"].strip().upper()
            return redirect("citizen:progress_order", number=number, code=code)
        else:
            form.add_error(None, "编号和查询码对不上；请核对回执，字母不分大小写。")
    context = {"title": "查进度", "form": form}
    return render(request, "citizen/tickets/find.html", context, status=422 if form.errors else 200)


def _too_many(request: PublicRequest) -> bool:
    key = f"progress:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, WINDOW)
    return int(cache.incr(key)) > TRIES


def _order(number: str, code: str) -> Ticket:
    ticket = queries.by_number(settings.REGION, number, code)
    if ticket is None:
        raise Http404("编号和查询码对不上；请从“查进度”重新输入。")
    return ticket


@public_page
def progress(request: PublicRequest, number: str, code: str) -> HttpResponse:
    """办理进度。"""
    ticket = _order(number, code)
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
        "replied": state
        in (
            TicketState.CALLBACK,
            TicketState.CLOSED,
            TicketState.ARCHIVED,
            TicketState.REFUSED,
            TicketState.POLICE,
        ),
    }
    return render(request, "citizen/tickets/progress.html", context)


@public_page
@require_POST
@once
def act(request: PublicRequest, number: str, code: str, act: str) -> HttpResponse:
    """评价、重办、补充、撤回: whoever holds the code acts as the one who asked."""
    ticket, said = _order(number, code), request.POST
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
    return redirect("citizen:progress_order", number=number, code=code)


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
