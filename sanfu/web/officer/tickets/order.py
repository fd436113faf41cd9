"""One order: what was asked, who has it, which clocks run and why, what may be done next."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import (
    TICKET_FLOW,
    Channel,
    Rating,
    RefusalReason,
    ReturnReason,
    TicketState,
)
from sanfu.kernel.codes import mask
from sanfu.lists.bases import law_clocks
from sanfu.match.queries import list_of
from sanfu.records.moments import day_of
from sanfu.web.access import page
from sanfu.web.components import enclosures
from sanfu.web.components.cases import light_tag
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.map import MapView, Mark
from sanfu.web.officer.tickets.acts import buttons
from sanfu.web.officer.tickets.suggestions import suggestions
from sanfu.web.request import Request


def find(request: Request, id: uuid.UUID) -> Ticket:
    """The order, if the actor may see it."""
    ticket = queries.access(request.actor, id)
    if ticket is None:
        raise Http404("没有这件工单，或不在您可以查看的范围内。")
    return ticket


@page("tickets.see")
def order(request: Request, id: uuid.UUID) -> HttpResponse:
    """工单详情。"""
    return render(request, "officer/tickets/order.html", context(request, find(request, id)))


def context(request: Request, ticket: Ticket, **more: Any) -> dict[str, Any]:
    """Everything the page of an order shows."""
    case = ticket.case
    may_open = request.actor.may(*OPEN_FILES)
    deciding = case.state in (TicketState.RECEIVED, TicketState.RETURNED, TicketState.CONSULTING)
    return {
        "title": case.number,
        "crumbs": [("诉求工单", "officer:ticket_list")],
        "t": ticket,
        "case": case,
        "body": mask(ticket.body),
        "state": TicketState(case.state),
        "light": light_tag(case),
        "about": _about(ticket, queries.sees_rating(request.actor)),
        "clocks": queries.clocks(ticket, request.now),
        "law_clocks": law_clocks(ticket.item_code),
        "timeline": enclosures.with_files(
            queries.desk_timeline(ticket, rated=queries.sees_rating(request.actor)),
            ticket.pk,
            "officer:ticket_enclosure",
            may_open=may_open,
        ),
        "assignments": ticket.assignments.select_related("unit", "return_proposes").order_by("since"),
        "returns": {str(one): one.label for one in ReturnReason},
        "callbacks": ticket.callbacks.order_by("at"),
        "others": queries.split_of(ticket) if ticket.split_from_id or ticket.original else [],
        "original": mask(ticket.original),
        "attachments": ticket.attachments.select_related("file"),
        "map": MapView(
            marks=[Mark(ticket.lon, ticket.lat, ticket.place or "诉求人选的位置", "", "danger")], listed=False
        )
        if ticket.lon is not None and ticket.lat is not None
        else None,
        "acts": (acts := buttons(ticket, request.actor)),
        "next_act": next_of(acts, ticket),
        "suggestions": suggestions(ticket, request.now, request.actor)
        if deciding and request.actor.may("tickets.dispatch")
        else None,
        "may_open": may_open,
        "adopt": "rule" if case.state == TicketState.CONSULTING else "dispatch",
        "may_look": request.actor.may("tickets.unmask"),
        "steps": _steps(case.state),
        **more,
    }


def _about(ticket: Ticket, rated: bool) -> list[tuple[str, Any]]:
    contact = queries.masked_contact(ticket)
    rows = [
        ("类型", ticket.kind),
        ("渠道", Channel(ticket.channel).label),
        ("紧急程度", ticket.case.urgency),
        ("属地", ticket.area.short if ticket.area else ""),
        ("地点", ticket.place),
        ("清单事项", item_said(ticket)),
        ("分类", ticket.class_path),
        ("诉求人", contact["name"]),
        ("电话", contact["phone"]),
        ("来源编号", ticket.source_number),
        ("退单次数", ticket.return_count or ""),
        ("重办次数", ticket.redo_count or ""),
        ("评价", Rating(ticket.rating).label if rated and ticket.rating else ""),
        ("不予受理", RefusalReason(ticket.refusal).label if ticket.refusal else ""),
    ]
    return [(label, value) for label, value in rows if value not in ("", None)]


def next_of(acts: list[dict[str, Any]], ticket: Ticket) -> dict[str, Any] | None:
    """The act that comes next, for the bottom of a phone: the first that matters, 首次联系 only once."""
    for act in acts:
        if act["tone"] == "primary" and not (act["event"] == "contact" and ticket.first_contact_at):
            address = reverse("officer:ticket_act", args=[ticket.pk, act["event"]])
            return {"label": act["label"], "url": address, "asks": not act["plain"], "event": act["event"]}
    return None


def item_said(ticket: Ticket) -> str:
    """The list item by its name, its code behind; the code alone when the list of that day does not have it."""
    if not ticket.item_code:
        return ""
    items = list_of(ticket.region, day_of(ticket.received_at))[1]
    name = next((one.name for one in items if one.code == ticket.item_code), "")
    return f"{name}（{ticket.item_code}）" if name else ticket.item_code


# What a citizen uploaded shows faces, papers and numbers: nothing in it is masked.
OPEN_FILES = ("tickets.handle", "tickets.dispatch", "tickets.unmask")
_WAY = (
    ("受理", (TicketState.RECEIVED, TicketState.SUPPLEMENT)),
    ("派单", (TicketState.DISPATCHED, TicketState.RETURNED, TicketState.CONSULTING)),
    ("办理", (TicketState.HANDLING, TicketState.SUSPENDED)),
    ("审核", (TicketState.REPLIED,)),
    ("回访", (TicketState.CALLBACK,)),
    ("办结", (TicketState.CLOSED, TicketState.ARCHIVED)),
)


def _steps(state: str) -> list[dict[str, str]]:
    if state in (TicketState.REFUSED, TicketState.POLICE, TicketState.MERGED, TicketState.WITHDRAWN):
        return [{"label": "受理", "state": "done"}, {"label": TicketState(state).label, "state": "done"}]
    here = next(n for n, (_, states) in enumerate(_WAY) if state in states)
    last = TICKET_FLOW.groups["handled"]
    return [
        {
            "label": label,
            "state": "done" if n < here or TicketState(state) in last else ("now" if n == here else "todo"),
        }
        for n, (label, _) in enumerate(_WAY)
    ]


@page("tickets.unmask")
@require_POST
def look(request: Request, id: uuid.UUID) -> HttpResponse:
    """查看联系方式: the reason is logged before the number is shown."""
    ticket = find(request, id)
    contact = actions.look(ticket, why=request.POST.get("why", ""), by=request.actor, at=request.now)
    shown = context(request, find(request, id), contact=contact, body=ticket.body)
    response = render(request, "officer/tickets/order.html", shown)
    response["Cache-Control"] = "no-store"
    return response


@page(*OPEN_FILES)
def attachment(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """附件, always sent as a download: for who handles the matter, not for who sees it masked."""
    ticket = find(request, id)
    stored = queries.attachment(ticket, file_id)
    if stored is None:
        raise Http404("这件工单没有这个附件。")
    return send_file(stored)


@page(*OPEN_FILES)
def enclosure(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A photo or file that came with an act: for who handles the matter."""
    return enclosures.serve(request, find(request, id).pk, file_id)
