"""Reads of the log."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from sanfu.records.models import Event, Receipt


def events_of(stream: uuid.UUID) -> list[Event]:
    """All events of a stream in order."""
    return list(Event.objects.filter(stream=stream).order_by("seq"))


def result_of(*, region: str, scope: str, key: str) -> uuid.UUID | None:
    """What a submission key led to, or None when it is new."""
    return (
        Receipt.objects.filter(region=region, scope=scope, key=key).values_list("result", flat=True).first()
    )


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One place where a chain does not hold."""

    stream: uuid.UUID
    seq: int
    what: str


def verify_chains(*, region: str, stream: uuid.UUID | None = None) -> tuple[int, list[ChainFault]]:
    """Recompute every hash of a region (or of one stream); return (events checked, faults).

    A changed event breaks its own hash, an inserted or removed one breaks the sequence or the link, and a
    cut tail disagrees with the head kept in the stream's row.
    """
    only = "AND stream = %(stream)s" if stream else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH chain AS (
                SELECT stream, seq, previous, hash,
                       records_hash(stream, seq, kind, at, by, data, previous) AS expected,
                       lag(hash) OVER w AS before, lag(seq) OVER w AS seq_before
                FROM records_event WHERE region = %(region)s {only}
                WINDOW w AS (PARTITION BY stream ORDER BY seq)
            )
            SELECT stream, seq,
                CASE WHEN hash <> expected THEN '内容与哈希不符'
                     WHEN coalesce(before, ''::bytea) <> previous THEN '与上一条不相接'
                     WHEN coalesce(seq_before, 0) + 1 <> seq THEN '序号不连续' END
            FROM chain
            WHERE hash <> expected OR coalesce(before, ''::bytea) <> previous OR coalesce(seq_before, 0) + 1 <> seq
            UNION ALL
            SELECT s.id, s.seq, '末尾缺失' FROM records_stream s
            LEFT JOIN records_event e ON e.stream = s.id AND e.seq = s.seq
            WHERE s.region = %(region)s {only.replace("stream", "s.id", 1)} AND s.seq > 0
              AND (e.hash IS NULL OR e.hash <> s.head)
            """,
            {"region": region, "stream": stream},
        )
        faults = [ChainFault(*row) for row in cursor.fetchall()]
        cursor.execute(
            f"SELECT count(*) FROM records_event WHERE region = %(region)s {only}",
            {"region": region, "stream": stream},
        )
        row = cursor.fetchone()
    return (int(row[0]) if row else 0), faults


def timeline(stream: uuid.UUID) -> list[dict[str, Any]]:
    """Events of a stream as plain rows for a page: seq, kind, at, by_name, data."""
    rows = Event.objects.filter(stream=stream).order_by("seq")
    return [dict(r) for r in rows.values("id", "seq", "kind", "at", "by", "by_name", "data")]


def last_at(stream: uuid.UUID) -> datetime | None:
    """When the newest event of a stream took effect."""
    return Event.objects.filter(stream=stream).order_by("-seq").values_list("at", flat=True).first()
