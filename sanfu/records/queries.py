"""Reads of the log."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from sanfu.records.models import Event, Job, Outbox, Receipt, Stream
from sanfu.records.sealed import opened
from sanfu.records.states import STALLED, JobState


def events_of(stream: uuid.UUID) -> list[Event]:
    """All events of a stream in order."""
    return list(Event.objects.filter(stream=stream).order_by("seq"))


def receipt_of(*, region: str, scope: str, key: str) -> tuple[uuid.UUID, str] | None:
    """What a submission key led to, with the digest of what was sent; None when the key is new."""
    rows = Receipt.objects.filter(region=region, scope=scope, key=key)
    return rows.values_list("result", "digest").first()


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


def verify_chains(
    *,
    region: str,
    stream: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    upto: uuid.UUID | None = None,
) -> tuple[int, list[ChainFault]]:
    """Recompute every hash of a region, of one stream, or of the streams after one id up to another.

    Returns (events checked, faults). A changed event breaks its own hash, an inserted or removed one breaks the
    sequence or the link, and the last one must be what the stream's row keeps as its head. Events of before the
    hash covered the whole event (`records_digest`) are proved by the hash of then (`records_hash`).
    """
    given = {"stream = %(stream)s": stream, "stream > %(after)s": after, "stream <= %(upto)s": upto}
    only = "".join(f" AND {clause}" for clause, value in given.items() if value)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH chain AS MATERIALIZED (
                SELECT stream, seq, previous, hash,
                       hash = records_digest(region, stream, seq, kind, at, recorded_at, by, by_name, data, previous)
                       OR hash = records_hash(stream, seq, kind, at, by, data, previous) AS proved,
                       lag(hash) OVER w AS before, lag(seq) OVER w AS seq_before, lead(seq) OVER w AS seq_next
                FROM records_event WHERE region = %(region)s {only}
                WINDOW w AS (PARTITION BY stream ORDER BY seq)
            ), head AS (SELECT id AS stream, seq, head FROM records_stream WHERE region = %(region)s)
            SELECT (SELECT count(*) FROM chain), NULL, NULL
            UNION ALL
            SELECT seq, stream,
                CASE WHEN NOT proved THEN '内容与哈希不符'
                     WHEN coalesce(before, ''::bytea) <> previous THEN '与上一条不相接'
                     WHEN coalesce(seq_before, 0) + 1 <> seq THEN '序号不连续' END
            FROM chain
            WHERE NOT proved OR coalesce(before, ''::bytea) <> previous OR coalesce(seq_before, 0) + 1 <> seq
            UNION ALL
            SELECT coalesce(h.seq, t.seq), stream,
                CASE WHEN h.seq IS NULL THEN '没有链头' WHEN t.seq IS NULL OR t.seq < h.seq THEN '末尾缺失'
                     WHEN t.seq > h.seq THEN '超出链头' ELSE '末条与链头不符' END
            FROM (SELECT stream, seq, hash FROM chain WHERE seq_next IS NULL) t
            FULL JOIN (SELECT * FROM head WHERE seq > 0 {only}) h USING (stream)
            WHERE t.seq IS DISTINCT FROM h.seq OR t.hash <> h.head
            """,
            {"region": region, "stream": stream, "after": after, "upto": upto},
        )
        (events, _, _), *rows = cursor.fetchall()
    return int(events), [ChainFault(of, seq, what) for seq, of, what in rows]


def count_streams(region: str) -> int:
    """How many chains a region has."""
    return Stream.objects.filter(region=region).count()


def nth_stream(region: str, after: uuid.UUID, n: int) -> uuid.UUID | None:
    """The n-th chain behind an id, in the order of ids; None when there are fewer."""
    rows = Stream.objects.filter(region=region, id__gt=after).order_by("id")
    return rows.values_list("id", flat=True)[n - 1 : n].first()


def heads(
    region: str, after: uuid.UUID, upto: uuid.UUID, until: datetime
) -> list[tuple[uuid.UUID, int, bytes]]:
    """The last event recorded up to a moment of each chain behind an id: (stream, number, hash), by id."""
    rows = Event.objects.filter(region=region, stream__gt=after, stream__lte=upto, recorded_at__lte=until)
    newest = rows.order_by("stream", "-seq").distinct("stream").values_list("stream", "seq", "hash")
    return [(stream, seq, bytes(digest)) for stream, seq, digest in newest]


