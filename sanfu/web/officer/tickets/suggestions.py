"""The suggestion panel of the desk: top units with reasons, from the match room."""

from datetime import date
from typing import Any

from sanfu.grassroots.tickets.models import Ticket


def suggestions(ticket: Ticket, on: date) -> dict[str, Any] | None:
    """What the matcher said when the order came in; None when it has nothing to say."""
    return ticket.suggested or None
