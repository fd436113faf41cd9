"""Move a case: in one round trip where it can be (`cases/move`), else with the case read and decided by the kernel."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanfu.cases import timing
from sanfu.cases.asked import NONE, Asked, Changes, Stepped, columns_of
from sanfu.cases.move import quick
from sanfu.cases.states import closes
from sanfu.kernel.flow import Flow, Guard, IllegalMove, Move
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import Event
from sanfu.records.moments import said
from sanfu.records.prepared import Statement, dumped
from sanfu.records.wires import handlers_of


def step(
    case_id: uuid.UUID,
    flow: Flow[Any, Any],
    event: Any,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    expected: int | None = None,
    guards: Mapping[str, Guard] | None = None,
    facts: Any = None,
) -> Stepped:
    """Move a case by one event of its flow: guard, clocks, state and hash-chained event in one transaction.

    `expected` is the version that the officer saw; when somebody acted since, Conflict says who and when
    and nothing is changed. Raises Refused when the move is not possible here, NotAllowed when the actor
    may not make it. `extend` in `changes` adds units to a named clock, `clocks` gives the rules of clocks
    that the move starts.
    """
    asked = Asked(case_id, flow, event, by, at, data, changes or NONE, expected, guards, facts)
    return quick.made(asked) or _decided(asked)


def _decided(asked: Asked) -> Stepped:
    """The move with the case read first: clocks folded by the kernel, and every refusal with its reason."""
    now = _read(asked.case)
    if asked.expected is not None and asked.expected != now.version:
        raise _conflict(asked.case)
    move = _allowed(asked, now.state)
    after = move.lands(asked.flow.states(now.state))
    clocks = timing.apply(now.clocks, move.clocks, asked.changes.clocks, asked.changes.extend, asked.at)
    touched = [c for c in clocks if c.changed]
    running = [c for c in touched if c.stopped_at is None]
    event_id = new_id()
    kind = f"{now.kind}.{asked.event}"
    record = {"from": now.state, "to": str(after), **(asked.data or {})}
    if running:
        record["clocks"] = {c.name: c.due_at for c in running}
    columns = columns_of(asked.changes) | timing.summary_of(clocks)
    columns["closed_at"] = asked.at if closes(asked.flow, after) else None
    if "units" in columns:
        columns["units"] = sorted({*now.units, *map(str, columns["units"])})
    arguments = (
        *(asked.case, now.version, str(after), dumped(columns)),
        dumped([c.columns() for c in touched]) if touched else None,
        *(event_id, kind, asked.at, asked.by.id, asked.by.written, dumped(record), bool(handlers_of(kind))),
    )
    version = _WRITE.value(arguments)
    if version is None:
        raise _conflict(asked.case)
    return Stepped(asked.case, event_id, now.state, str(after), int(version))


def _allowed(asked: Asked, state: str) -> Move[Any, Any]:
    """The move of the flow's table, or the reason why it is not made: state, permission, guard."""
    try:
        move = asked.flow.move(asked.flow.states(state), asked.event)
    except IllegalMove as illegal:
        raise Refused(str(illegal)) from illegal
    if move.who and not asked.by.may(*move.who):
        raise NotAllowed(f"“{asked.event.label}”需要相应权限，{asked.by.name}没有；请由有权限的人员办理")
    if move.guard and (reason := (asked.guards or {})[move.guard](asked.facts)):
        raise Refused(reason)
    return move


@dataclass(slots=True)
class _Now:
    kind: str
    state: str
    version: int
    units: list[str]
    light: str
    clocks: list[timing.FoldedClock]


_READ = Statement("cases_read", "SELECT cases_read($1::uuid)")
_WRITE = Statement(
    "cases_step",
    "SELECT cases_step($1::uuid, $2::int, $3::text, $4::jsonb, $5::jsonb, $6::uuid, $7::text, $8::timestamptz,"
    " $9::uuid, $10::text, $11::jsonb, $12::bool)",
)


def _read(case_id: uuid.UUID) -> _Now:
    row = _READ.value((case_id,))
    if row is None:
        raise Refused("没有这个办件")
    kind, state, version, units, light, clocks = json.loads(row)
    return _Now(kind, state, version, units, light, [timing.read(clock) for clock in clocks or []])


def _conflict(case_id: uuid.UUID) -> Conflict:
    last = Event.objects.filter(stream=case_id).order_by("-seq").first()
    who = f"{last.by_name}已于{said(last.recorded_at, '%H:%M:%S')}" if last else "他人已"
    return Conflict(f"{who}办理了这一件，您看到的不是最新情况。您填写的内容没有提交，请刷新后再决定。")