# ---- background jobs ----

DEAD_AFTER = timedelta(seconds=60)  # without a sign of life a worker counts as dead
LOOKED_AT = "records.job_looked_at"
VERIFY = "records.verify"


def unended(region: str, kind: str) -> Job | None:
    """The job of a kind that waits or runs."""
    rows = Job.objects.filter(region=region, kind=kind, state__in=(JobState.WAITING, JobState.RUNNING))
    return rows.order_by("created_at").first()


def stalled(region: str, now: datetime) -> QuerySet[Job]:
    """Jobs that nobody works on though they should be worked on: the worker died, or the queue has lost them."""
    queued = ProcrastinateJob.objects.annotate(of=KeyTextTransform("job_id", "args")).filter(
        task_name="run_job", of=Cast(OuterRef("pk"), TextField())
    )
    at_work = queued.filter(status="doing", worker__last_heartbeat__gte=now - DEAD_AFTER)
    silent = Job.objects.filter(region=region, state__in=(JobState.WAITING, JobState.RUNNING)).alias(
        sign=Coalesce("beat_at", "created_at")
    )
    silent = silent.filter(~Exists(at_work), sign__lt=now - DEAD_AFTER)
    return silent.exclude(Q(state=JobState.WAITING) & Exists(queued.filter(status="todo")))


def job_of(region: str, job_id: uuid.UUID, now: datetime) -> Any:
    """One job of a region with what `jobs_of` adds to it, or None."""
    return jobs_of(region, now).filter(pk=job_id).first()


def jobs_of(region: str, now: datetime) -> QuerySet[Job]:
    """All jobs of a region with `shown` (their state, or "stalled"), `started_by` and `spent` (time so far)."""
    begun = Event.objects.filter(stream=OuterRef("pk"), seq=1, kind="records.job_created")
    dead = Case(When(pk__in=stalled(region, now).values("pk"), then=Value(STALLED)), default=F("state"))
    return Job.objects.filter(region=region).annotate(
        shown=dead,
        started_by=Coalesce(Subquery(begun.values("by_name")[:1]), Value("")),
        spent=Coalesce("ended_at", Value(now, DateTimeField()))
        - Coalesce(Subquery(begun.values("recorded_at")[:1]), "created_at"),
    )


def unseen_failures(region: str) -> QuerySet[Job]:
    """Failed jobs that nobody has looked at since they failed."""
    seen = Event.objects.filter(stream=OuterRef("pk"), kind=LOOKED_AT, at__gte=OuterRef("ended_at"))
    return Job.objects.filter(~Exists(seen), region=region, state=JobState.FAILED)


def undelivered(region: str) -> QuerySet[Outbox]:
    """Events whose handler failed at least once."""
    return Outbox.objects.filter(event__region=region, attempts__gte=1)


def broken_verifications(region: str) -> QuerySet[Job]:
    """The newest finished run of 留痕校验 when it found what does not hold."""
    runs = Job.objects.filter(region=region, kind=VERIFY, state=JobState.DONE).order_by("-created_at")
    return Job.objects.filter(pk__in=runs.values("pk")[:1], result__broken__gt=0)


def rewritten(run: Job) -> Job | None:
    """An earlier finished run that made another digest for the same moment: then that history was rewritten since."""
    same = Job.objects.filter(
        region=run.region, kind=VERIFY, state=JobState.DONE, params__until=run.params.get("until")
    ).exclude(params__digest=run.params.get("digest"))
    return same.filter(created_at__lt=run.created_at).order_by("-created_at").first()


def named_events(region: str, places: list[tuple[uuid.UUID, int]]) -> dict[tuple[uuid.UUID, int], Event]:
    """Events by stream and number."""
    rows = Event.objects.filter(region=region, stream__in={stream for stream, _ in places})
    found = rows.filter(seq__in={seq for _, seq in places})
    return {(event.stream, event.seq): event for event in found}


def workers_alive(now: datetime) -> bool:
    """Whether any worker gives a sign of life."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - DEAD_AFTER).exists()


def timeline(stream: uuid.UUID) -> list[dict[str, Any]]:
    """Events of a stream as plain rows for a page: seq, kind, at, by_name, data. Sealed words are readable."""
    rows = Event.objects.filter(stream=stream).order_by("seq")
    fields = rows.values("id", "seq", "kind", "at", "by", "by_name", "data")
    return opened((dict(row) for row in fields), stream)
