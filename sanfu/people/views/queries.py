"""Reads of what people keep of lists."""

from urllib.parse import parse_qs

from django.db.models import Q, QuerySet

from sanfu.people.views import NOTHING_KEPT, Kept
from sanfu.people.views.models import ListView
from sanfu.records.actor import Actor


def visible(actor: Actor) -> "QuerySet[ListView]":
    """The views and choices of columns that a person keeps, and the views that the own unit shares."""
    mine = Q(user=actor.id)
    if actor.organisation:
        mine |= Q(unit=actor.organisation)
    return ListView.objects.filter(mine, region=actor.region)


def kept_of(actor: Actor, name: str) -> Kept:
    """The views that a person sees on a list, own before shared ones, and the columns chosen; one query."""
    if actor.id is None:
        return NOTHING_KEPT  # a machine keeps nothing
    rows = visible(actor).filter(list=name)
    views, chosen = [], {}
    for key, owner, title, query, unit, by in rows.order_by("name").values_list(
        "id", "user_id", "name", "query", "unit_id", "user__name"
    ):
        own = owner == actor.id
        if title:
            views.append(
                {"id": key, "name": title, "query": query, "shared": unit is not None, "own": own, "by": by}
            )
        elif own:
            chosen = parse_qs(query)
    views.sort(key=lambda view: not view["own"])
    return Kept(tuple(views), tuple(chosen.get("hide", ())), tuple(chosen.get("show", ())))
