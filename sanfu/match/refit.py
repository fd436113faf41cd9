"""The background job that learns all decisions anew (重学)."""

from typing import Any

from sanfu.match.actions import refit
from sanfu.records.actor import machine
from sanfu.records.models import Job


def piece(job: Job, begin: int, end: int) -> dict[str, Any]:
    """One piece: a new matcher number. The building itself happens in each process that answers."""
    row = refit(by=machine(job.region, "匹配器"), at=job.created_at)
    return {"rows": end - begin, "number": row.number}
