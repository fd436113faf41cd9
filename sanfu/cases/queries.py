"""Reads of cases."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, F, Func, Model, OuterRef, Q, QuerySet, Value

from sanfu.cases.models import Case, Clock, Part
from sanfu.cases.states import closes
from sanfu.cases.timing import FoldedClock, keeper, read
from sanfu.kernel.clocks import Day, Light, Reading, explain
from sanfu.kernel.flow import Flow, Labelled
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.models import Event

M = TypeVar("M", bound=Model)
# An open case has no `closed_state`: to say so changes no answer, but names the index that finds the few among the many.
OPEN = Q(closed_state="", closed_at=None)
DUE = Q(closed_state="", due_at__isnull=False)


def in_state(flow: Flow[Any, Any], state: Labelled) -> Q:
    """Cases in a state of their flow: by `state` while the sweep has not met them, by `closed_state` after."""
    now = Q(closed_state="", state=state)
    return now | Q(closed_state=state) if closes(flow, state) else now


def in_light(light: Light) -> Q:
    """Cases with a running clock that show a light."""
    return DUE & Q(light=light)


def visible(actor: Actor, kind: str, parts: Parts) -> "QuerySet[Case]":
    """Cases of a kind that the actor may see; `parts` names the permissions and columns of that kind."""
    # A part has the `closed_state` of its case: "open ones of this unit" is then one range of one index.
    held = Part.objects.filter(kind=kind, closed_state=OuterRef("closed_state")) if parts.units else None
    return narrow(actor, Case.objects.filter(kind=kind), parts, held, Case.objects.exclude(withheld=[]))


def row_of(seen: "QuerySet[Case]", case_id: UUID, rows: "QuerySet[M]") -> M | None:
    """A case's row in the table of its room, None when the case is not among those that somebody sees."""
    return rows.filter(case_id=case_id).first() if seen.filter(id=case_id).exists() else None


def find_text(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Rows whose number or title contains the words, spaces and capitals aside; two characters use the index.

    Two characters are one pair, and the index answers exactly; more are pairs that must also stand together.
    """
    folded = "".join(words.split()).lower()
    if folded and len(folded) != 2:
        rows = rows.filter(words__said__contains=folded)
    if len(folded) < 2:
        return rows
    query = Func(Value(folded), function="bigram_query")
    pairs = F("words__pairs")
    return rows.filter(
        Func(pairs, query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField())
    )


def replay(events: Iterable[Event]) -> tuple[str, int]:
    """State and version of a case computed from its events alone; must equal its row."""
    state, version = "", 0
    for event in events:
        if "to" in event.data:
            state, version = event.data["to"], version + 1
    return state, version


def reading(clock: Clock, at: datetime) -> Reading:
    """What a clock shows at a moment: due, used, remaining, light."""
    return keeper().read(_folded(clock).kernel(), at)


def days_of(clock: Clock, at: datetime) -> list[Day]:
    """The due date as a list of days a person can check."""
    one = _folded(clock)
    return explain(keeper(), one.rule.clock, one.started_at, one.pauses, clock.stopped_at or at)


def _folded(clock: Clock) -> FoldedClock:
    return read({field.attname: getattr(clock, field.attname) for field in Clock._meta.concrete_fields})
