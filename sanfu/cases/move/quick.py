"""Fast path for moves: when no due date must be computed anew, one database call makes the whole move."""

import uuid
from datetime import datetime
from typing import Any

from sanfu.cases import timing
from sanfu.cases.asked import NONE, Asked, Stepped, columns_of
from sanfu.cases.move.plan import Plan, plan_of
from sanfu.kernel.flow import ALL_CLOCKS
from sanfu.records.ids import new_id
from sanfu.records.prepared import Argument, Statement, array, dumped

_MOVE = Statement(
    "cases_move",
    "SELECT cases_move($1::uuid, $2::int, $3::text[], $4::text, $5::bool, $6::bool, $7::text[], $8::jsonb,"
    " $9::timestamptz, $10::text, $11::timestamptz, $12::jsonb, $13::uuid, $14::text, $15::timestamptz, $16::uuid,"
    " $17::text, $18::jsonb, $19::text[])",
)


def made(asked: Asked) -> Stepped | None:
    """The move in one round trip, or None: it needs the kernel, or somebody must be told why it is not made."""
    plan = plan_of(asked.flow, asked.event)
    if plan is None or asked.changes.extend or not _may(asked, plan):
        return None
    changes = asked.changes
    started = [timing.start(name, rule, asked.at) for name, rule in changes.clocks.items()]
    event = new_id()
    answer = _call(asked, plan, event, started, columns_of(changes) if changes is not NONE else {})
    if answer is None:
        return None
    version, _, before = answer.partition(" ")
    after = before if plan.move.target is None else str(plan.move.target)
    return Stepped(asked.case, event, before, after, int(version))


def _may(asked: Asked, plan: Plan) -> bool:
    """Whether permission and guard of the move allow it."""
    move = plan.move
    if move.who and not asked.by.may(*move.who):
        return False
    if not move.guard:
        return True
    guard = (asked.guards or {}).get(move.guard)
    return guard is not None and not guard(asked.facts)


def _call(
    asked: Asked, plan: Plan, event: uuid.UUID, started: list[timing.FoldedClock], changes: dict[str, Any]
) -> str | None:
    """What `cases_move` answers: "version state-before", or None when nothing was written."""
    data, by = asked.data, asked.by
    if not started and not changes:
        said = dumped(data) if data else b"{}"
        return plan.without_changes.value(
            (asked.case, asked.expected, event, asked.at, by.id, by.written, said)
        )
    stops, stop = plan.stops, plan.stop
    if started:
        data = {**(data or {}), "clocks": {clock.name: clock.due_at for clock in started}}
        stops = stops | {clock.name for clock in started}
        stop = array(stops)
    arguments = (
        *(asked.case, asked.expected, plan.sources, plan.target, plan.closes, ALL_CLOCKS in stops, stop),
        *_of_started(started),
        dumped(changes) if changes else None,
        *(event, plan.name, asked.at, by.id, by.written, dumped(data) if data else b"{}", plan.with_outbox),
    )
    return _MOVE.value(arguments)


def _of_started(
    clocks: list[timing.FoldedClock],
) -> tuple[Argument, Argument, Argument, datetime | None]:
    """Rows, earliest due date, worst light and `green_until` of the clocks that a move starts."""
    if not clocks:
        return None, None, None, None
    summary = timing.summary_of(clocks)
    rows = dumped([clock.columns() for clock in clocks])
    return rows, summary["due_at"], summary["light"], summary["green_until"]
