"""What helps to write a reply: the frame of the list item (答复模板) and the unit's own phrases (常用语)."""

import uuid
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from sanfu.grassroots.tickets.models import Phrase, Ticket
from sanfu.match.queries import list_of
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.content import read_yaml
from sanfu.records.moments import day_of

MOST_PHRASES = 40


@cache
def frames() -> dict[str, str]:
    """Kind of handling → its frame, from content/handling/replies.yaml."""
    read: dict[str, str] = read_yaml(settings.CONTENT / "handling" / "replies.yaml")["frames"]
    return read


def frame_of(ticket: Ticket, *, at: datetime) -> str:
    """The reply frame of an order's list item with the item's own words in it; "" without an item or a frame."""
    items = list_of(ticket.region, day_of(at))[1] if ticket.item_code else ()
    item = next((one for one in items if one.code == ticket.item_code), None)
    if item is None or item.reply not in frames():
        return ""
    basis = "、".join(one.text for one in item.basis if one.mark != "待核")
    said = {
        "name": item.name,
        "close": f"办结标准：{item.closing}。" if item.closing else "",
        "basis": f"依据：{basis}。" if basis else "",
    }
    return frames()[item.reply].format_map(said)


def phrases(actor: Actor) -> "QuerySet[Phrase]":
    """The phrases of the actor's own unit, oldest first."""
    return Phrase.objects.filter(region=actor.region, unit=actor.organisation, retired_at=None).order_by("at")


@transaction.atomic
def keep_phrase(*, text: str, by: Actor, at: datetime) -> Phrase:
    """Keep a phrase for everybody of the own unit."""
    said = " ".join(text.split())
    if not by.organisation:
        raise NotAllowed("您的账号没有所属单位，不能设置常用语。")
    if not 4 <= len(said) <= 500:
        raise Refused("常用语写4到500个字。")
    if phrases(by).count() >= MOST_PHRASES:
        raise Refused(f"一个单位最多{MOST_PHRASES}条常用语；请先删去不用的。")
    try:
        with transaction.atomic():
            kept = Phrase.objects.create(
                region=by.region, unit_id=by.organisation, text=said, by_name=by.name, at=at
            )
    except IntegrityError as twice:
        raise Refused("这条常用语已经有了。") from twice
    append(stream=kept.pk, kind="tickets.phrase_kept", by=by, at=at, data={"text": said})
    return kept


@transaction.atomic
def drop_phrase(id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Take a phrase of the own unit out of use."""
    found = phrases(by).filter(pk=id).first()
    if found is None:
        raise Refused("没有这条常用语，或已经删去。")
    Phrase.objects.filter(pk=id).update(retired_at=at)
    append(stream=id, kind="tickets.phrase_dropped", by=by, at=at)
