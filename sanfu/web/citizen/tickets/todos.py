"""What waits for a citizen: requests that need a word more, answers to rate (待办)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from sanfu.grassroots.tickets import queries
from sanfu.grassroots.tickets.states import TicketState
from sanfu.records.actor import Actor
from sanfu.web.todos import Todo, of_cases


def own_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Own requests only, each opening to its progress page."""
    if not actor.may("tickets.own"):
        return []
    rows = queries.visible(actor).filter(applicant=actor.id)
    lines = (
        ("请您补充信息", Q(state=TicketState.SUPPLEMENT), "message-square", "warn"),
        ("办结待您评价", Q(state=TicketState.CLOSED, ticket__rating=""), "star", "info"),
    )
    return [
        of_cases(
            label,
            rows,
            url=reverse("citizen:my_tickets"),
            page="citizen:progress_order",
            icon=icon,
            tone=tone,
            about=about,
            args=("number", "ticket__follow_code"),
        )
        for label, about, icon, tone in lines
    ]
