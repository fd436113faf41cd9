"""Background work: the worker's entry points. They read the clock, name the actor and call actions."""

import uuid
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from sanfu.cases.actions import put_to_rest, sweep
from sanfu.grassroots.duties.actions import expire_admissions
from sanfu.records import jobs, verification
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import machine
from sanfu.records.models import Job
from sanfu.records.queries import DEAD_AFTER
from sanfu.records.wires import job_kinds

PIECE = 50  # rows in one transaction of a job
PIECES = {
    "demo.history": 5,  # steps that are slow by themselves: short transactions, so that nobody waits for them
    verification.KIND: 1_000,  # event streams; nothing is locked but the job itself
}


@app.task(name="run_job", retry=3)
def run_job(job_id: str) -> str:
    """Work through a background job; the table of kinds is in config/wiring.py."""
    job = Job.objects.get(pk=uuid.UUID(job_id))
    piece = import_string(job_kinds()[job.kind].piece)
    return str(
        jobs.run(job.id, lambda a, b: piece(job, a, b), size=PIECES.get(job.kind, PIECE), clock=timezone.now)
    )


@app.periodic(cron="* * * * *")
@app.task(name="sweep_clocks", queueing_lock="sweep_clocks", pass_context=False)
def sweep_clocks(timestamp: int) -> int:
    """Relight what is due; several passes when much is waiting."""
    by, done = machine(settings.REGION, "时钟巡查"), 0
    for _ in range(20):
        lit = sweep(region=settings.REGION, by=by, at=timezone.now())
        done += len(lit)
        if len(lit) < 1:
            break
    while put_to_rest(region=settings.REGION):
        pass
    return done


@app.periodic(cron="* * * * *")
@app.task(name="deliver_events", queueing_lock="deliver_events", pass_context=False)
def deliver_events(timestamp: int) -> int:
    """Hand waiting events to the rooms that listen."""
    return deliver_outbox()


@app.periodic(cron="10 16 * * *")  # UTC: ten past midnight in China
@app.task(name="expire_admissions", queueing_lock="expire_admissions", pass_context=False)
def end_admissions(timestamp: int) -> int:
    """到期清退: temporary duties end with their last day, without anybody thinking of it."""
    now = timezone.localtime()
    return expire_admissions(
        region=settings.REGION, on=now.date(), by=machine(settings.REGION, "到期清退"), at=now
    )


@app.periodic(cron="40 16 * * *")  # UTC: twenty to one at night in China
@app.task(name="verify_records", queueing_lock="verify_records", pass_context=False)
def verify_records(timestamp: int) -> str:
    """夜间校验: every chain once a night, and the digest of the day that has just ended."""
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return str(verification.plan(by=machine(settings.REGION, "夜间校验"), at=now, until=midnight).id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> int:
    """Take up jobs whose worker died; a job goes on at the row it had reached. Returns how many were taken up."""
    taken = 0
    for one in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER.seconds):
        if one.id is None or one.id == context.job.id:
            continue
        if one.queueing_lock:
            # A periodic task: its next turn waits in the queue already, under a lock that allows only one.
            await app.job_manager.finish_job(one, status=Status.FAILED, delete_job=False)
        elif await _worth_another(one):
            await app.job_manager.retry_job(one)
            taken += 1
        else:
            await app.job_manager.finish_job(one, status=Status.FAILED, delete_job=False)
    return taken


@sync_to_async
def _worth_another(stalled: Any) -> bool:
    """A background job that kills its worker again and again is given up; other tasks are always tried again."""
    job_id = stalled.task_kwargs.get("job_id") if stalled.task_name == "run_job" else None
    if job_id is None:
        return True
    job = Job.objects.filter(pk=uuid.UUID(job_id)).first()
    return job is not None and jobs.take_up(job.id, size=PIECES.get(job.kind, PIECE), at=timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="forget_submissions", queueing_lock="forget_submissions", pass_context=False)
def forget_submissions(timestamp: int) -> int:
    """Forget keys of forms that nobody can send a second time any more. Returns how many."""
    before = timezone.now() - timedelta(days=settings.SUBMISSION_DAYS)
    return int(import_string(settings.SANFU_FORGET)(before))
