"""What stands beside the form of an act: candidates for a dispatch, frame and phrases for a reply."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.grassroots.tickets import actions, replies
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import TicketEvent
from sanfu.match.queries import list_of
from sanfu.people.queries import organisations
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.fields import as_uuid
from sanfu.web.officer.tickets.forms import item_said
from sanfu.web.officer.tickets.suggestions import suggestions
from sanfu.web.request import Request

E = TicketEvent
CANDIDATES = 2


def helping(ticket: Ticket, event: TicketEvent, request: Request) -> dict[str, Any]:
    """Context of the act's page: `candidates` when a unit is chosen, `frame` and `phrases` when something is said."""
    if event in (E.DISPATCH, E.RULE):
        return {"candidates": candidates(ticket, request, "words" if event is E.RULE else "reason")}
    if event is E.REPLY:
        return {
            "frame": replies.frame_of(ticket, at=request.now),
            "phrases": replies.phrases(request.actor),
            "into": "public",
        }
    if event in (E.CONTACT, E.ASSIST_DONE):
        return {"phrases": replies.phrases(request.actor), "into": "words"}
    return {}


def candidates(ticket: Ticket, request: Request, says: str) -> list[dict[str, Any]]:
    """The best suggestions, each with what taking it fills in: unit, item, reason (field `says`) and helpers."""
    found = (suggestions(ticket, request.now, request.actor) or {}).get("units", [])[:CANDIDATES]
    units = {one["code"]: one["short"] for one in organisations(ticket.region)}
    items = {one.code: one for one in list_of(ticket.region, request.today)[1]}
    shown = []
    for one in found:
        item = items.get(one["item"])
        helpers = [code for code in (item.assist if item else ()) if code in units and code != one["unit"]]
        said = item_said(item.code, item.name) if item else one["item"]
        fill = {"unit": one["unit"], "item": said, says: one["reason"], "helpers": helpers}
        shown.append({**one, "fill": fill, "helpers": [units[code] for code in helpers]})
    return shown


HOLDERS = ("tickets.handle", "tickets.review", "tickets.callback", "tickets.dispatch")


@page(*HOLDERS)
@once
def phrases(request: Request) -> HttpResponse:
    """本单位常用语: the list, and one more."""
    said = request.POST.get("text", "")
    context = {
        "title": "常用语",
        "lead": f"{request.actor.organisation_name}的人在答复、联系诉求人时都能用",
        "crumbs": [("诉求工单", "officer:ticket_list")],
        "phrases": replies.phrases(request.actor),
        "said": said,
    }
    if request.method != "POST":
        return render(request, "officer/tickets/phrases.html", context)
    try:
        actions.keep_phrase(text=said, by=request.actor, at=request.now)
    except Refused as refused:
        return render(request, "officer/tickets/phrases.html", {**context, "wrong": str(refused)}, status=422)
    messages.success(request, "已加入常用语。")
    return redirect("officer:phrases")


@page(*HOLDERS)
@require_POST
@once
def drop_phrase(request: Request) -> HttpResponse:
    """Take a phrase away."""
    id = as_uuid(request.POST.get("phrase", ""))
    try:
        if id is None:
            raise Refused("没有这条常用语。")
        actions.drop_phrase(id, by=request.actor, at=request.now)
        messages.success(request, "已删去。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("officer:phrases")
