"""留痕校验: all hash chains of a county looked at in pieces, as a background job, with one digest over all heads.

The chains alone show what was changed clumsily. Somebody with all keys could write a whole history anew, hashes
included; against that helps only a figure that lies outside the platform. The digest over the heads at a
moment can be made again at any later one from the events recorded up to then: when it differs, that history was rewritten.
"""

import hashlib
import uuid
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.utils.dateparse import parse_datetime

from sanfu.records import jobs, queries
from sanfu.records.actor import Actor, NotAllowed
from sanfu.records.models import Job
from sanfu.records.moments import begin_of, day_of

KIND = queries.VERIFY
SETTLED = timedelta(seconds=30)  # younger events may still be in a transaction that is not over
BEGIN = "00" * 32  # the digest before the first head
LAST = uuid.UUID(int=2**128 - 1)
FAULTS_KEPT = 1_000  # of a history that is broken throughout, the first ones are enough to read
RECIPE = (
    "从32个零字节开始，按事件流编号升序，逐条计算 SHA-256(上一个摘要 + “编号 空格 序号 空格 哈希的十六进制 换行”)，"
    "每个事件流取截至时刻前写入的最后一条。"
)


def plan(*, by: Actor, at: datetime, until: datetime | None = None) -> Job:
    """A job that verifies everything; the one that waits or runs already is that job. `until`: heads as of then."""
    if by.id is not None and not by.may("records.verify"):
        raise NotAllowed("只有系统管理员可以校验留痕。")
    going = queries.unended(by.region, KIND)
    if going is not None:
        return going
    settled = (at - SETTLED).replace(second=0, microsecond=0)  # a whole minute: it can be typed in again
    upto = min(until, settled) if until else settled
    params = {"until": upto.isoformat(), "cursor": str(uuid.UUID(int=0)), "digest": BEGIN}
    total = max(1, queries.count_streams(by.region))
    return jobs.create(kind=KIND, title="留痕校验", total=total, params=params, by=by, at=at)


def nightly(*, region: str, by: Actor, at: datetime) -> int:
    """夜间校验: every chain once a night, and the digest of the day that has just ended."""
    plan(by=by, at=at, until=begin_of(day_of(at)))
    return 1


def piece(job: Job, begin: int, end: int) -> dict[str, Any]:
    """The next streams in the order of their ids; the last piece takes all that are left, also younger ones."""
    started = perf_counter()
    fresh = Job.objects.get(pk=job.pk)
    after, until = uuid.UUID(fresh.params["cursor"]), parse_datetime(fresh.params["until"])
    assert until is not None
    upto = queries.nth_stream(job.region, after, end - begin) if end < job.total else None
    upto = upto or LAST
    events, faults = queries.verify_chains(region=job.region, after=after, upto=upto)
    heads = queries.heads(job.region, after, upto, until)
    jobs.keep(job.id, cursor=str(upto), digest=folded(fresh.params["digest"], heads))
    room = max(0, FAULTS_KEPT - len(fresh.result.get("faults", ())))
    named = [{"stream": str(f.stream), "seq": f.seq, "what": f.what} for f in faults[:room]]
    seconds = perf_counter() - started
    return {
        "events": events,
        "heads": len(heads),
        "broken": len(faults),
        "faults": named,
        "seconds": seconds,
    }


def folded(digest: str, heads: list[tuple[uuid.UUID, int, bytes]]) -> str:
    """The digest (hexadecimal) with more heads folded in, in order; pieces of any size give the same."""
    sofar = bytes.fromhex(digest)
    for stream, seq, head in heads:
        sofar = hashlib.sha256(sofar + f"{stream} {seq} {head.hex()}\n".encode()).digest()
    return sofar.hex()
