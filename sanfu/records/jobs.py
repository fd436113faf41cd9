"""Background jobs (后台任务): long work in small committed pieces, with progress, a stop button and a resume.

A worker calls `run(job_id, total, piece, …)`. Each piece is one transaction that also writes how far the job
came, so a worker killed in the middle loses and doubles nothing: the next one begins at `done`.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused
from sanfu.records.models import Job
from sanfu.records.queries import LOOKED_AT, stalled, unseen_failures
from sanfu.records.saying import said_of
from sanfu.records.states import JobState
from sanfu.records.wires import job_kinds

log = logging.getLogger(__name__)

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
    """Stop a job: at once when nobody works on it, otherwise after the piece it is in; what is done stays done."""
    with transaction.atomic():
        mine = Job.objects.filter(region=by.region, pk=job_id)
        nobody = mine.filter(state=JobState.WAITING) | mine.filter(pk__in=stalled(by.region, at))
        if not nobody.update(cancel_asked=True, state=JobState.CANCELLED, ended_at=at):
            mine.filter(state=JobState.RUNNING).update(cancel_asked=True)
        append(stream=job_id, kind="records.job_stop_asked", by=by, at=at)


def why_not_again(job: Job, at: datetime) -> str:
    """Why a job cannot be tried again now, in a sentence; empty when it can."""
    kind = job_kinds().get(job.kind)
    if kind is None:
        return "系统里已经没有这种任务，不能重试；需要时请从原来的页面重新发起。"
    if kind.not_again:
        return kind.not_again
    where, times = job.params.get("died_at", [-1, 0])
    if job.state == JobState.FAILED and where == job.done and times >= GIVE_UP_AFTER:
        return "后台进程在同一处连续中断，再试还会中断；请改好那几行后重新发起，已办好的不会重复。"
    if (
        job.state in (JobState.FAILED, JobState.CANCELLED)
        or stalled(job.region, at).filter(pk=job.pk).exists()
    ):
        return ""
    return "任务已经办完。" if job.state == JobState.DONE else "任务还在办，不用重试。"


@transaction.atomic
def retry(job_id: uuid.UUID, *, by: Actor, at: datetime) -> Job:
    """Try a failed, stopped or stalled job again: it goes on at the row it had reached. Refused says why not."""
    job = Job.objects.select_for_update().filter(region=by.region, pk=job_id).first()
    if job is None:
        raise Refused("没有这个任务。")
    why_not = why_not_again(job, at)
    if why_not:
        raise Refused(why_not)
    job.state, job.cancel_asked, job.message, job.ended_at = JobState.WAITING, False, "", None
    job.save(update_fields=["state", "cancel_asked", "message", "ended_at"])
    append(stream=job.id, kind="records.job_retried", by=by, at=at, data={"done": job.done})
    app.configure_task("run_job", allow_unknown=True).defer(job_id=str(job.id))
    return job


@transaction.atomic
def look_at(job_id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Note that somebody has looked at a failed job (已阅), so that it waits for nobody any more."""
    if unseen_failures(by.region).filter(pk=job_id).exists():
        append(stream=job_id, kind=LOOKED_AT, by=by, at=at)


def keep(job_id: uuid.UUID, **params: Any) -> None:
    """Keep where a piece came to, in the transaction of the piece."""
    job = Job.objects.select_for_update().get(pk=job_id)
    job.params = {**job.params, **params}
    job.save(update_fields=["params"])


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
        log.exception("job %s of kind %s failed", job.id, job.kind)
        said = f"第{job.done + 1}行附近出错：{said_of(error)}前{job.done}行已经办好。"
        return _end(job_id, JobState.FAILED, said, clock())
    job.refresh_from_db()
    return _end(job_id, JobState.CANCELLED if job.done < job.total else JobState.DONE, "", clock())


def take_up(job_id: uuid.UUID, *, size: int, at: datetime) -> bool:
    """Take up a job whose worker died, if it should be retried: no, once three workers have died on the same rows.

    Such rows would kill the next worker too: the job ends as failed and names the rows.
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
        if job.cancel_asked or job.done >= job.total:
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
