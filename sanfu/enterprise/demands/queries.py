"""Reads of demands: who sees which, repeats, figures, topics."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.enterprise.demands.models import Demand, Topic
from sanfu.enterprise.demands.room import DEMAND
from sanfu.enterprise.demands.states import TopicState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.kernel.text.near import containment
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor

PARTS = Parts(see="demands.see", see_all="demands.see_all", units="units", firm="firm")
REPEAT_DAYS, REPEAT_SHARE = 90, 0.5
MANY = 2000


def visible(actor: Actor) -> "QuerySet[Case]":
    """Demands the actor may see: the own unit's, the own firm's, or all."""
    return visible_cases(actor, DEMAND.code, PARTS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    return find_text(rows, words)


def access(actor: Actor, case_id: uuid.UUID) -> Demand | None:
    """One demand the actor may see."""
    rows = Demand.objects.select_related("case__lead", "enterprise__town", "merged_into__case", "topic")
    return row_of(visible(actor), case_id, rows)


def of_firm(actor: Actor) -> "QuerySet[Demand]":
    """Demands of the actor's own firm, newest first."""
    rows = Demand.objects.filter(case__in=visible(actor)).select_related("case__lead")
    return rows.order_by("-case__opened_at")


def of_enterprise(actor: Actor, enterprise: Enterprise) -> "QuerySet[Demand]":
    """Demands of an enterprise that the actor may see, newest first."""
    return of_enterprises(actor, [enterprise.pk])


def of_enterprises(actor: Actor, firms: Sequence[uuid.UUID]) -> "QuerySet[Demand]":
    """Demands of several enterprises that the actor may see, newest first."""
    rows = Demand.objects.filter(enterprise__in=firms, case__in=visible(actor))
    return rows.select_related("case__lead").order_by("-case__opened_at")


def enterprises(region: str, words: str = "") -> "QuerySet[Enterprise]":
    """Enterprises by part of the name or the whole credit code."""
    rows = Enterprise.objects.filter(region=region).order_by("name")
    return rows.filter(Q(name__contains=words) | Q(credit_code=words)) if words else rows


def enterprise_said(region: str, said: str) -> Enterprise | None:
    """The one enterprise that the words name: whole name, whole credit code, or the only one that contains them."""
    exact = Enterprise.objects.filter(region=region).filter(Q(name=said) | Q(credit_code=said)).first()
    if exact or len(said) < 2:
        return exact
    found = list(enterprises(region, said)[:2])
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Near:
    """A demand that says much the same; `share` of the shorter text is in both."""

    demand: Demand
    share: float
    same_firm: bool


def repeats(demand: Demand, now: datetime, most: int = 5) -> list[Near]:
    """Earlier demands of the last 90 days that say much the same, the own firm's first."""
    since = now - timedelta(days=REPEAT_DAYS)
    rows = Demand.objects.filter(region=demand.region, case__opened_at__gte=since).exclude(pk=demand.pk)
    rows = rows.filter(merged_into=None).select_related("case", "enterprise").order_by("-case__opened_at")
    found = []
    for other in rows[:MANY]:
        share = containment(demand.text, other.text)
        if share >= REPEAT_SHARE:
            found.append(Near(other, share, other.enterprise_id == demand.enterprise_id))
    return sorted(found, key=lambda near: (not near.same_firm, -near.share))[:most]


@dataclass(frozen=True, slots=True)
class Figures:
    """办结率 and 实际解决率, apart: closed by all that are due to be closed, and solved by all that were called back."""

    all: int
    closed: int
    asked: int
    solved: int
    redone: int

    @property
    def closing_rate(self) -> float | None:
        return 100 * self.closed / self.all if self.all else None

    @property
    def solving_rate(self) -> float | None:
        return 100 * self.solved / self.asked if self.asked else None


def figures(actor: Actor) -> Figures:
    """Figures over all demands that the actor may see; merged, refused, withdrawn and lapsed ones are no demand to close."""
    rows = Demand.objects.filter(case__in=visible(actor)).exclude(
        case__state__in=["merged", "refused", "withdrawn", "lapsed"]
    )
    found = rows.aggregate(
        all=Count("pk"),
        closed=Count("pk", filter=Q(case__state="done")),
        asked=Count("pk", filter=Q(case__state="done", solved__isnull=False)),
        solved=Count("pk", filter=Q(case__state="done", solved=True)),
        redone=Count("pk", filter=Q(redone__gt=0)),
    )
    return Figures(**found)


def topics(actor: Actor) -> "QuerySet[Topic]":
    """Common topics of the region with the number of firms, newest first."""
    rows = Topic.objects.filter(region=actor.region).select_related("unit")
    return rows.annotate(firms=Count("demands__enterprise", distinct=True)).order_by("-made_at")


def own_tasks(actor: Actor) -> "QuerySet[Topic]":
    """Policies that the actor's unit was asked to change."""
    return Topic.objects.filter(region=actor.region, state=TopicState.TASKED, unit__in=actor.units)


def topic(actor: Actor, topic_id: uuid.UUID) -> Topic | None:
    return topics(actor).filter(id=topic_id).first()


def effect(topic: Topic) -> tuple[int, int] | None:
    """Demands of the topic's kind opened in as many days before and after the change; None while nothing changed."""
    if topic.changed_at is None:
        return None
    same = Demand.objects.filter(region=topic.region, kind=topic.kind)
    span = timedelta(days=REPEAT_DAYS)
    before = same.filter(case__opened_at__gte=topic.changed_at - span, case__opened_at__lt=topic.changed_at)
    after = same.filter(case__opened_at__gte=topic.changed_at, case__opened_at__lt=topic.changed_at + span)
    return before.count(), after.count()


def joinable(actor: Actor, topic: Topic) -> list[Demand]:
    """Demands of the topic's kind that are in no topic yet."""
    rows = Demand.objects.filter(case__in=visible(actor), kind=topic.kind, topic=None, merged_into=None)
    return list(rows.select_related("case", "enterprise").order_by("-case__opened_at")[:30])


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Demands on a firm's timeline, for who may see them."""
    rows = Demand.objects.filter(enterprise__in=firms, case__in=visible(actor), case__opened_at__lt=before)
    columns = rows.order_by("-case__opened_at").values_list(
        "case__opened_at", "case__number", "case__title", "case_id"
    )
    return [
        Entry(at, "诉求", f"{number} {title}", "officer:demand", (case,))
        for at, number, title, case in columns[:most]
    ]
