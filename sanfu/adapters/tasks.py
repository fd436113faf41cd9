"""Background work: the worker's entry points. They read the clock, name the actor and call actions."""

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from sanfu.records import jobs
from sanfu.records.actor import machine
from sanfu.records.manifest import Sweep
from sanfu.records.models import Job
from sanfu.records.queries import DEAD_AFTER
from sanfu.records.wires import job_kinds, sweeps


@app.task(name="run_job", retry=3)
def run_job(job_id: str) -> str:
    """Work through a background job; its kind is in the manifest of its room."""
    job = Job.objects.get(pk=uuid.UUID(job_id))
    kind = job_kinds()[job.kind]
    piece = import_string(kind.piece)
    return str(jobs.run(job.id, lambda a, b: piece(job, a, b), size=kind.rows, clock=timezone.now))


def _come_round(sweep: Sweep) -> None:
    """Give the worker one sweep (巡查) of a room's manifest."""

    def swept(timestamp: int) -> int:
        by = machine(settings.REGION, sweep.label)
        return int(import_string(sweep.does)(region=settings.REGION, by=by, at=timezone.now()))

    task = app.task(name=sweep.name, queueing_lock=sweep.name, pass_context=False)(swept)
    app.periodic(cron=sweep.cron, periodic_id=sweep.name)(task)


for _sweep in sweeps():
    _come_round(_sweep)


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
    kind = job_kinds().get(job.kind) if job else None
    return job is not None and kind is not None and jobs.take_up(job.id, size=kind.rows, at=timezone.now())
