"""The common move in one round trip: what the kernel must not compute anew, the database applies by itself.

Most moves stop or start clocks that are green and were never paused. Such a clock has the due date and the light
of its row until its next check, so nothing needs to be read first: `cases_move` compares state and version, stops,
starts, writes the row and the event. Where that does not hold (a pause, an extension, a clock that is not plain,
another state or version) it writes nothing and answers NULL, and `actions.step` reads the case and decides with
the kernel. Both ways give the same rows; `tests/rooms/test_cases_moves.py` holds them together.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from sanfu.cases.states import CaseKind
from sanfu.cases.timing import ORDER, Running, earliest_due, worst
from sanfu.kernel.flow import ClockAct, Flow, Move
from sanfu.records.prepared import Argument, Statement
from sanfu.records.wires import handlers_of

AnyFlow = Flow[Any, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """One event of a flow as the database needs it: the same from every state that allows it."""

    move: Move[Any, Any]
    name: str
    sources: str  # array literal
    closes: bool
    stops: frozenset[str]
    touches: bool  # any clock at all


_PLANS: dict[tuple[int, str], tuple[AnyFlow, Plan | None]] = {}


def plan_of(flow: AnyFlow, event: Any) -> Plan | None:
    """The plan of an event; None when its moves differ by state, or need arithmetic."""
    known = _PLANS.get((id(flow), event))
    if known is None:
        known = _PLANS[id(flow), event] = (flow, _plan(flow, event))  # the flow is kept, and so is its id
    return known[1]


def _plan(flow: AnyFlow, event: Any) -> Plan | None:
    rows = [row for row in flow.table if row.event == event]
    if len(rows) != 1 or any(e.act not in (ClockAct.STOP, ClockAct.START) for e in rows[0].clocks):
        return None
    closing = {closes(flow, rows[0].lands(source)) for source in rows[0].sources}
    if len(closing) != 1:
        return None
    stops = frozenset(e.clock for e in rows[0].clocks if e.act is ClockAct.STOP)
    return Plan(rows[0], str(event), array(rows[0].sources), closing.pop(), stops, bool(stops))


def closes(flow: AnyFlow, state: Any) -> bool:
    """Whether a case in this state counts as closed."""
    return state in flow.groups.get("closed", flow.final)


_MOVE = Statement(
    "cases_move",
    "SELECT cases_move($1::uuid, $2::int, $3::text[], $4::text, $5::bool, $6::bool, $7::text[], $8::jsonb,"
    " $9::timestamptz, $10::int, $11::jsonb, $12::uuid, $13::text, $14::timestamptz, $15::uuid, $16::text, $17::jsonb,"
    " $18::text[])",
)


def move(
    plan: Plan,
    case: uuid.UUID,
    expected: int | None,
    *,
    started: list[Running],
    changes: Mapping[str, Any],
    event: uuid.UUID,
    at: datetime,
    by: tuple[uuid.UUID | None, str],
    data: Mapping[str, Any],
) -> tuple[int, str] | None:
    """Make the move; the new version and the state before, or None when nothing was written."""
    row = plan.move
    stops = plan.stops | {clock.name for clock in started} if started else plan.stops
    if started:
        data = {**data, "clocks": {clock.name: clock.due_at for clock in started}}
    answer = _MOVE.value(
        (
            *(case, expected, plan.sources, row.target, plan.closes, "*" in stops),
            array(stops) if plan.touches or started else None,
            *_of_started(started),
            dumped(changes) if changes else None,
            *(event, plan.name, at, by[0], by[1], dumped(data), _heard(plan.name)),
        )
    )
    if answer is None:
        return None
    version, _, before = answer.partition(" ")
    return int(version), before


def _of_started(clocks: list[Running]) -> tuple[Argument, Argument, Argument]:
    """Rows, earliest due date and worst light (from 1) of the clocks that a move starts."""
    if not clocks:
        return None, None, None
    light = worst(clock.light for clock in clocks)
    return dumped([clock.columns() for clock in clocks]), earliest_due(clocks), 1 + ORDER[light]


def _heard(name: str) -> str:
    """The kinds of case for which somebody listens to this event."""
    if not any(kind.endswith(name) for kind in settings.SANFU_EVENT_HANDLERS):
        return "{}"
    return array(kind for kind in CaseKind if handlers_of(f"{kind}.{name}"))


def array(names: Any) -> str:
    """A text[] literal of names that hold letters, digits, Chinese or `*` only."""
    return "{" + ",".join(f'"{name}"' for name in names) + "}"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
