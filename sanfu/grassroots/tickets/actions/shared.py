"""What several writes of an order need: the step with its guards, the own assignment, handing over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sanfu.cases.actions import Changes, Stepped, step
from sanfu.grassroots.tickets.models import Assignment, Ticket
from sanfu.grassroots.tickets.promises import clock_rules, limits
from sanfu.grassroots.tickets.rules import GUARDS, ExtensionSaid
from sanfu.grassroots.tickets.states import HANDLING, TICKET_FLOW, Channel, RequestType, TicketEvent, Urgency
from sanfu.people.models import Organisation
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.sealed import seal

E = TicketEvent


# What people type; in events it is sealed under the order's key, so that an erasure can take it (ADR 13).
WORDS = ("note", "what", "how", "grounds", "why", "text", "feedback", "demand", "told", "reply", "reason")


def words_sealed(ticket: Ticket, data: dict[str, Any]) -> dict[str, Any]:
    """The data of an event of an order with its words sealed."""
    return seal(data, WORDS, subject=ticket.pk, region=ticket.region)


def move(
    ticket: Ticket,
    event: TicketEvent,
    *,
    by: Actor,
    at: datetime,
    data: dict[str, Any] | None = None,
    **more: Any,
) -> Stepped:
    """One step of an order; its words are sealed in the event."""
    if data is not None:
        more["data"] = words_sealed(ticket, data)
    return step(ticket.pk, TICKET_FLOW, event, by=by, at=at, guards=GUARDS, **more)


def own(ticket: Ticket, by: Actor) -> Assignment:
    """The running lead assignment, which must be of one of the actor's units."""
    running = ticket.assignments.filter(leads=True, until=None).select_related("unit").first()
    if running is None or running.unit_id not in by.units:
        holder = f"现由{running.unit.short}主办" if running else "尚未派单"
        raise NotAllowed(f"这件工单{holder}，只有主办单位可以办理。")
    return running


def handed(ticket: Ticket, unit: Organisation, helpers: Iterable[Organisation] = ()) -> Changes:
    rules = clock_rules(
        Channel(ticket.channel), RequestType(ticket.kind), Urgency(ticket.case.urgency), stage="dispatched"
    )
    return Changes(lead=unit.id, clocks=rules, add_units=frozenset(one.id for one in helpers))


def assign(ticket: Ticket, unit: Organisation, *, reason: str, at: datetime) -> None:
    ticket.assignments.filter(leads=True, until=None).update(until=at)
    Assignment.objects.create(region=ticket.region, ticket=ticket, unit=unit, since=at, reason=reason)


def not_hidden(ticket: Ticket, unit: Organisation) -> None:
    if unit.id in ticket.hidden_from:
        raise Refused(f"{unit.short}是被举报单位，不能派给它；请派给其上级或监督部门。")


def extension_said(ticket: Ticket, days: int, at: datetime) -> ExtensionSaid:
    clock = ticket.case.clocks.filter(name=HANDLING, stopped_at=None).first()
    used = sum(ticket.extensions.filter(granted=True).values_list("days", flat=True))
    return ExtensionSaid(days, at, clock.due_at if clock else None, used, limits().extension_days)
