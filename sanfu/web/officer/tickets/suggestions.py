"""The suggestion panel of the desk: top units with reasons and similar orders with how they ended."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from sanfu.grassroots.tickets import queries
from sanfu.grassroots.tickets.advice import advise
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import TicketState
from sanfu.records.actor import Actor


def suggestions(ticket: Ticket, at: datetime, actor: Actor | None = None) -> dict[str, Any] | None:
    """What the matcher says now: it may have learned since the order came in. None: it has nothing to say.

    actor: for whom similar orders open; without one they stay words.
    """
    now = advise(ticket.body, region=ticket.region, at=at, place=ticket.place, area=ticket.area_id)
    found = now or ticket.suggested
    if not found:
        return None
    units = found.get("units", ())
    numbers = {_number(said) for one in units for said in one.get("similar", ())}
    known = {row["number"]: row for row in queries.ended(actor, numbers)} if actor else {}
    return {
        **found,
        "units": [{**one, "past": [_past(said, known) for said in one.get("similar", ())]} for one in units],
    }


def _number(said: str) -> str:
    """The number of a similar order: it stands before the bracket of its similarity."""
    return said.partition("（")[0]


def _past(said: str, known: dict[str, dict[str, Any]]) -> dict[str, str]:
    """One similar order: what is said of it, where it opens, how it ended; what the actor may not see stays words."""
    row = known.get(_number(said))
    if row is None:
        return {"said": said}
    ended = TicketState(row["state"]).label
    if row["ticket__resolved"] is not None:
        ended += "，诉求人说已解决" if row["ticket__resolved"] else "，诉求人说没有解决"
    unit = f"{row['lead__short']}办理，" if row["lead__short"] else ""
    return {
        "said": said,
        "title": row["title"],
        "url": reverse("officer:ticket", args=[row["pk"]]),
        "ended": f"{unit}{ended}",
        "reply": row["ticket__reply_public"][:60],
    }
