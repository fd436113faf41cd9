"""Row scope (数据范围): the one place that decides whose rows an actor sees.

Every query that returns rows of somebody's data goes through `narrow`. A table says by field names who
has a part in its rows; the actor's permissions and posts decide the rest.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from sanfu.records.actor import Actor

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Parts:
    """Which columns of a table say who has a part in a row. Empty string: the table has no such column.

    units: array of organisation ids; unit: one organisation id; person: a user id; firm: an enterprise id.
    """

    see: str
    see_all: str
    units: str = ""
    unit: str = ""
    person: str = ""
    firm: str = ""


def narrow(
    actor: Actor,
    rows: "QuerySet[M]",
    parts: Parts,
    held: "QuerySet[Any] | None" = None,
    withheld: "QuerySet[M] | None" = None,
) -> "QuerySet[M]":
    """Only the rows that the actor may see: all of the county, those of own units, or own ones.

    held: a table of (case, capacity, party) that says what the columns `units`, `person` and `firm` say, one row
    for each party; where there is one, it is read instead of them.
    withheld: rows that some units must never see (column `withheld`). If any of the actor's units is in `withheld`, the
    row is hidden, even if the actor could see it through another unit or as the applicant.
    """
    rows = rows.filter(region=actor.region)
    if parts.see_all and actor.may(parts.see_all):
        return rows
    if withheld is not None and actor.units:
        barred = withheld.filter(
            pk=OuterRef("pk"), region=actor.region, withheld__overlap=sorted(actor.units, key=str)
        )
        rows = rows.filter(
            ~Exists(barred)
        )  # NOT IN is guessed to keep half of the rows, which misleads the planner
    if held is not None:
        own = held.filter(_held(actor, parts), case=OuterRef("pk"))
        return rows.filter(Exists(own))
    return rows.filter(_own(actor, parts))


def _own(actor: Actor, parts: Parts) -> Q:
    mine = Q(pk__in=[])
    if actor.may(parts.see) and actor.units:
        if parts.units:
            mine |= Q(**{f"{parts.units}__overlap": sorted(actor.units, key=str)})
        if parts.unit:
            mine |= Q(**{f"{parts.unit}__in": actor.units})
    if parts.person and actor.id:
        mine |= Q(**{parts.person: actor.id})
    if parts.firm and actor.organisation and "firm" in actor.roles:
        mine |= Q(**{parts.firm: actor.organisation})
    return mine


def _held(actor: Actor, parts: Parts) -> Q:
    parties: dict[str, Collection[UUID]] = {}
    if parts.units and actor.may(parts.see) and actor.units:
        parties["unit"] = actor.units
    if parts.person and actor.id:
        parties["person"] = {actor.id}
    if parts.firm and actor.organisation and "firm" in actor.roles:
        parties["firm"] = {actor.organisation}
    if {"unit", "firm"} <= parties.keys() and parties["unit"] != parties["firm"]:
        return reduce(or_, (Q(capacity=one, party__in=some) for one, some in parties.items()))
    # No person has the id of an organisation, so the two sets cannot mix; one index range for each party.
    return Q(party__in={party for some in parties.values() for party in some}, capacity__in=parties)
