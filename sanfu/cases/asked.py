"""A move as it is asked for, and what it did: the words that both ways of making it share."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sanfu.cases import timing
from sanfu.kernel.flow import Flow, Guard
from sanfu.records.actor import Actor


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


NONE = Changes()


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step did."""

    case: uuid.UUID
    event: uuid.UUID
    before: str
    after: str
    version: int


@dataclass(slots=True)
class Asked:
    """One move that somebody asks for: the arguments of `step`."""

    case: uuid.UUID
    flow: Flow[Any, Any]
    event: Any
    by: Actor
    at: datetime
    data: Mapping[str, Any] | None
    changes: Changes
    expected: int | None
    guards: Mapping[str, Guard] | None
    facts: Any


def columns_of(changes: Changes) -> dict[str, Any]:
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
