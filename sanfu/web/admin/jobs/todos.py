"""What waits for whoever keeps the platform running (待办): failed and stalled jobs, undelivered events, broken chains."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from sanfu.kernel.codes import mask
from sanfu.records import queries
from sanfu.records.actor import Actor
from sanfu.records.models import Job
from sanfu.web.todos import LOOKED_AT, Todo, Waiting


def _jobs(label: str, rows: QuerySet[Job], url: str, page: str = "manage:job") -> Todo:
    newest = rows.order_by("-created_at")[:LOOKED_AT]
    first = tuple(Waiting(mask(one.title), reverse(page, args=[one.pk])) for one in newest)
    return Todo(label, rows.count(), url, "activity", "danger", first=first)


def system_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Lines of the administrator."""
    found: list[Todo] = []
    region = actor.region
    if actor.may("system.manage"):
        jobs = reverse("manage:jobs")
        found += [
            _jobs("失败的后台任务", queries.unseen_failures(region), f"{jobs}?state=failed"),
            _jobs("中断的后台任务", queries.stalled(region, now), f"{jobs}?state=stalled"),
            Todo(
                "未送达的事件",
                queries.undelivered(region).count(),
                reverse("manage:undelivered"),
                "send",
                "danger",
            ),
        ]
    if actor.may("records.verify"):
        broken = queries.broken_verifications(region)
        found.append(
            _jobs("留痕校验发现问题", broken, reverse("manage:verifications"), "manage:verification")
        )
    return found
