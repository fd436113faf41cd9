"""What waits in benefits: versions to finish or approve, batches by the act that is due, objections (待办)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from sanfu.enterprise.benefits import queries
from sanfu.enterprise.benefits.policies import visible_versions
from sanfu.enterprise.benefits.states import BatchState
from sanfu.lists.versions import VersionState
from sanfu.records.actor import Actor
from sanfu.web.todos import LOOKED_AT, Todo, Waiting, of_cases

S = BatchState


def version_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Policy versions: one's own department's drafts, and those that a second person must approve."""
    found: list[Todo] = []
    address = reverse("officer:benefit_policies")
    asked = (
        ("benefits.approve", VersionState.WAITING, "政策版本待复核", "warn"),
        ("benefits.edit", VersionState.DRAFT, "起草中的政策版本", "info"),
    )
    for permission, state, label, tone in asked:
        if not actor.may(permission):
            continue
        rows = visible_versions(actor).filter(state=state)
        if permission == "benefits.approve":
            rows = rows.exclude(editors__contains=[actor.id])
        first = tuple(
            Waiting(f"{title} 第{number}版", reverse("officer:benefit_policy", args=[policy]))
            for policy, title, number in rows.order_by("created_at").values_list("policy", "title", "number")[
                :LOOKED_AT
            ]
        )
        found.append(Todo(label, rows.count(), address, "scroll-text", tone, first=first))
    return found


# (permission, states, label, only batches of the own department)
_BATCHES = (
    ("benefits.batch", (S.GENERATED,), "兑付批次待初核", True),
    ("benefits.approve", (S.REVIEWED,), "兑付批次待审定", False),
    ("benefits.batch", (S.DECIDED,), "兑付批次待公示", True),
    ("benefits.pay", (S.CONSENT, S.PAYING), "兑付批次待拨付", False),
    ("benefits.pay", (S.PAID,), "已拨付待办结", False),
)


def batch_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Batches by the act that is asked of this person; objections and notices that are over."""
    if not actor.may("benefits.see"):
        return []
    rows = queries.visible(actor)
    address = reverse("officer:benefit_batch_list")

    def line(label: str, about: Q, query: str, icon: str, tone: str = "warn") -> Todo:
        url = f"{address}?{query}"
        return of_cases(label, rows, url=url, page="officer:benefit_batch", icon=icon, tone=tone, about=about)

    own = Q(lead__in=actor.units)
    found = []
    for permission, states, label, only_own in _BATCHES:
        if actor.may(permission):
            about = Q(state__in=states) & (own if only_own else ~Q(batch__made_by=actor.id))
            found.append(line(label, about, f"state={states[0]}", "banknote"))
    if actor.may("benefits.batch"):
        over = queries.notice_over(now)
        found.append(line("公示名单有异议待处理", queries.objected() & own, "objected=1", "gavel", "danger"))
        found.append(line("公示期满待结束", over & own, "over=1", "calendar-check"))
    return found
