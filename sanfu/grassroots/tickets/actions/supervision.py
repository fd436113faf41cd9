"""Supervision (督办): extensions, suspensions, pressure, archive."""

from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Changes, Stepped
from sanfu.grassroots.tickets.actions.shared import E, extension_said, move
from sanfu.grassroots.tickets.models import Extension, Ticket
from sanfu.grassroots.tickets.states import HANDLING
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused


@transaction.atomic
def decide_extension(
    ticket: Ticket, *, granted: bool, by: Actor, at: datetime, expected: int | None = None
) -> Stepped | None:
    """Grant or deny the extension that is asked for (批准延期); granted days lengthen the handling clock."""
    asked = ticket.extensions.filter(granted=None).first()
    if asked is None:
        raise Refused("这件工单没有待批准的延期申请。")
    if not by.may("tickets.supervise"):
        raise NotAllowed("延期由督办员批准。")
    Extension.objects.filter(pk=asked.pk).update(granted=granted, decided_at=at, citizen_told=granted)
    if not granted:
        append(stream=ticket.pk, kind="ticket.extension_denied", by=by, at=at, data={"days": asked.days})
        return None
    return move(
        ticket,
        E.EXTEND,
        by=by,
        at=at,
        expected=expected,
        facts=extension_said(ticket, asked.days, asked.asked_at),
        data={"days": asked.days, "reason": asked.reason},
        changes=Changes(extend={HANDLING: asked.days}),
    )


@transaction.atomic
def suspend(
    ticket: Ticket, *, reason: str, until: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Pause the handling clock for an objective reason (挂起), with the condition that ends it."""
    if not reason.strip() or not until.strip():
        raise Refused("挂起须写明客观事由和恢复条件。")
    return move(ticket, E.SUSPEND, by=by, at=at, expected=expected, data={"reason": reason, "until": until})


@transaction.atomic
def resume(ticket: Ticket, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """Take a suspended order up again (恢复办理)."""
    return move(ticket, E.RESUME, by=by, at=at, expected=expected)


@transaction.atomic
def supervise(
    ticket: Ticket, *, demand: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Press an order (督办)."""
    if not demand.strip():
        raise Refused("督办须写明要求。")
    return move(ticket, E.SUPERVISE, by=by, at=at, expected=expected, data={"demand": demand})


@transaction.atomic
def archive(ticket: Ticket, *, by: Actor, at: datetime) -> Stepped:
    """Put a closed order away (归档); nothing changes after this."""
    return move(ticket, E.ARCHIVE, by=by, at=at)
