"""Background jobs (后台任务): long work in small committed pieces, with progress, a stop button and a resume.

A worker calls `run(job_id, total, piece, …)`. Each piece is one transaction that also writes how far the job
came, so a worker killed in the middle loses and doubles nothing: the next one begins at `done`.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from sanfu.records.actions import append
from sanfu.records.actor import Actor
from sanfu.records.models import Job
from sanfu.records.states import JobState

GIVE_UP_AFTER = 3  # deaths of a worker in the same piece

# One piece of work: from row `begin` to row `end` (excluded); returns what to add to the job's result.
Piece = Callable[[int, int], dict[str, Any]]


@transaction.atomic
def create(*, kind: str, title: str, total: int, params: dict[str, Any], by: Actor, at: datetime) -> Job:
    """A job that waits for a worker."""
    job = Job.objects.create(
        region=by.region, kind=kind, title=title[:200], total=total, params=params, by=by.id, created_at=at
    )
    append(stream=job.id, kind="records.job_created", by=by, at=at, data={"kind": kind, "total": total})
    app.configure_task("run_job", allow_unknown=True).defer(job_id=str(job.id))
    return job


def find(region: str, kind: str, job_id: uuid.UUID) -> Job | None:
    """One job of a kind."""
    return Job.objects.filter(region=region, kind=kind, pk=job_id).first()


def newest(region: str, kind: str, limit: int = 10) -> list[Job]:
    """The latest jobs of a kind."""
    return list(Job.objects.filter(region=region, kind=kind).order_by("-created_at")[:limit])


def ask_to_stop(job_id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Ask the worker to stop after the piece it is in; what is done stays done."""
    with transaction.atomic():
        Job.objects.filter(
            region=by.region, pk=job_id, state__in=(JobState.WAITING, JobState.RUNNING)
        ).update(cancel_asked=True)
        append(stream=job_id, kind="records.job_stop_asked", by=by, at=at)


def run(job_id: uuid.UUID, piece: Piece, *, size: int, clock: Callable[[], datetime]) -> JobState:
    """Work through a job piece by piece and return how it ended.

    `clock` tells the time (only the outermost caller reads a real one). An exception ends the job as failed
    with its message; running it again goes on where it stopped.
    """
    job = Job.objects.get(pk=job_id)
    try:
        while job.done < job.total:
            if not _step(job_id, piece, size, clock()):
                break
            job.refresh_from_db()
    except Exception as error:
        return _end(job_id, JobState.FAILED, f"第{job.done + 1}行附近出错：{error}", clock())
    job.refresh_from_db()
    return _end(job_id, JobState.CANCELLED if job.done < job.total else JobState.DONE, "", clock())


def take_up(job_id: uuid.UUID, *, size: int, at: datetime) -> bool:
    """Whether a job whose worker died is worth another one; after the third death in the same place it is not.

    A piece that kills its worker would kill the next one too: the job ends as failed and says where.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        where, times = job.params.get("died_at", [-1, 0])
        times = times + 1 if where == job.done else 1
        job.params = {**job.params, "died_at": [job.done, times]}
        job.save(update_fields=["params"])
    if times < GIVE_UP_AFTER:
        return True
    last = min(job.done + size, job.total)
    said = (
        f"处理第{job.done + 1}至{last}行时后台进程连续{times}次中断，已停止重试。前{job.done}行已经办好；"
        "请检查这几行（是否有特别大或损坏的内容），改好后重新上传，已办好的行不会重复。"
    )
    _end(job_id, JobState.FAILED, said, at)
    return False


def _step(job_id: uuid.UUID, piece: Piece, size: int, now: datetime) -> bool:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.cancel_asked:
            return False
        end = min(job.done + size, job.total)
        for name, value in piece(job.done, end).items():
            job.result[name] = job.result.get(name, type(value)()) + value
        job.done, job.state, job.beat_at = end, JobState.RUNNING, now
        job.save(update_fields=["done", "state", "beat_at", "result"])
    return True


def _end(job_id: uuid.UUID, state: JobState, message: str, now: datetime) -> JobState:
    Job.objects.filter(pk=job_id).update(state=state, message=message[:2000], ended_at=now)
    return state
