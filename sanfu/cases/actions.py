"""Writes of a case: open it, move it, sweep its clocks. Every domain moves its cases through `step`."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from sanfu.cases import moves, timing
from sanfu.cases.models import Case, ClockRow
from sanfu.cases.moves import closes, dumped
from sanfu.kernel.clocks import Light
from sanfu.kernel.flow import Flow, Guard, IllegalMove
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.records.models import Event
from sanfu.records.moments import said
from sanfu.records.prepared import Statement
from sanfu.records.wires import case_kinds, handlers_of

AnyFlow = Flow[Any, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new case begins with.

    kind: the code of a `CaseKind` of the room. clocks: name → rule as the content says it (see `timing.Rule`); they start at the opening.
    pinned: versions that the case keeps, for example {"list": "requests@3", "guide": "sha256:…"}.
    """

    kind: str
    number: str
    title: str
    lead: uuid.UUID | None = None
    units: frozenset[uuid.UUID] = frozenset()
    withheld: frozenset[uuid.UUID] = frozenset()
    applicant: uuid.UUID | None = None
    firm: uuid.UUID | None = None
    parent: uuid.UUID | None = None
    urgency: str = ""
    clocks: Mapping[str, timing.Rule] = field(default_factory=dict)
    pinned: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def open_case(opening: Opening, flow: AnyFlow, *, by: Actor, at: datetime) -> Case:
    """Open a case in the first state of its flow, start its clocks and record the event."""
    clocks = [timing.start(name, rule, at) for name, rule in opening.clocks.items()]
    case = Case.objects.create(
        region=by.region,
        kind=opening.kind,
        number=opening.number,
        title=opening.title[:200],
        state=flow.initial,
        urgency=opening.urgency,
        parent_id=opening.parent,
        lead_id=opening.lead,
        units=sorted(opening.units, key=str),
        withheld=sorted(opening.withheld, key=str),
        applicant_id=opening.applicant,
        firm_id=opening.firm,
        opened_at=at,
        **_standing(clocks),
        pinned=dict(opening.pinned),
        data=dict(opening.data),
    )
    ClockRow.objects.bulk_create(ClockRow(region=by.region, case=case, **one.columns()) for one in clocks)
    data = {
        "to": str(flow.initial),
        "number": opening.number,
        "lead": str(opening.lead) if opening.lead else None,
        "clocks": {one.name: one.due_at.isoformat() for one in clocks},
        "pinned": dict(opening.pinned),
    }
    append(stream=case.id, kind=f"{opening.kind}.open", by=by, at=at, data=data)
    return case


