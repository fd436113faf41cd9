"""What waits in visits (待办)."""

from datetime import datetime

from django.urls import reverse

from sanfu.enterprise.visits import queries
from sanfu.enterprise.visits.states import VisitState, WishState
from sanfu.records.actor import Actor
from sanfu.web.todos import LOOKED_AT, Todo, Waiting


def visit_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Visits to make, wishes to merge; for a firm, records to confirm."""
    found = []
    if actor.may("visits.record"):
        rows = queries.visible(actor).filter(state=VisitState.PLANNED).order_by("planned_on")
        first = tuple(Waiting(name, reverse("officer:visit", args=[id_])) for id_, name in rows.values_list("id", "enterprise__name")[:LOOKED_AT])  # fmt: skip
        url = reverse("officer:visits") + "?state=planned"
        found.append(Todo("待走访的企业", rows.count(), url, "map-pin", "warn", first=first))
    if actor.may("visits.plan"):
        count = queries.wishes(actor).filter(state=WishState.OPEN).count()
        found.append(
            Todo(
                "待归并的走访意向",
                count,
                reverse("officer:visit_wishes") + "?state=open",
                "list-checks",
                "warn",
            )
        )
    if actor.may("visits.own") and "firm" in actor.roles:
        waiting = queries.to_confirm(actor).filter(state=VisitState.RECORDED).count()
        found.append(Todo("待确认的走访记录", waiting, reverse("firm:own_visits"), "map-pin", "warn"))
    return found
