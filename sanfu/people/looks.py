"""What people took out of the platform or were refused (审计): one event each, in the person's own stream."""

from datetime import datetime

from django.db import transaction

from sanfu.kernel.codes import mask
from sanfu.records.actions import append
from sanfu.records.actor import Actor


@transaction.atomic
def downloaded(*, path: str, file: str, by: Actor, at: datetime) -> None:
    """Keep that somebody was handed a file: a download or the export of a list, with its filters."""
    if by.id is not None:
        data = {"path": mask(path)[:300], "file": mask(file)[:200]}
        append(stream=by.id, kind="people.downloaded", by=by, at=at, data=data)


@transaction.atomic
def refused(*, path: str, why: str, by: Actor, at: datetime) -> None:
    """Keep that somebody was refused what the own post does not allow."""
    if by.id is not None:
        append(
            stream=by.id,
            kind="people.refused",
            by=by,
            at=at,
            data={"path": mask(path)[:300], "why": why[:200]},
        )
