"""What comes in (受理): one submission, one order, however often it is sent."""

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from sanfu.cases.actions import Opening, open_case
from sanfu.grassroots.tickets.actions.desk import dispatch
from sanfu.grassroots.tickets.advice import advise, automatic, sent_without_a_person
from sanfu.grassroots.tickets.models import Attachment, Contact, Ticket
from sanfu.grassroots.tickets.promises import clock_rules
from sanfu.grassroots.tickets.room import TICKET
from sanfu.grassroots.tickets.states import TICKET_FLOW, Channel, RequestType, Urgency
from sanfu.kernel.codes import mask
from sanfu.match import queries
from sanfu.people.models import Organisation
from sanfu.people.queries import organisation
from sanfu.records.actions import append, number, remember
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile
from sanfu.records.places import county_map
from sanfu.records.queries import receipt_of
from sanfu.records.sealed import seal

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: people read codes aloud


@dataclass(frozen=True, slots=True)
class Submission:
    """What comes in. `key` makes a repeated submission the same order (see `key_of`); `area` is the town (属地).

    lon, lat: where it is, in degrees (CGCS2000), when somebody chose a place; the town follows from it when none is said.

    digest: SHA-256 of what was sent; the same key with another digest is a conflict, not a repetition.
    sender: whose numbers `source_number` are; two senders may use the same one.
    earlier: the key that releases before `key_of` gave the same submission; a repetition of such an order is still one.
    """

    body: str
    kind: RequestType
    channel: Channel
    key: str
    title: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    area: uuid.UUID | None = None
    urgency: Urgency = Urgency.NORMAL
    item_code: str = ""
    list_version: str = ""
    class_path: str = ""
    suggested: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    address: str = ""
    anonymous: bool = False
    confidential: bool = False
    hidden_from: tuple[uuid.UUID, ...] = ()
    source_number: str = ""
    occurred_at: datetime | None = None
    applicant: uuid.UUID | None = None
    files: tuple[uuid.UUID, ...] = ()
    split_from: uuid.UUID | None = None
    original: str = ""
    digest: str = ""
    sender: uuid.UUID | None = None
    earlier: str = ""


def key_of(way: str, sender: str, key: str) -> str:
    """The key of a submission: hashed whole, in a namespace of its way in (form, api, import) and of its sender.

    What a sender says can neither be cut to another key nor name a key of another way or sender.
    """
    return f"{way}:{hashlib.sha256(repr((sender, key)).encode('utf-8', 'surrogatepass')).hexdigest()}"


LONGEST_BODY = 20_000


