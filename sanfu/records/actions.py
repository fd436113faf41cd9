"""Writes of the log. `append` is the only way an event comes into being."""

import uuid
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string
from psycopg.types.json import Jsonb

from sanfu.records.actor import Actor, Refused
from sanfu.records.holding import TABLE, is_held
from sanfu.records.ids import new_id
from sanfu.records.models import Event, Outbox
from sanfu.records.moments import year_of
from sanfu.records.wires import handlers_of

DELIVER_AT_MOST = 8  # times; then the event waits for a person


def append(
    *, stream: uuid.UUID, kind: str, by: Actor, at: datetime, data: dict[str, Any] | None = None
) -> uuid.UUID:
    """Append one event to a stream and return its id.

    The database computes the hash over the previous one (function `records_append`), so no caller can
    write a wrong chain. Must run inside the transaction of the change that it records.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written in the transaction of its change: use transaction.atomic()")
    event = new_id()
    arguments: list[Any] = [event, by.region, stream, kind, at, by.id, by.written, Jsonb(data or {})]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_append(%s, %s, %s, %s, %s, %s, %s, %s, %s)", [*arguments, bool(handlers_of(kind))]
        )
    return event


def next_number(*, region: str, kind: str, year: int) -> int:
    """Draw the next business number of a kind in a year: 1, 2, 3 … without gaps inside committed work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_counter (region, kind, year, last) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (region, kind, year) DO UPDATE SET last = records_counter.last + 1 RETURNING last",
            [region, kind, year],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def number(prefix: str, *, by: Actor, at: datetime, digits: int = 6, join: str = "") -> str:
    """Draw the next business number (业务编号): prefix, year in China, running number from 1.

    number("SQ", …) → SQ2026000608; number("裁", …, digits=4, join="-") → 裁2026-0003. The prefix names the counter
    `records_counter.kind`, so two kinds of business never share one. Past `digits` places the number grows longer.
    """
    year = year_of(at)
    return f"{prefix}{year}{join}{next_number(region=by.region, kind=prefix, year=year):0{digits}d}"


def remember(*, scope: str, key: str, result: uuid.UUID, by: Actor, at: datetime, digest: str = "") -> bool:
    """Keep what a submission key led to. False when the key is taken: then somebody sent it before.

    digest: SHA-256 of what was sent, so that the same key with another content can be told apart.
    """
    with connection.cursor() as cursor:  # one statement; a savepoint around an INSERT would be three
        cursor.execute(
            "INSERT INTO records_receipt (region, scope, key, result, digest, at) VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (region, scope, key) DO NOTHING",
            [by.region, scope, key, result, digest, at],
        )
        return bool(cursor.rowcount)


def deliver_outbox(limit: int = 200) -> int:
    """Hand waiting events to their handlers, oldest first; return how many were delivered.

    Each event is its own transaction under SKIP LOCKED: two workers never deliver the same one at once,
    a failing handler leaves its event in the outbox with the error and does not stop the others. Nothing is delivered
    while a restored database is held.
    """
    if is_held():
        return 0
    delivered = 0
    waiting = list(
        Outbox.objects.filter(attempts__lt=DELIVER_AT_MOST)
        .order_by("event_id")
        .values_list("event_id", flat=True)[:limit]
    )
    for event_id in waiting:
        delivered += _deliver(event_id)
    return delivered


def deliver_waiting(*, region: str, by: Actor, at: datetime) -> int:
    """The delivery that comes round each minute; return how many events were delivered."""
    return deliver_outbox()


@transaction.atomic
def deliver_again(*, by: Actor, at: datetime) -> int:
    """Hand all events whose handler failed to it anew, from the next delivery on; return how many."""
    failed = Outbox.objects.filter(event__region=by.region, attempts__gte=1)
    count = failed.update(attempts=0)
    if not count:
        raise Refused("没有未送达的事件：都已送达，或正在重新投递。")
    append(stream=new_id(), kind="records.delivery_retried", by=by, at=at, data={"count": count})
    return count


@transaction.atomic
def release_hold(*, by: Actor, at: datetime) -> int:
    """Let outbox and notices of a restored database go out again (解除扣留); return how many events waited.

    Raises:
        Refused: nothing is held.
    """
    if not is_held():
        raise Refused("没有被扣留的发件：本系统不是刚恢复的，或已解除扣留。")
    waiting = Outbox.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
    append(stream=new_id(), kind="records.hold_released", by=by, at=at, data={"waiting": waiting})
    return waiting


def _deliver(event_id: uuid.UUID) -> int:
    try:
        with transaction.atomic():
            row = Outbox.objects.select_for_update(skip_locked=True).filter(event_id=event_id).first()
            if row is None:
                return 0
            event = Event.objects.get(id=event_id)
            for name in handlers_of(event.kind):
                import_string(name)(event)
            row.delete()
    except Exception as error:  # the handler's failure is kept with the event, never lost
        Outbox.objects.filter(event_id=event_id).update(attempts=F("attempts") + 1, error=repr(error)[:2000])
        return 0
    return 1
