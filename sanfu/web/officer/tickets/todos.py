"""What waits for an officer: orders by the act that is asked of the role (待办)."""

from datetime import datetime

from django.urls import reverse

from sanfu.cases.queries import OPEN
from sanfu.grassroots.tickets import queries
from sanfu.grassroots.tickets.states import TicketState
from sanfu.records.actor import Actor
from sanfu.web.todos import Todo, Waiting, first_cases

# (permission, query of the list, key of the counts, label, tone)
_ASKED = (
    ("tickets.dispatch", "state=received", str(TicketState.RECEIVED), "待派单", "warn"),
    ("tickets.dispatch", "state=returned", str(TicketState.RETURNED), "退单待派", "warn"),
    ("tickets.rule", "state=consulting", str(TicketState.CONSULTING), "待会商裁定", "danger"),
    ("tickets.handle", "state=dispatched", str(TicketState.DISPATCHED), "待签收", "warn"),
    ("tickets.handle", "state=handling", str(TicketState.HANDLING), "办理中", "info"),
    ("tickets.review", "state=replied", str(TicketState.REPLIED), "待审核答复", "warn"),
    ("tickets.callback", "state=callback", str(TicketState.CALLBACK), "待回访", "info"),
    ("tickets.see", "light=red", "light_red", "超期工单", "danger"),
    ("tickets.see", "light=orange", "light_orange", "今日到期工单", "warn"),
)

_ICONS = {"danger": "clock-alert", "warn": "inbox", "info": "message-square"}


def ticket_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Orders that wait for this person, each line opening to its rows."""
    if not actor.may("tickets.see"):
        return []
    counted = queries.counts(actor)
    list_url = reverse("officer:ticket_list")
    asked = [row for row in _ASKED if actor.may(row[0])]
    first = _first(actor, {key for _, _, key, _, _ in asked if counted.get(key)})
    return [
        Todo(
            label=label,
            count=counted.get(key, 0),
            url=f"{list_url}?{query}",
            icon=_ICONS[tone],
            tone=tone,
            first=first.get(key, ()),
        )
        for _, query, key, label, tone in asked
    ]


def _first(actor: Actor, keys: set[str]) -> dict[str, tuple[Waiting, ...]]:
    """The most urgent open orders of each line; one look at what is open for each."""
    found: dict[str, tuple[Waiting, ...]] = {}
    for key in keys:
        column, value = ("light", key[6:]) if key.startswith("light_") else ("state", key)
        rows = queries.visible(actor).filter(OPEN, **{column: value})
        found[key] = first_cases(rows, "officer:ticket")
    return found
