"""Plan of an event: what the database needs to make a move by itself, worked out once for each event of a flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings
from psycopg.sql import Literal

from sanfu.cases.states import closes
from sanfu.kernel.flow import ALL_CLOCKS, ClockAct, Flow, Move
from sanfu.records.prepared import Statement, array
from sanfu.records.wires import case_kinds, handlers_of


@dataclass(frozen=True)
class Plan:
    """One event of a flow as the database needs it: the same from every state that allows it.

    What does not change from case to case is text already (bytes); `with_outbox` are the kinds of case for which
    somebody listens to this event in `wires`.
    """

    move: Move[Any, Any]
    name: bytes
    sources: bytes
    target: bytes | None
    closes: bool
    stops: frozenset[str]
    stop: bytes | None  # None: the move touches no clock
    with_outbox: bytes
    wires: Mapping[str, Any]

    @cached_property
    def without_changes(self) -> Statement:
        """The move alone: it starts no clock and changes no column; what the plan knows is in the statement."""
        return _without_changes(self)


_PLANS: dict[tuple[int, str], tuple[Flow[Any, Any], Plan | None]] = {}


def plan_of(flow: Flow[Any, Any], event: Any) -> Plan | None:
    """The plan of an event; None when its moves differ by state, or need arithmetic."""
    known = _PLANS.get((id(flow), event))
    wires = settings.SANFU_EVENT_HANDLERS
    if known is None or (known[1] is not None and known[1].wires is not wires):
        known = (flow, _plan(flow, event, wires))  # the flow is kept, and so is its id
        _PLANS[id(flow), event] = known
    return known[1]


def _plan(flow: Flow[Any, Any], event: Any, wires: Mapping[str, Any]) -> Plan | None:
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
        with_outbox=array(kind for kind in case_kinds() if handlers_of(f"{kind}.{event}")),
        wires=wires,
    )


def _without_changes(plan: Plan) -> Statement:
    """The same for a move that starts nothing and changes no column: what the plan knows is part of the statement."""
    sql = (
        f"SELECT cases_move($1::uuid, $2::int, {_literal(plan.sources)}::text[], {_literal(plan.target)},"
        f" {plan.closes}, {ALL_CLOCKS in plan.stops}, {_literal(plan.stop)}::text[], NULL, NULL, NULL, NULL, NULL,"
        f" $3::uuid, {_literal(plan.name)}, $4::timestamptz, $5::uuid, $6::text, $7::jsonb, {_literal(plan.with_outbox)}::text[])"
    )
    return Statement(f"cases_move_{sha256(sql.encode()).hexdigest()[:12]}", sql)


def _literal(text: bytes | None) -> str:
    return "NULL" if text is None else Literal(text.decode()).as_string(None)
