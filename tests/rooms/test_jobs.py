"""Background jobs: nothing lost, nothing doubled, stoppable."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sanfu.records import jobs
from sanfu.records.actor import machine
from sanfu.records.models import Counter, Job
from sanfu.records.states import JobState

AT = datetime(2026, 3, 2, tzinfo=UTC)
BY = machine("329900")


def clock() -> datetime:
    return AT


def new(total: int = 10) -> Job:
    return jobs.create(kind="test", title="试验", total=total, params={}, by=BY, at=AT)


def count(begin: int, end: int) -> dict[str, Any]:
    for n in range(begin, end):
        Counter.objects.create(region="329900", kind="row", year=n)
    return {"rows": end - begin}


@pytest.mark.django_db
def test_a_job_runs_in_pieces_and_adds_up() -> None:
    job = new()
    assert jobs.run(job.id, count, size=3, clock=clock) is JobState.DONE
    job.refresh_from_db()
    assert (job.done, job.result) == (10, {"rows": 10})


@pytest.mark.django_db
def test_a_job_that_fails_goes_on_where_it_stopped() -> None:
    job, broken = new(), {"yes": True}

    def piece(begin: int, end: int) -> dict[str, Any]:
        result = count(begin, end)
        if begin == 6 and broken["yes"]:
            raise OSError("power cut")
        return result

    assert jobs.run(job.id, piece, size=3, clock=clock) is JobState.FAILED
    assert Counter.objects.count() == 6
    broken["yes"] = False
    assert jobs.run(job.id, piece, size=3, clock=clock) is JobState.DONE
    assert Counter.objects.count() == 10


@pytest.mark.django_db
def test_a_job_can_be_stopped_and_keeps_what_is_done() -> None:
    job = new()

    def piece(begin: int, end: int) -> dict[str, Any]:
        if begin == 3:
            jobs.ask_to_stop(job.id, by=BY, at=AT)
        return count(begin, end)

    assert jobs.run(job.id, piece, size=3, clock=clock) is JobState.CANCELLED
    assert Counter.objects.count() in (6, 9)


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_in_one_place_is_given_up_and_says_where() -> None:
    job = new(total=120)
    assert jobs.take_up(job.id, size=50, at=AT)
    assert jobs.take_up(job.id, size=50, at=AT)
    Job.objects.filter(pk=job.pk).update(done=50, state=JobState.RUNNING)  # it got on: another place
    assert jobs.take_up(job.id, size=50, at=AT)
    assert jobs.take_up(job.id, size=50, at=AT)
    assert not jobs.take_up(job.id, size=50, at=AT)
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.FAILED, 50)
    assert "第51至100行" in job.message
    assert "前50行已经办好" in job.message
    assert job.ended_at == AT
