"""What one operation does to one record: applied, answered from store, both values kept, or later.

An operation carries an id made once, the id of its record, the server version last seen (`base`) and field changes
old → new. The store of answers is the caller's (in the room: a unique index); this module only decides.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How an operation ended; LATER is the only one that is not stored as an answer."""

    APPLIED = "applied"
    CONFLICT = "conflict"  # some fields kept both values, the others were applied
    CORRECTION = "correction"  # the record was confirmed and is closed: kept beside it
    LATE = "late"  # the record or its firm is gone: kept, a person decides
    OTHER_CONTENT = "other_content"  # the same id came with other content: both are shown, nothing is changed
    LATER = "later"  # what it belongs to has not arrived yet: send again


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what the phone saw and what it became."""

    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One step on the phone; `id` and `record` are made once and never again, `needs` is a record that must be there.

    `after` is the operation before it on the same record from the same phone: runs that arrive out of order are put back.
    """

    id: str
    record: str
    base: int
    changes: Mapping[str, Change]
    kind: str = "visit"
    needs: str = ""
    after: str = ""

    def digest(self) -> str:
        """SHA-256 of the content; the same operation sent again has the same digest."""
        body: list[Any] = [self.record, self.kind, self.base, self.needs, self.after]
        body.append({name: [change.old, change.new] for name, change in sorted(self.changes.items())})
        return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """Two values of one field that a person must choose between."""

    field: str
    old: Any
    here: Any
    there: Any
    operation: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record on the server; `closed` once the firm confirmed it, `gone` once it or its firm is no more."""

    id: str
    version: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    open: tuple[Kept, ...] = ()
    corrections: tuple[str, ...] = ()
    closed: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the phone is told, word for word the same each time the operation arrives."""

    operation: str
    outcome: Outcome
    version: int
    conflicts: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """The answer as plain data."""
        return {"operation": self.operation, "outcome": self.outcome.value, "version": self.version, "conflicts": list(self.conflicts)}  # fmt: skip


def apply(record: Record | None, operation: Operation) -> tuple[Record, Answer]:
    """The record after a new operation and the answer to be stored; a first operation makes the record.

    A field whose value here is neither what the phone saw nor what it wants keeps both values; others are applied.
    """
    if record is None:
        record = Record(operation.record)
    if record.gone:
        return record, Answer(operation.id, Outcome.LATE, record.version)
    if record.closed:
        kept = Record(
            record.id, record.version, record.values, record.open, (*record.corrections, operation.id), True
        )
        return kept, Answer(operation.id, Outcome.CORRECTION, record.version)
    values, both = dict(record.values), []
    for name, change in operation.changes.items():
        here = values.get(name)
        if here in (change.old, change.new) or name not in values:
            values[name] = change.new
        else:
            both.append(Kept(name, change.old, here, change.new, operation.id))
    version = record.version + 1
    after = Record(record.id, version, values, (*record.open, *both), record.corrections)
    outcome = Outcome.CONFLICT if both else Outcome.APPLIED
    return after, Answer(operation.id, outcome, version, tuple(one.field for one in both))


def settle(record: Record, kept: Kept, value: Any) -> Record:
    """The record after a person chose `value` for a field with two values."""
    left = tuple(one for one in record.open if one != kept)
    return Record(record.id, record.version + 1, {**record.values, kept.field: value}, left, record.corrections, record.closed, record.gone)  # fmt: skip


@dataclass
class Server:
    """A store with the rules of the protocol, for trials; the room does the same inside one transaction."""

    records: dict[str, Record] = field(default_factory=dict)
    answers: dict[str, tuple[str, Answer]] = field(default_factory=dict)

    def receive(self, operation: Operation) -> Answer:
        """The stored answer if the operation was here; else it is applied and its answer stored."""
        stored = self.answers.get(operation.id)
        if stored is not None:
            same = stored[0] == operation.digest()
            return stored[1] if same else Answer(operation.id, Outcome.OTHER_CONTENT, stored[1].version)
        absent = operation.needs and operation.needs not in self.records
        if absent or (operation.after and operation.after not in self.answers):
            return Answer(operation.id, Outcome.LATER, 0)
        record, answer = apply(self.records.get(operation.record), operation)
        self.records[operation.record] = record
        self.answers[operation.id] = (operation.digest(), answer)
        return answer
