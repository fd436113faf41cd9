"""The whole demo county (演示): what waits on somebody's desk before the first page, the history behind the figures after.

The history is a job like any other: in pieces that are each committed whole, with progress, and a worker that is
killed goes on where it was.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string

from sanfu.adapters.demo_history import ORDERS, seed_history
from sanfu.adapters.demo_measure import close_months
from sanfu.adapters.demo_orders import relight, seed_desks
from sanfu.records import jobs
from sanfu.records.actor import machine
from sanfu.records.models import Job
from sanfu.records.wires import rooms

KIND = "demo.history"
TITLE = "演示数据（往期工单）"


def seed_today(*, region: str, now: datetime) -> int:
    """Orders, applications, drafts and batches that wait for somebody today; how many orders. Twice changes nothing."""
    if jobs.newest(region, KIND, 1):
        return 0
    orders = seed_desks(settings.CONTENT, region=region, now=now)
    with transaction.atomic():
        for room in rooms():
            for name in room.demo:
                import_string(name)(now)
        plan(region=region, now=now)
    relight(region, now)
    return orders


def plan(*, region: str, now: datetime) -> Job:
    """The job that makes the history; a worker takes it up."""
    params = {"now": now.isoformat()}
    by = machine(region, TITLE)
    return jobs.create(kind=KIND, title=TITLE, total=ORDERS, params=params, by=by, at=now)


def piece(job: Job, begin: int, end: int) -> dict[str, Any]:
    """Closed orders begin..end of the history; with the last of them the months that are over are closed."""
    now = parse_datetime(job.params["now"])
    if not settings.DEMO or now is None:
        return {}
    made = seed_history(settings.CONTENT, region=job.region, now=now, begin=begin, end=end, total=job.total)
    if end >= job.total:
        close_months(now)
    return {"orders": made}
