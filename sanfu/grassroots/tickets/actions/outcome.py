"""How it ends: call-back, rating, handling again, and the logged look at who asked (回访、评价、重办)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Changes, Stepped
from sanfu.grassroots.tickets.actions.shared import E, move, words_sealed
from sanfu.grassroots.tickets.models import Assignment, Callback, Contact, Ticket
from sanfu.grassroots.tickets.promises import clock_rules, limits
from sanfu.grassroots.tickets.room import TICKET
from sanfu.grassroots.tickets.rules import RedoSaid, closes
from sanfu.grassroots.tickets.states import Channel, Rating, RequestType, TicketEvent, TicketState, Urgency
from sanfu.kernel.codes import mask
from sanfu.people.messages.queries import holders
from sanfu.people.models import User
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.records.moments import day_of


@transaction.atomic
def call_back(
    ticket: Ticket,
    *,
    reached: bool,
    responded: bool | None,
    resolved: bool | None,
    rating: Rating | None,
    note: str,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Stepped | None:
    """One call to the citizen (回访). Closes, has it handled again, or (not reached) is only counted."""
    if reached and (resolved is None or rating is None):
        raise Refused("已联系上诉求人，请记录是否解决和满意程度。")
    if ticket.case.state != TicketState.CALLBACK:
        raise Refused(f"当前状态“{TicketState(ticket.case.state).label}”不能回访；审核通过后才回访。")
    Callback.objects.create(
        region=ticket.region,
        ticket=ticket,
        at=at,
        reached=reached,
        responded=responded,
        resolved=resolved,
        rating=rating or "",
        note=note,
    )
    verdict = closes(
        reached=reached,
        resolved=resolved,
        rating=rating or "",
        attempts=ticket.callbacks.count(),
        limits=limits(),
    )
    data: dict[str, Any] = {
        "reached": reached,
        "responded": responded,
        "resolved": resolved,
        "rating": rating,
        "level": rating.level if rating else None,
    }
    if verdict is None:
        append(stream=ticket.pk, kind="ticket.callback_missed", by=by, at=at, data=data)
        return None
    Ticket.objects.filter(pk=ticket.pk).update(resolved=resolved, rating=rating or ticket.rating)
    if verdict or ticket.redo_count >= limits().redo:
        return move(
            ticket, E.CALLED_BACK, by=by, at=at, expected=expected, data={**data, "unsettled": not verdict}
        )
    return again(ticket, E.REDO, by=by, at=at, expected=expected, data=data)


@transaction.atomic
def assign_callback(
    ticket: Ticket, caller: User, *, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Give the call-back to somebody (回访分配), who must hold the permission to call back that day."""
    if caller.pk not in holders(ticket.region, "tickets.callback", day_of(at)):
        raise Refused(f"{caller.name}现在没有回访的岗位；请换一位回访员。")
    Ticket.objects.filter(pk=ticket.pk).update(caller=caller)
    return move(ticket, E.ASSIGN_CALLBACK, by=by, at=at, expected=expected, data={"caller": caller.name})


def again(
    ticket: Ticket,
    event: TicketEvent,
    *,
    by: Actor,
    at: datetime,
    data: dict[str, Any],
    expected: int | None = None,
) -> Stepped:
    rules = clock_rules(
        Channel(ticket.channel), RequestType(ticket.kind), Urgency(ticket.case.urgency), stage="again"
    )
    said = RedoSaid(ticket.redo_count, limits().redo)
    done = move(
        ticket, event, by=by, at=at, expected=expected, facts=said, data=data, changes=Changes(clocks=rules)
    )
    Ticket.objects.filter(pk=ticket.pk).update(
        redo_count=ticket.redo_count + 1, handled_at=None, replied_at=None
    )
    return done


@transaction.atomic
def rate(
    ticket: Ticket, *, rating: Rating, note: str, resolved: bool | None, by: Actor, at: datetime
) -> Stepped:
    """The citizen's own rating (评价), five levels; may be changed until the order is archived."""
    changed: dict[str, Any] = {"rating": rating, "rating_note": note[:1000]}
    if resolved is not None:
        changed["resolved"] = resolved
    Ticket.objects.filter(pk=ticket.pk).update(**changed)
    data = {"rating": str(rating), "level": rating.level, "resolved": resolved, "note": mask(note)}
    return move(ticket, E.RATE, by=by, at=at, data=data)


def rated_by_link(event: Event) -> None:
    """Handler of "ratings.given": the rating of the signed link is the order's own where it has none yet."""
    if event.data.get("kind") != TICKET.code:
        return
    ticket = Ticket.objects.select_related("case").get(pk=event.data["case"])
    rating = next(one for one in Rating if one.level == event.data["level"])
    if ticket.rating:
        return
    by = Actor(id=event.by, name=event.by_name, region=event.region)
    if ticket.case.state in (TicketState.CALLBACK, TicketState.CLOSED):
        rate(ticket, rating=rating, note="", resolved=None, by=by, at=event.at)
    else:  # archived meanwhile: the figure counts, the order does not move any more
        Ticket.objects.filter(pk=ticket.pk).update(rating=rating)


@transaction.atomic
def reopen(ticket: Ticket, *, why: str, by: Actor, at: datetime) -> Stepped:
    """The citizen is not content and has it handled again (要求重办)."""
    if not why.strip():
        raise Refused("请写明哪里没有解决，承办单位会据此重办。")
    lead = ticket.assignments.filter(leads=True).order_by("-since").first()
    if lead and lead.until is not None:
        Assignment.objects.filter(pk=lead.pk).update(until=None)
    return again(ticket, E.REOPEN, by=by, at=at, data={"why": mask(why)})


@transaction.atomic
def look(ticket: Ticket, *, why: str, by: Actor, at: datetime) -> Contact | None:
    """Show the citizen's name and phone unmasked; the look and its reason are logged first."""
    if not by.may("tickets.unmask"):
        raise NotAllowed("查看诉求人联系方式须有权限；请由派单员或承办人联系。")
    if not by.may("tickets.see_all") and not (set(ticket.case.units) & by.units):
        raise NotAllowed("这件工单不在本单位，不能查看诉求人信息。")
    if len(why.strip()) < 2:
        raise Refused("请写明查看事由，例如“首次联系诉求人”。")
    data = words_sealed(ticket, {"why": why})
    append(stream=ticket.pk, kind="ticket.looked", by=by, at=at, data=data)
    return Contact.objects.filter(ticket=ticket).first()
