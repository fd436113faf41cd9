"""The suggestion panel of the desk: top units with reasons, from the match room."""

from datetime import datetime
from typing import Any

from sanfu.grassroots.tickets.advice import advise
from sanfu.grassroots.tickets.models import Ticket


def suggestions(ticket: Ticket, at: datetime) -> dict[str, Any] | None:
    """What the matcher says now: it may have learned since the order came in. None: it has nothing to say."""
    now = advise(ticket.body, region=ticket.region, at=at, place=ticket.place, area=ticket.area_id)
    return now or ticket.suggested or None
