"""The common move in one round trip: what the kernel must not compute anew, the database applies by itself.

Most moves stop or start clocks that are green and were never paused. Such a clock has the due date and the light
of its row until its next check, and the case's row says until when that holds for all that run. So nothing needs to be
read first: `cases_move` compares state and version, stops, starts, writes the row and the event; a move that stops all
clocks and starts none writes no clock at all. Where that does not hold (a pause, an extension, a clock past its
next check, another state or version) it writes nothing and answers NULL, and `actions.step` reads the case and decides with
the kernel. Both ways give the same rows; `tests/rooms/test_cases_moves.py` holds them together.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings
from psycopg.sql import Literal
from pydantic_core import to_json

from sanfu.cases.timing import Running, earliest_due, settled_until, worst
from sanfu.kernel.flow import ALL_CLOCKS, ClockAct, Flow, Move
from sanfu.records.prepared import Argument, Statement
from sanfu.records.wires import case_kinds, handlers_of

AnyFlow = Flow[Any, Any]


@dataclass(frozen=True)
class Plan:
    """One event of a flow as the database needs it: the same from every state that allows it.

    What does not change from case to case is text already (bytes); `heard` are the kinds of case for which
    somebody listens to this event in `wires`.
    """

    move: Move[Any, Any]
    name: bytes
    sources: bytes
    target: bytes | None
    closes: bool
    stops: frozenset[str]
    stop: bytes | None  # None: the move touches no clock
    heard: bytes
    wires: Mapping[str, Any]

    @cached_property
    def bare(self) -> Statement:
        """The move alone: it starts no clock and changes no column; what the plan knows is in the statement."""
        return _bare(self)


_PLANS: dict[tuple[int, str], tuple[AnyFlow, Plan | None]] = {}


def plan_of(flow: AnyFlow, event: Any) -> Plan | None:
    """The plan of an event; None when its moves differ by state, or need arithmetic."""
    known = _PLANS.get((id(flow), event))
    wires = settings.SANFU_EVENT_HANDLERS
    if known is None or (known[1] is not None and known[1].wires is not wires):
        known = (flow, _plan(flow, event, wires))  # the flow is kept, and so is its id
        _PLANS[id(flow), event] = known
    return known[1]


def _plan(flow: AnyFlow, event: Any, wires: Mapping[str, Any]) -> Plan | None:
    rows = [row for row in flow.table if row.event == event]
    if len(rows) != 1 or any(e.act not in (ClockAct.STOP, ClockAct.START) for e in rows[0].clocks):
        return None
    closing = {closes(flow, rows[0].lands(source)) for source in rows[0].sources}
    if len(closing) != 1:
        return None
    row = rows[0]
    stops = frozenset(e.clock for e in row.clocks if e.act is ClockAct.STOP)
    return Plan(
        move=row,
        name=str(event).encode(),
        sources=array(row.sources),
        target=None if row.target is None else str(row.target).encode(),
        closes=closing.pop(),
        stops=stops,
        stop=array(stops) if stops else None,
        heard=array(kind for kind in case_kinds() if handlers_of(f"{kind}.{event}")),
        wires=wires,
    )


def closes(flow: AnyFlow, state: Any) -> bool:
    """Whether a case in this state counts as closed."""
    return state in flow.groups.get("closed", flow.final)


_MOVE = Statement(
    "cases_move",
    "SELECT cases_move($1::uuid, $2::int, $3::text[], $4::text, $5::bool, $6::bool, $7::text[], $8::jsonb,"
    " $9::timestamptz, $10::text, $11::timestamptz, $12::jsonb, $13::uuid, $14::text, $15::timestamptz, $16::uuid,"
    " $17::text, $18::jsonb, $19::text[])",
)


def _bare(plan: Plan) -> Statement:
    """The same for a move that starts nothing and changes no column: what the plan knows is part of the statement."""
    sql = (
        f"SELECT cases_move($1::uuid, $2::int, {_literal(plan.sources)}::text[], {_literal(plan.target)},"
        f" {plan.closes}, {ALL_CLOCKS in plan.stops}, {_literal(plan.stop)}::text[], NULL, NULL, NULL, NULL, NULL,"
        f" $3::uuid, {_literal(plan.name)}, $4::timestamptz, $5::uuid, $6::text, $7::jsonb, {_literal(plan.heard)}::text[])"
    )
    return Statement(f"cases_move_{sha256(sql.encode()).hexdigest()[:12]}", sql)


def _literal(text: bytes | None) -> str:
    return "NULL" if text is None else Literal(text.decode()).as_string(None)


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
    if not started and not changes:
        answer = plan.bare.value((case, expected, event, at, *by, dumped(data) if data else b"{}"))
    else:
        stops, stop = plan.stops, plan.stop
        if started:
            data = {**data, "clocks": {clock.name: clock.due_at for clock in started}}
            stops = stops | {clock.name for clock in started}
            stop = array(stops)
        answer = _MOVE.value(
            (
                *(case, expected, plan.sources, plan.target, plan.closes, ALL_CLOCKS in stops, stop),
                *_of_started(started),
                dumped(changes) if changes else None,
                *(event, plan.name, at, *by, dumped(data) if data else b"{}", plan.heard),
            )
        )
    if answer is None:
        return None
    version, _, before = answer.partition(" ")
    return int(version), before


def _of_started(clocks: list[Running]) -> tuple[Argument, Argument, Argument, Argument]:
    """Rows, earliest due date, worst light and how long they stand so, of the clocks that a move starts."""
    if not clocks:
        return None, None, None, None
    rows = dumped([clock.columns() for clock in clocks])
    return rows, earliest_due(clocks), worst(clock.light for clock in clocks), settled_until(clocks)


def array(names: Iterable[str]) -> bytes:
    """A text[] literal of names that hold letters, digits, Chinese or `*` only."""
    return ("{" + ",".join(f'"{name}"' for name in names) + "}").encode()


def dumped(value: Any) -> bytes:
    """JSON, times in ISO form, what JSON does not know as text; several times faster than `json.dumps`."""
    return to_json(value, fallback=str)
