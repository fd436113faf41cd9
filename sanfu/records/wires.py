"""Who listens to which event and who works through which job: the tables of `config/wiring.py`, reached through the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings


@dataclass(frozen=True, slots=True)
class JobKind:
    """任务种类: one kind of background job.

    `piece` is the dotted function (job, begin, end) → what to add to the job's result; `results` names in Chinese what
    it adds up; `not_again` says why such a job is not tried again, and is empty when it goes on where it stopped.
    """

    label: str
    piece: str
    results: Mapping[str, str] = field(default_factory=dict)
    not_again: str = ""


def handlers_of(kind: str) -> list[str]:
    """Dotted names of the handlers of an event kind."""
    table: dict[str, list[str]] = settings.SANFU_EVENT_HANDLERS
    return table.get(kind, [])


def kinds_heard() -> list[str]:
    """Event kinds that some room listens to."""
    return list(settings.SANFU_EVENT_HANDLERS)


def job_kinds() -> dict[str, JobKind]:
    """All kinds of background jobs by code."""
    table: dict[str, JobKind] = settings.SANFU_JOBS
    return table
