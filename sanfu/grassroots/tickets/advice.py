"""What the match room says about an order, and what the desk's decision teaches it (派单建议)."""

import logging
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sanfu.grassroots.tickets.models import Ticket
from sanfu.match import actions as match
from sanfu.match import queries
from sanfu.people.models import Organisation
from sanfu.records.actor import Actor, machine
from sanfu.records.moments import day_of

SAMPLE = (
    10  # one automatic order in so many goes to a person all the same, so that the record keeps measuring
)
log = logging.getLogger(__name__)


def advise(
    text: str, *, region: str, at: datetime, place: str = "", area: uuid.UUID | None = None
) -> dict[str, Any]:
    """Suggestion for a message as plain data; empty when there is none.

    A matcher that fails must not cost an order: the failure is logged and the desk decides without it.
    """
    try:
        found = queries.suggest(text, region=region, on=day_of(at), place=place, town=_code(region, area))
    except Exception:
        log.exception("no suggestion for a message of %d letters", len(text))
        return {}
    return found.as_data() if found.units else {}


def _code(region: str, area: uuid.UUID | None) -> str:
    if area is None:
        return ""
    found = Organisation.objects.filter(region=region, pk=area).values_list("code", flat=True).first()
    return found or ""


def teach(ticket: Ticket, unit: Organisation, *, item_code: str, by: Actor, at: datetime) -> None:
    """Keep whom the desk chose. Without an item of the list there is nothing to learn."""
    code = item_code or ticket.item_code or item_for(ticket.suggested, unit.code)
    if by.id is None and by.name == AUTOMATIC:
        return  # the machine does not teach itself
    if not code or not queries.has_item(ticket.region, day_of(at), code):
        return
    match.decide(
        text=ticket.body,
        item_code=code,
        unit_code=unit.code,
        suggested=ticket.suggested,
        source=ticket.pk,
        number=ticket.case.number,
        by=by,
        at=at,
    )


def item_facts(ticket: Ticket, code: str, *, at: datetime) -> dict[str, str]:
    """Columns of an order that say what it was matched to: item, class and list version of the item on that day."""
    if not code or (code == ticket.item_code and ticket.class_path and ticket.list_version):
        return {}
    found = queries.chosen(ticket.region, day_of(at), code)
    if found is None:
        return {"item_code": code}
    version = found.version or ticket.list_version
    return {"item_code": found.code, "class_path": found.path[:120], "list_version": version}


def item_for(suggested: dict[str, Any], unit: str) -> str:
    """The item that was suggested with this unit, when there was one."""
    return next((one["item"] for one in suggested.get("units", ()) if one["unit"] == unit), "")


AUTOMATIC = "自动派单"


def automatic(region: str) -> Actor:
    """The actor of automatic dispatch."""
    return replace(machine(region, AUTOMATIC), permissions=frozenset({"tickets.dispatch"}))


def sent_without_a_person(ticket: Ticket) -> queries.UnitSuggestion | None:
    """The suggested unit when the promise allows to dispatch without a person; None: a person decides.

    One order in so many goes to a person all the same, so that the record behind the promise stays fair.
    """
    promise = queries.promise_of(ticket.region)
    if promise is None or not promise.enabled or ticket.pk.int % SAMPLE == 0:
        return None
    suggested = queries.Suggested.of(ticket.suggested)
    return suggested.units[0] if queries.auto_dispatch_policy(ticket.region).sends(suggested) else None
