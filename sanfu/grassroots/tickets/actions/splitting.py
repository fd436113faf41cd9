"""One order with several demands (一单多诉) becomes several at the desk, as its citizen could have sent them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from sanfu.cases.actions import Changes
from sanfu.grassroots.tickets.actions.intake import Submission, key_of, submit
from sanfu.grassroots.tickets.actions.shared import E, move
from sanfu.grassroots.tickets.models import Contact, Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType, Urgency
from sanfu.kernel.codes import mask
from sanfu.records.actor import Actor, Refused

SHORTEST = 4
MOST = 8


@transaction.atomic
def split(
    ticket: Ticket, points: Sequence[str], *, by: Actor, at: datetime, expected: int | None = None
) -> list[Ticket]:
    """Part an order (拆分): it keeps the first point and the whole message, each other point becomes an order.

    The clocks of the new orders run from when the message came: parting wins nobody time.
    """
    said = [" ".join(one.split()) for one in points if one.strip()]
    if not 2 <= len(said) <= MOST or any(len(one) < SHORTEST for one in said):
        raise Refused(f"拆分须写成2到{MOST}件，每件一段，写清是什么事；现在是{len(said)}件。")
    ticket.refresh_from_db()
    whole = ticket.original or ticket.body
    title = mask(" ".join(said[0].split())[:60])
    data = {"points": len(said), "text": mask("；".join(said))}
    move(ticket, E.SPLIT, by=by, at=at, expected=expected, data=data, changes=Changes(title=title))
    Ticket.objects.filter(pk=ticket.pk).update(body=said[0], original=whole)
    model = _submission(ticket)
    made = [
        submit(
            replace(model, body=text, key=key_of("split", str(ticket.pk), text)), by=by, at=ticket.received_at
        )
        for text in said[1:]
    ]
    return [Ticket.objects.select_related("case").get(pk=ticket.pk), *made]


def _submission(ticket: Ticket) -> Submission:
    """What the parts of an order have in common."""
    contact = Contact.objects.filter(ticket=ticket).first()
    return Submission(
        body="",
        kind=RequestType(ticket.kind),
        channel=Channel(ticket.channel),
        key="",
        place=ticket.place,
        lon=ticket.lon,
        lat=ticket.lat,
        area=ticket.area_id,
        urgency=Urgency(ticket.case.urgency) if ticket.case.urgency else Urgency.NORMAL,
        name=contact.name if contact else "",
        phone=contact.phone if contact else "",
        address=contact.address if contact else "",
        anonymous=ticket.anonymous,
        confidential=ticket.confidential,
        hidden_from=tuple(ticket.hidden_from),
        occurred_at=ticket.occurred_at,
        applicant=ticket.case.applicant_id,
        files=tuple(ticket.attachments.filter(from_citizen=True).values_list("file_id", flat=True)),
        split_from=ticket.split_from_id or ticket.pk,
    )
