"""The handling unit (承办单位): sign, contact, return, ask for help or time, answer, review."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Changes, Stepped
from sanfu.grassroots.tickets.actions.intake import attach
from sanfu.grassroots.tickets.actions.shared import E, extension_said, move, not_hidden, own
from sanfu.grassroots.tickets.models import Assignment, Extension, Ticket
from sanfu.grassroots.tickets.promises import clock_rules, limits
from sanfu.grassroots.tickets.rules import ReplySaid, ReturnSaid
from sanfu.grassroots.tickets.states import Channel, RequestType, ReturnReason, Urgency
from sanfu.kernel.codes import mask
from sanfu.people.models import Organisation
from sanfu.records.actor import Actor, NotAllowed, Refused


@transaction.atomic
def sign(ticket: Ticket, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """Sign for an order (签收)."""
    running = own(ticket, by)
    Assignment.objects.filter(pk=running.pk).update(signed_at=at)
    return move(ticket, E.SIGN, by=by, at=at, expected=expected, data={"unit": running.unit.code})


@transaction.atomic
def contact(ticket: Ticket, *, how: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """Record the first contact with the citizen (首次联系): it is what response is measured by."""
    own(ticket, by)
    if not how.strip():
        raise Refused("请写明何时以何种方式联系了诉求人。")
    if ticket.first_contact_at is None:
        Ticket.objects.filter(pk=ticket.pk).update(first_contact_at=at)
    return move(ticket, E.CONTACT, by=by, at=at, expected=expected, data={"how": mask(how)})


@transaction.atomic
def send_back_to_desk(
    ticket: Ticket,
    *,
    reason: ReturnReason,
    note: str,
    cites: str,
    proposes: Organisation | None,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Stepped:
    """Return an order (退单). The second return of one order opens the joint ruling."""
    running = own(ticket, by)
    said = ReturnSaid(reason, note, cites, proposes is not None, reason is ReturnReason.NOT_OURS)
    again = ticket.return_count + 1 >= limits().consult_at
    data = {
        "unit": running.unit.code,
        "reason": str(reason),
        "note": note,
        "cites": cites,
        "proposes": proposes.code if proposes else None,
    }
    done = move(
        ticket,
        E.RETURN_AGAIN if again else E.RETURN,
        by=by,
        at=at,
        expected=expected,
        facts=said,
        data=data,
        changes=Changes(clear_lead=True),
    )
    Assignment.objects.filter(pk=running.pk).update(
        until=at, return_reason=reason, return_note=note, return_proposes=proposes
    )
    Ticket.objects.filter(pk=ticket.pk).update(return_count=ticket.return_count + 1)
    return done


@transaction.atomic
def assist(
    ticket: Ticket, unit: Organisation, *, what: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Ask another unit to help (协办); the lead keeps the order."""
    running = own(ticket, by)
    not_hidden(ticket, unit)
    if unit.id == running.unit_id:
        raise Refused("协办单位不能是主办单位自己。")
    if ticket.assignments.filter(leads=False, until=None, unit=unit).exists():
        raise Refused(f"{unit.short}已在协办，不必重复申请。")
    Assignment.objects.create(
        region=ticket.region, ticket=ticket, unit=unit, leads=False, since=at, reason=what
    )
    data = {"unit": unit.code, "unit_name": unit.short, "what": what}
    changes = Changes(add_units=frozenset({unit.id}))
    return move(ticket, E.ASSIST, by=by, at=at, expected=expected, data=data, changes=changes)


@transaction.atomic
def assist_done(ticket: Ticket, *, feedback: str, by: Actor, at: datetime) -> Stepped:
    """The assisting unit reports back (协办反馈)."""
    mine = ticket.assignments.filter(leads=False, until=None, unit__in=by.units).first()
    if mine is None:
        raise NotAllowed("本单位没有在协办这件工单。")
    Assignment.objects.filter(pk=mine.pk).update(until=at, feedback=feedback)
    return move(ticket, E.ASSIST_DONE, by=by, at=at, data={"unit": mine.unit.code, "feedback": feedback})


@transaction.atomic
def whistle(ticket: Ticket, *, grounds: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """Call the units together (吹哨会商)."""
    if not by.may("tickets.dispatch"):
        own(ticket, by)
    if not grounds.strip():
        raise Refused("吹哨须写明分歧或需要会商的问题。")
    ticket.assignments.filter(leads=True, until=None).update(until=at)
    changes = Changes(clear_lead=True)
    return move(
        ticket, E.WHISTLE, by=by, at=at, expected=expected, data={"grounds": grounds}, changes=changes
    )


@transaction.atomic
def ask_extension(
    ticket: Ticket, *, days: int, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> Stepped:
    """Ask for more time (申请延期), before the limit runs out."""
    own(ticket, by)
    if not reason.strip():
        raise Refused("申请延期须写明客观原因。")
    if ticket.extensions.filter(granted=None).exists():
        raise Refused("已有一份延期申请在等批准，不能重复申请。")
    Extension.objects.create(region=ticket.region, ticket=ticket, days=days, reason=reason, asked_at=at)
    said = extension_said(ticket, days, at)
    data = {"days": days, "reason": reason}
    return move(ticket, E.ASK_EXTENSION, by=by, at=at, expected=expected, facts=said, data=data)


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    public: str,
    internal: str = "",
    files: Iterable[uuid.UUID] = (),
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Stepped:
    """Answer the citizen (答复); the unit's reviewer looks at it first."""
    own(ticket, by)
    said = ReplySaid(public, limits().reply_characters)
    done = move(ticket, E.REPLY, by=by, at=at, expected=expected, facts=said, data={"reply": mask(public)})
    Ticket.objects.filter(pk=ticket.pk).update(reply_public=public, reply_internal=internal, replied_at=at)
    attach(ticket, files, from_citizen=False)
    return done


@transaction.atomic
def approve(ticket: Ticket, *, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """The unit's reviewer lets the reply out (审核通过): handled, now the call-back clock runs."""
    own(ticket, by)
    Ticket.objects.filter(pk=ticket.pk).update(handled_at=at)
    rules = clock_rules(
        Channel(ticket.channel), RequestType(ticket.kind), Urgency(ticket.case.urgency), stage="handled"
    )
    return move(ticket, E.APPROVE, by=by, at=at, expected=expected, changes=Changes(clocks=rules))


@transaction.atomic
def send_back(ticket: Ticket, *, why: str, by: Actor, at: datetime, expected: int | None = None) -> Stepped:
    """The reviewer wants the reply better (审核退回)."""
    own(ticket, by)
    if not why.strip():
        raise Refused("审核退回须写明哪里不足。")
    return move(ticket, E.SEND_BACK, by=by, at=at, expected=expected, data={"why": why})