@dataclass(frozen=True, slots=True)
class Changes:
    """Columns of the case that a move may change besides its state; None leaves one as it is."""

    title: str | None = None
    urgency: str | None = None
    lead: uuid.UUID | None = None
    clear_lead: bool = False
    add_units: frozenset[uuid.UUID] = frozenset()
    clocks: Mapping[str, timing.Rule] = field(default_factory=dict)
    extend: Mapping[str, int] = field(default_factory=dict)
    pinned: Mapping[str, Any] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step did."""

    case: uuid.UUID
    event: uuid.UUID
    before: str
    after: str
    version: int


def step(
    case_id: uuid.UUID,
    flow: AnyFlow,
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
    changes = changes or _NONE
    made = _in_one(case_id, flow, event, by, at, data, changes, expected, guards, facts)
    return made or _decided(case_id, flow, event, by, at, data, changes, expected, guards, facts)


_NONE = Changes()


def _free(facts: Any) -> None:
    """The guard of a move that has none."""


def _in_one(
    case_id: uuid.UUID, flow: AnyFlow, event: Any, by: Actor, at: datetime, data: Mapping[str, Any] | None,
    changes: Changes, expected: int | None, guards: Mapping[str, Guard] | None, facts: Any,
) -> Stepped | None:  # fmt: skip
    """The move in one round trip, or None when it needs the kernel, or somebody must be told why not."""
    plan = moves.plan_of(flow, event)
    if plan is None or changes.extend:
        return None
    row = plan.move
    if row.who and not by.may(*row.who):
        return None
    guard = (guards or {}).get(row.guard) if row.guard else _free
    if guard is None or guard(facts):
        return None
    started = [timing.start(name, rule, at) for name, rule in changes.clocks.items()]
    event_id = new_id()
    written = moves.move(
        plan, case_id, expected, started=started, changes=_columns(changes) if changes is not _NONE else {},
        event=event_id, at=at, by=(by.id, by.written), data=data or {},
    )  # fmt: skip
    if written is None:
        return None
    version, before = written
    after = before if row.target is None else str(row.target)
    return Stepped(case_id, event_id, before, after, version)


def _decided(
    case_id: uuid.UUID, flow: AnyFlow, event: Any, by: Actor, at: datetime, data: Mapping[str, Any] | None,
    changes: Changes, expected: int | None, guards: Mapping[str, Guard] | None, facts: Any,
) -> Stepped:  # fmt: skip
    """The move with the case read first: clocks folded by the kernel, and every refusal with its reason."""
    now = _read(case_id)
    if expected is not None and expected != now.version:
        raise _conflict(case_id)
    try:
        move = flow.move(flow.states(now.state), event)
    except IllegalMove as illegal:
        raise Refused(str(illegal)) from illegal
    if move.who and not by.may(*move.who):
        raise NotAllowed(f"“{event.label}”需要相应权限，{by.name}没有；请由有权限的人员办理")
    if move.guard and (reason := (guards or {})[move.guard](facts)):
        raise Refused(reason)
    after = move.lands(flow.states(now.state))
    clocks = timing.apply(now.clocks, move.clocks, changes.clocks, changes.extend, at)
    touched = [c for c in clocks if c.changed]
    running = [c for c in touched if c.stopped_at is None]
    event_id = new_id()
    kind = f"{now.kind}.{event}"
    record = {"from": now.state, "to": str(after), **(data or {})}
    if running:
        record["clocks"] = {c.name: c.due_at for c in running}
    columns = _columns(changes) | _standing(clocks) | {"closed_at": at if closes(flow, after) else None}
    if "units" in columns:
        columns["units"] = sorted({*now.units, *map(str, columns["units"])})
    arguments = (
        *(case_id, now.version, str(after), dumped(columns)),
        dumped([c.columns() for c in touched]) if touched else None,
        *(event_id, kind, at, by.id, by.written, dumped(record), bool(handlers_of(kind))),
    )
    version = _WRITE.value(arguments)
    if version is None:
        raise _conflict(case_id)
    return Stepped(case_id, event_id, now.state, str(after), int(version))


@dataclass(slots=True)
class _Now:
    kind: str
    state: str
    version: int
    units: list[str]
    light: str
    clocks: list[timing.Running]


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


def _standing(clocks: Iterable[timing.Running]) -> dict[str, Any]:
    """Columns of a case that follow from its running clocks."""
    running = [c for c in clocks if c.stopped_at is None]
    return {
        "due_at": timing.earliest_due(running),
        "light": timing.worst(c.light for c in running),
        "settled_until": timing.settled_until(running),
    }


def _columns(changes: Changes) -> dict[str, Any]:
    """Columns that the move changes; `units` are those to add."""
    columns: dict[str, Any] = {}
    if changes.title is not None:
        columns["title"] = changes.title[:200]
    if changes.urgency is not None:
        columns["urgency"] = changes.urgency
    if changes.lead is not None or changes.clear_lead:
        columns["lead_id"] = changes.lead
    added = changes.add_units | ({changes.lead} if changes.lead else set())
    if added:
        columns["units"] = sorted(added, key=str)
    if changes.pinned is not None:
        columns["pinned"] = changes.pinned
    if changes.data:
        columns["data"] = changes.data
    return columns


def _conflict(case_id: uuid.UUID) -> Conflict:
    last = Event.objects.filter(stream=case_id).order_by("-seq").first()
    who = f"{last.by_name}已于{said(last.recorded_at, '%H:%M:%S')}" if last else "他人已"
    return Conflict(f"{who}办理了这一件，您看到的不是最新情况。您填写的内容没有提交，请刷新后再决定。")


def note(
    case: Case, kind: str, *, by: Actor, at: datetime, data: Mapping[str, Any] | None = None
) -> uuid.UUID:
    """Record something about a case that moves nothing: a look at personal data, a reminder, a comment."""
    with transaction.atomic():
        return append(stream=case.id, kind=f"{case.kind}.{kind}", by=by, at=at, data=dict(data or {}))


@dataclass(frozen=True, slots=True)
class Lit:
    """One change that a sweep made."""

    case: uuid.UUID
    clock: str
    light: Light
    rung: str


def sweep(*, region: str, by: Actor, at: datetime, limit: int = 500) -> list[Lit]:
    """Relight the clocks whose next check has come; return those whose light or step of the ladder changed.

    Reads one indexed column. Rows are taken with SKIP LOCKED, so that several workers share the work and none is
    lit twice, and with their cases, so that nobody closes one meanwhile; each change is an event of its case, kind
    "….light". A clock that stopped with its whole case is met here once and then left alone.
    """
    lit: list[Lit] = []
    with transaction.atomic():
        come = ClockRow.objects.filter(region=region, next_check_at__lte=at)
        ended = come.filter(case__halted_at__isnull=False).values("pk")
        free = ended.select_for_update(skip_locked=True, no_key=True, of=("self",))
        ClockRow.objects.filter(pk__in=free).update(next_check_at=None)
        run = come.filter(case__halted_at=None).select_related("case").order_by("next_check_at")
        for row in run.select_for_update(skip_locked=True, no_key=True, of=("self", "case"))[:limit]:
            fresh = timing.relight(timing.read(_plain(row)), at)
            ClockRow.objects.filter(id=row.id).update(
                light=fresh.light, rung=fresh.rung, next_check_at=fresh.next_check_at
            )
            _stand(row.case_id)
            if (fresh.light, fresh.rung) != (row.light, row.rung):
                lit.append(Lit(row.case_id, row.name, fresh.light, fresh.rung))
                _lit(row, fresh, by=by, at=at)
    return lit


def sweep_all(*, region: str, by: Actor, at: datetime) -> int:
    """Relight all that is due, in several passes when much is waiting, and put closed cases to rest."""
    done = 0
    for _ in range(20):
        lit = sweep(region=region, by=by, at=at)
        done += len(lit)
        if not lit:
            break
    while put_to_rest(region=region):
        pass
    return done


@transaction.atomic
def put_to_rest(*, region: str, limit: int = 1000) -> int:
    """Let closed cases without a running clock come to rest: write what lists find them by; returns how many.

    A move leaves this to the sweep, so that it need not write the case into every index. A row that somebody is just
    moving is left for the next time.
    """
    moving = Case.objects.filter(
        resting="", region=region, kind__in=list(case_kinds())
    )  # as its index is led
    closed = moving.filter(closed_at__isnull=False, due_at=None)
    free = closed.select_for_update(skip_locked=True, no_key=True).values("pk")[:limit]
    return Case.objects.filter(pk__in=free).update(resting=F("state"))


def _stand(case: uuid.UUID) -> None:
    """Write the light of a case, and until when it is settled, from the clocks that run."""
    running = [timing.read(_plain(row)) for row in ClockRow.objects.filter(case=case, stopped_at=None)]
    columns = _standing(running)
    del columns["due_at"]  # a sweep moves no due date
    Case.objects.filter(id=case).update(**columns)


def _plain(row: ClockRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _CLOCK_COLUMNS}


_CLOCK_COLUMNS = (
    *("id", "name", "rule", "started_at", "pauses", "stopped_at"),
    *("due_at", "provisional", "light", "rung", "next_check_at"),
)


def _lit(row: ClockRow, fresh: timing.Running, *, by: Actor, at: datetime) -> None:
    data = {"clock": row.name, "was": row.light, "light": str(fresh.light), "rung": fresh.rung}
    append(
        stream=row.case_id,
        kind=f"{row.case.kind}.light",
        by=by,
        at=at,
        data={**data, "due": row.due_at.isoformat()},
    )
