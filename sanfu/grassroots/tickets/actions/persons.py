"""The person behind an order (个人信息权利): all that is held of somebody in a copy, and its erasure by law.

Erasure takes contact, message, place, words of call-backs and ratings, words in events, and the citizen's files. What stays
is what the county answers for: number, kind, item, units, clocks, states, and one event that says who erased and why.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from sanfu.cases.models import Case
from sanfu.grassroots.tickets.models import Attachment, Contact, Ticket
from sanfu.match.actions import forget
from sanfu.people.messages.models import Message
from sanfu.records import files, sealed
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.models import Event
from sanfu.records.queries import timeline
from sanfu.records.sealed import GONE

MAY = "tickets.erase"


@transaction.atomic
def held_of(ticket: Ticket, *, by: Actor, at: datetime) -> dict[str, Any]:
    """All that is held of the person of an order, as plain data for a copy (个人信息副本); the look is an event.

    Raises:
        NotAllowed: not the officer for personal data.
    """
    _may(by)
    contact = Contact.objects.filter(ticket=ticket).first()
    copy = {
        "工单": ticket.case.number,
        "受理时间": ticket.received_at,
        "姓名": contact.name if contact else "",
        "电话": contact.phone if contact else "",
        "地址": contact.address if contact else "",
        "标题": ticket.case.title,
        "内容": ticket.body,
        "来信原文": ticket.original,
        "地点": ticket.place,
        "评价": ticket.rating_note,
        "回访": [one.note for one in ticket.callbacks.order_by("at") if one.note],
        "附件": [{"文件名": one.file.name, "SHA-256": one.file.sha256} for one in _files(ticket)],
        "经过": [
            {"时间": row["at"], "经手": row["by_name"], "事项": row["kind"], "说明": row["data"]}
            for row in timeline(ticket.pk)
        ],
    }
    append(stream=ticket.pk, kind="ticket.copied", by=by, at=at)
    return copy


def _may(by: Actor) -> None:
    if not by.may(MAY):
        raise NotAllowed("只有个人信息保护负责人可以导出或删除诉求人的个人信息。")


def _files(ticket: Ticket) -> list[Attachment]:
    return list(ticket.attachments.filter(from_citizen=True).select_related("file").order_by("pk"))


@transaction.atomic
def erase(ticket: Ticket, *, why: str, by: Actor, at: datetime) -> int:
    """Erase the person of a closed order (依法删除个人信息); returns how many files went.

    Raises:
        NotAllowed: not the officer for personal data.
        Refused: no reason, the order is still handled, or it was erased before.
    """
    _may(by)
    case = Case.objects.select_for_update().get(pk=ticket.pk)
    if len(why.strip()) < 4:
        raise Refused("请写明依据和申请，例如“本人申请，个人信息保护法第四十七条”。")
    if case.closed_at is None:
        raise Refused("工单还在办理，办结后才能删除诉求人的个人信息；可先限制查看。")
    if Ticket.objects.filter(pk=ticket.pk, body=GONE).exists():
        raise Refused("这件工单的个人信息已经删除。")
    Contact.objects.filter(ticket=ticket).delete()
    Ticket.objects.filter(pk=ticket.pk).update(
        body=GONE, original="", place="", lon=None, lat=None, rating_note="", suggested={}, source_number="", reply_internal=GONE,
        reply_public=GONE if ticket.reply_public else "",
    )  # fmt: skip
    ticket.callbacks.update(note="")
    ticket.assignments.exclude(feedback="").update(feedback=GONE)
    ticket.assignments.exclude(return_note="").update(return_note=GONE)
    ticket.extensions.update(reason=GONE)
    ticket.rulings.update(grounds=GONE)
    Case.objects.filter(pk=ticket.pk).update(title=GONE)
    forget(source=ticket.pk, words=GONE)
    events = Event.objects.filter(stream=ticket.pk).values("id")
    Message.objects.filter(event__in=events).update(words=GONE)
    gone = _erase_files(ticket)
    sealed.destroy([ticket.pk, *gone], region=ticket.region)
    data = {"why": why.strip()[:300], "files": len(gone)}
    append(stream=ticket.pk, kind="ticket.erased", by=by, at=at, data=data)
    return len(gone)


def _erase_files(ticket: Ticket) -> list[Any]:
    """Delete the citizen's files of an order; bytes that another order also holds stay for that one."""
    gone = []
    for one in _files(ticket):
        stored = one.file
        Attachment.objects.filter(pk=one.pk).delete()
        if Attachment.objects.filter(file=stored).exists():
            continue
        gone.append(stored.pk)
        files.erase(stored)
    return gone