def storable(text: str) -> str:
    """Text without what a database cannot keep: NUL, and halves of characters that broke on the way."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _checked(submission: Submission) -> Submission:
    texts = ("title", "place", "name", "phone", "address", "source_number")
    clean: dict[str, Any] = {name: storable(getattr(submission, name)) for name in texts}
    submission = replace(submission, **clean)
    if (submission.lon is None) != (submission.lat is None):
        submission = replace(submission, lon=None, lat=None)
    body = storable(submission.body).strip()
    if submission.area is None and submission.lon is not None and submission.lat is not None:
        submission = replace(submission, area=_town_at(submission.lon, submission.lat))
    if not body:
        raise Refused("诉求内容是空的；请写明时间、地点和要解决的事。")
    if len(body) > LONGEST_BODY:
        raise Refused(
            f"诉求内容有{len(body)}个字，超过{LONGEST_BODY}字；请写要点，详细材料作为附件上传，您已填写的内容保留在页面上。"
        )
    title = " ".join((submission.title or body).split())[:60]
    return replace(
        submission, body=body, title=mask(title), name="" if submission.anonymous else submission.name
    )


def _town_at(lon: float, lat: float) -> uuid.UUID | None:
    """The town or zone that a point of the map lies in."""
    place = county_map().area_at(lon, lat)
    found = Organisation.objects.filter(area=place.area, kind__in=["town", "zone"]) if place else None
    return found.values_list("pk", flat=True).first() if found else None


def _advised(s: Submission, *, by: Actor, at: datetime) -> Submission:
    """With what the matcher says on that day, kept beside the order for ever."""
    return (
        s
        if s.suggested
        else replace(s, suggested=advise(s.body, region=by.region, at=at, place=s.place, area=s.area))
    )


def submit(submission: Submission, *, by: Actor, at: datetime) -> Ticket:
    """Take in one request; the same key again gives the same order and changes nothing."""
    submission = replace(submission, key=storable(submission.key))
    if (known := _known(submission, by)) is not None:
        return known
    checked = _advised(_checked(submission), by=by, at=at)
    try:
        with transaction.atomic():
            ticket = _open(checked, by=by, at=at)
            kept = remember(
                scope=SCOPE, key=submission.key, result=ticket.pk, digest=submission.digest, by=by, at=at
            )
            if not kept:
                raise _SentTwice
    except (_SentTwice, IntegrityError) as twice:
        # The other copy finished while this one worked: its receipt, or already its source number, stood in the way.
        if (known := _known(submission, by)) is not None:
            return known
        if isinstance(twice, IntegrityError) and "one_order_a_source_number" in str(twice):
            raise Refused(
                f"来源编号“{submission.source_number}”已经登记过一件工单；请核对编号，同一件请查看原工单。"
            ) from twice
        raise
    _dispatch_if_sure(ticket, at=at)
    return ticket


SCOPE = "ticket"


def _known(submission: Submission, by: Actor) -> Ticket | None:
    """The order that this key led to before; Conflict when it was sent with another content."""
    found = receipt_of(region=by.region, scope=SCOPE, key=submission.key)
    if found is None:
        return _known_earlier(submission, by)
    result, digest = found
    if digest and submission.digest and digest != submission.digest:
        raise _other_content(digest, submission.digest)
    return Ticket.objects.get(pk=result)


def _known_earlier(submission: Submission, by: Actor) -> Ticket | None:
    """The order that an earlier release took in under its own key for the same submission.

    Earlier keys were cut at 80 letters and kept no digest: the receipt alone proves nothing. The sender's number must
    be the same, or the receipt is of another request; then the texts are compared.
    """
    found = receipt_of(region=by.region, scope=SCOPE, key=submission.earlier) if submission.earlier else None
    ticket = Ticket.objects.filter(pk=found[0]).first() if found else None
    if ticket is None or ticket.source_number != storable(submission.source_number):
        return None
    before, now = (_sha256(text) for text in (ticket.body, storable(submission.body).strip()))
    if before != now:
        raise _other_content(before, now)
    return ticket


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _other_content(before: str, now: str) -> Conflict:
    return Conflict(
        f"这个编号先前提交过不同的内容：先前的摘要 {before}，这次的摘要 {now}。没有登记；请核对后换一个编号提交。"
    )


def submit_points(submission: Submission, points: Sequence[str], *, by: Actor, at: datetime) -> list[Ticket]:
    """Take in a message of several points (诉求点) as one order each, so that each finds its own unit.

    The first order keeps the whole message; the others name it. Sent again, the same orders come back.
    """
    if len(points) < 2:
        return [submit(submission, by=by, at=at)]
    with transaction.atomic():
        first = submit(replace(submission, body=points[0], original=submission.body), by=by, at=at)
        rest = [
            submit(
                replace(
                    submission, body=point, split_from=first.pk, key=f"{submission.key}#{n}", source_number=""
                ),
                by=by,
                at=at,
            )
            for n, point in enumerate(points[1:], 2)
        ]
    return [first, *rest]


def _dispatch_if_sure(ticket: Ticket, *, at: datetime) -> None:
    """Dispatch without a person where the desk promised a precision and its record keeps it."""
    first = sent_without_a_person(ticket)
    unit = organisation(ticket.region, first.unit) if first else None
    if first and unit and unit.id not in ticket.hidden_from:
        by = automatic(ticket.region)
        dispatch(ticket, unit, reason=f"自动派单：{first.reason}", item_code=first.item, by=by, at=at)


class _SentTwice(Exception):
    """Another process finished the same submission first: this one is undone."""


def _open(s: Submission, *, by: Actor, at: datetime) -> Ticket:
    version = s.list_version or queries.version_name(s.suggested.get("list_version", ""))
    opening = Opening(
        kind=TICKET.code,
        number=number("SQ", by=by, at=at),
        title=s.title,
        withheld=frozenset(s.hidden_from),
        applicant=s.applicant,
        urgency=s.urgency,
        clocks=clock_rules(s.channel, s.kind, s.urgency, stage="received"),
        pinned={"list": version} if version else {},
    )
    case = open_case(opening, TICKET_FLOW, by=by, at=at)
    ticket = Ticket.objects.create(
        case=case,
        region=by.region,
        channel=s.channel,
        kind=s.kind,
        body=s.body,
        place=s.place[:200],
        lon=s.lon,
        lat=s.lat,
        area_id=s.area,
        occurred_at=s.occurred_at,
        item_code=s.item_code,
        list_version=version,
        class_path=s.class_path,
        suggested=s.suggested,
        anonymous=s.anonymous,
        confidential=s.confidential or s.kind is RequestType.REPORT,
        hidden_from=list(s.hidden_from),
        source_number=s.source_number,
        sender=s.sender,
        follow_code="".join(secrets.choice(CODE_LETTERS) for _ in range(6)),
        split_from_id=s.split_from,
        original=storable(s.original),
        received_at=at,
    )
    if s.name or s.phone or s.address:
        Contact.objects.create(
            ticket=ticket, region=by.region, name=s.name[:40], phone=s.phone[:30], address=s.address[:200]
        )
    attach(ticket, s.files, from_citizen=True)
    _firm_called(ticket, s, by, at)
    return ticket


OWN_FIRM = re.compile(r"我公司|我司|我厂|本公司|本厂|我们公司|我们厂|我单位")
FIRM_NAME = re.compile(r"[\u4e00-\u9fff（）()]{2,40}?(?:有限责任公司|股份有限公司|有限公司|公司|厂)")


def _firm_called(ticket: Ticket, s: Submission, by: Actor, at: datetime) -> None:
    """A firm that calls for itself is told to whoever keeps firms' demands; the order goes its way all the same."""
    names = firm_names(s.name, s.body)
    if names and not (s.anonymous or s.confidential or s.kind is RequestType.REPORT):
        data = {
            "order": str(ticket.case_id), "names": "；".join(names), "number": ticket.case.number, "title": ticket.case.title,
            "text": mask(s.body[:1800]),
        }  # fmt: skip
        kept = seal(data, ("names", "title", "text"), subject=ticket.case_id, region=by.region)
        append(stream=new_id(), kind="ticket.firm_called", by=by, at=at, data=kept)


def firm_names(caller: str, body: str) -> list[str]:
    """Names that may be a firm's: the caller's, and those in a text that speaks of its own firm (我公司, 我厂)."""
    found = [caller.strip()] if FIRM_NAME.fullmatch(caller.strip()) else []
    if OWN_FIRM.search(body):
        for text in FIRM_NAME.findall(body):
            found += [text[at:] for at in range(len(text) - 3)]  # where the name begins is not written
    return list(dict.fromkeys(found))[:200]


def attach(ticket: Ticket, files: Iterable[uuid.UUID], *, from_citizen: bool) -> None:
    """Tie stored files to an order."""
    Attachment.objects.bulk_create(
        Attachment(ticket=ticket, file=one, from_citizen=from_citizen)
        for one in StoredFile.objects.filter(region=ticket.region, id__in=list(files))
    )
