"""留痕校验: every kind of tampering is found and named, in pieces of any size, and a rewritten history changes its digest."""

import hashlib
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from sanfu.records import jobs, queries, verification
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, machine
from sanfu.records.models import Event, Job
from sanfu.records.states import JobState
from tests.rooms.test_records import tamper

pytestmark = pytest.mark.django_db
REGION = "329900"
BY = machine(REGION, "测试")


def later() -> datetime:
    """A moment at which all that was just written is settled: the database stamps events with its own clock."""
    return timezone.now() + timedelta(minutes=5)


def streams(count: int = 7, length: int = 3, region: str = REGION) -> list[uuid.UUID]:
    made = [uuid.uuid4() for _ in range(count)]
    with transaction.atomic():
        for stream in made:
            for n in range(length):
                append(
                    stream=stream, kind="test.happened", by=machine(region), at=timezone.now(), data={"n": n}
                )
    return sorted(made)


def verified(size: int = 3, until: datetime | None = None) -> Job:
    job = verification.plan(by=BY, at=later(), until=until)
    state = jobs.run(job.id, lambda a, b: verification.piece(job, a, b), size=size, clock=later)
    assert state is JobState.DONE
    return Job.objects.get(pk=job.pk)


def found(job: Job) -> set[tuple[str, int, str]]:
    return {(one["stream"], one["seq"], one["what"]) for one in job.result["faults"]}


def test_a_sound_history_is_counted_whole_and_has_no_fault() -> None:
    streams(7, 3)
    before, heads = Event.objects.filter(region=REGION).count(), queries.count_streams(REGION)
    job = verified()  # the job's own first event is there when it begins
    assert job.result["events"] == before + 1
    assert job.result["heads"] == heads + 1
    assert (job.result["broken"], job.result["faults"]) == (0, [])


@pytest.mark.parametrize(
    ("sql", "seq", "what"),
    [
        ("""UPDATE records_event SET data = '{"n": 9}' WHERE stream = %s AND seq = 2""", 2, "内容与哈希不符"),
        (
            "UPDATE records_event SET at = at - interval '1 day' WHERE stream = %s AND seq = 1",
            1,
            "内容与哈希不符",
        ),
        ("UPDATE records_event SET by_name = '别人' WHERE stream = %s AND seq = 2", 2, "内容与哈希不符"),
        (
            "UPDATE records_event SET recorded_at = recorded_at - interval '1 microsecond' WHERE stream = %s AND seq = 3",
            3,
            "内容与哈希不符",
        ),
        ("DELETE FROM records_event WHERE stream = %s AND seq = 3", 3, "末尾缺失"),
        ("DELETE FROM records_event WHERE stream = %s", 3, "末尾缺失"),
        ("UPDATE records_stream SET seq = 2 WHERE id = %s", 2, "超出链头"),
        ("DELETE FROM records_stream WHERE id = %s", 3, "没有链头"),
        ("DELETE FROM records_event WHERE stream = %s AND seq = 1", 2, "与上一条不相接"),
        (
            """UPDATE records_event SET data = '{}', hash = records_hash(stream, seq, kind, at, by, '{}', previous)
               WHERE stream = %s AND seq = 3""",
            3,
            "末条与链头不符",
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_what_was_tampered_with_is_named(sql: str, seq: int, what: str, size: int) -> None:
    victim = streams(6)[3]
    tamper(sql, victim)
    job = verified(size)
    assert found(job) == {(str(victim), seq, what)}
    assert job.result["broken"] == 1


def test_pieces_of_any_size_give_the_same_digest_as_reading_it_all() -> None:
    streams(9)
    until = timezone.now()
    digests = {verified(size, until).params["digest"] for size in (1, 4, 1000)}
    expected = bytes(32)
    newest = Event.objects.filter(region=REGION, recorded_at__lte=until).order_by("stream", "-seq")
    for event in newest.distinct("stream"):
        line = f"{event.stream} {event.seq} {bytes(event.hash).hex()}\n"
        expected = hashlib.sha256(expected + line.encode()).digest()
    assert digests == {expected.hex()}


def test_what_comes_later_leaves_the_digest_of_a_day_alone() -> None:
    mine = streams(3)
    until = timezone.now()
    first = verified(until=until)
    with transaction.atomic():
        append(stream=mine[0], kind="test.happened", by=BY, at=timezone.now())
    assert verified(until=until).params["digest"] == first.params["digest"]


def test_a_history_written_anew_with_right_hashes_shows_in_the_digest_only() -> None:
    victim = streams(4)[1]
    until = timezone.now()
    first = verified(until=until)
    tamper(
        """UPDATE records_event SET data = '{}', hash = records_hash(stream, seq, kind, at, by, '{}', previous)
           WHERE stream = %s AND seq = 3""",
        victim,
    )
    tamper(
        "UPDATE records_stream SET head = (SELECT hash FROM records_event WHERE stream = records_stream.id AND seq = 3) WHERE id = %s",
        victim,
    )
    second = verified(until=until)
    assert second.result["broken"] == 0
    assert queries.rewritten(second) == first
    assert queries.rewritten(first) is None


def test_a_killed_run_goes_on_where_it_was() -> None:
    streams(8)
    job = verification.plan(by=BY, at=later())
    died = {"at": 4}

    def piece(begin: int, end: int) -> dict[str, object]:
        made = verification.piece(job, begin, end)
        if begin == died["at"]:
            died["at"] = -1
            raise OSError("power cut")
        return made

    assert jobs.run(job.id, piece, size=2, clock=later) is JobState.FAILED
    assert jobs.run(job.id, piece, size=2, clock=later) is JobState.DONE
    job.refresh_from_db()
    assert job.result["events"] == Event.objects.filter(region=REGION).count()
    assert job.result["heads"] == queries.count_streams(REGION)


def test_another_county_is_not_looked_at() -> None:
    theirs = streams(2, region="329901")
    tamper("UPDATE records_event SET kind = 'x' WHERE stream = %s", theirs[0])
    assert verified().result["broken"] == 0


def test_one_run_at_a_time_and_only_by_those_who_may() -> None:
    going = verification.plan(by=BY, at=later())
    assert verification.plan(by=BY, at=later()) == going
    with pytest.raises(NotAllowed):
        verification.plan(by=Actor(id=uuid.uuid4(), name="某人", region=REGION), at=later())
