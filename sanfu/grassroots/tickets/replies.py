"""What helps to write a reply: the frame of the list item (答复模板) and the unit's own phrases (常用语)."""

from datetime import datetime
from functools import cache

from django.conf import settings
from django.db.models import QuerySet

from sanfu.grassroots.tickets.models import Phrase, Ticket
from sanfu.match.queries import list_of
from sanfu.records.actor import Actor
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
