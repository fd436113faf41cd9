"""个人信息: the copy that a person may ask for, and the erasure by law, for the officer for personal data."""

import json
import uuid
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sanfu.grassroots.tickets.actions import persons
from sanfu.records.actor import Refused
from sanfu.records.moments import said
from sanfu.records.sealed import GONE
from sanfu.web.access import once, page, refuse
from sanfu.web.officer.tickets.order import find
from sanfu.web.request import Request

CRUMB = ("诉求工单", "officer:ticket_list")


class EraseForm(forms.Form):
    """The legal ground, and the number typed once more against a slip."""

    why = forms.CharField(
        label="依据和申请", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：本人 2026-03-02 书面申请，个人信息保护法第四十七条第一款。",
        error_messages={"required": "请写明依据和申请。"},
    )  # fmt: skip
    number = forms.CharField(
        label="再输一遍工单编号", max_length=20, error_messages={"required": "请再输一遍工单编号。"}
    )


@page("tickets.erase")
@never_cache
@require_GET
def person(request: Request, id: uuid.UUID) -> HttpResponse:
    """个人信息: what is held of the person of an order, without showing it here, and what may be done."""
    return render(request, "officer/tickets/person.html", _context(request, id, EraseForm()))


def _context(request: Request, id: uuid.UUID, form: EraseForm) -> dict[str, object]:
    ticket = find(request, id)
    crumbs = [CRUMB, (ticket.case.number, request.path.rsplit("person/", 1)[0])]
    gone = ticket.body == GONE
    return {
        "title": "个人信息",
        "crumbs": crumbs,
        "t": ticket,
        "case": ticket.case,
        "form": form,
        "gone": gone,
    }


@page("tickets.erase")
@never_cache
@require_POST
def copy(request: Request, id: uuid.UUID) -> HttpResponse:
    """个人信息副本: all that is held of the person, as a file to hand over."""
    ticket = find(request, id)
    held = persons.held_of(ticket, by=request.actor, at=request.now)
    text = json.dumps(
        held,
        ensure_ascii=False,
        indent=1,
        default=lambda one: said(one) if hasattr(one, "hour") else str(one),
    )
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = quote(f"个人信息副本-{ticket.case.number}.json")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@page("tickets.erase")
@never_cache
@once
@require_POST
def erase(request: Request, id: uuid.UUID) -> HttpResponse:
    """依法删除: after it nobody can read the person's words any more; the order itself stays."""
    form = EraseForm(request.POST)
    context = _context(request, id, form)
    ticket = find(request, id)
    if form.is_valid() and form.cleaned_data["number"].strip().upper() != ticket.case.number:
        form.add_error("number", "编号和这件工单不一致，没有删除。")
    if form.is_valid():
        try:
            count = persons.erase(ticket, why=form.cleaned_data["why"], by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error("why", str(refused))
        else:
            messages.success(request, f"个人信息已删除，附件{count}个；工单、时限和办理记录保留。")
            return redirect("officer:ticket_person", id=id)
    return refuse(request, "officer/tickets/person.html", context)
