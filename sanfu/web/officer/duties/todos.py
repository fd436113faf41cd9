"""What waits in duties: tasks of a town, objections and admissions to rule on, drafts to send or publish (待办)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.urls import reverse

from sanfu.grassroots.duties import queries
from sanfu.grassroots.duties.states import DUTY_LIST, AdmissionState, DocumentState, Ruling, TaskState
from sanfu.records.actor import Actor
from sanfu.web.components.versions import version_lines
from sanfu.web.todos import LOOKED_AT, Todo, Waiting

S = TaskState


def _line(label: str, count: int, url: str, icon: str, tone: str, first: Iterable[Waiting]) -> Todo:
    return Todo(label, count, url, icon, tone, first=tuple(first))


def steward_todos(actor: Actor, now: datetime) -> list[Todo]:
    """What waits for 编办: objections with their ruling clock, admissions, rules that came of rulings."""
    if not actor.may("duties.rule"):
        return []
    objections = queries.objections(actor).filter(state=Ruling.OPEN)
    admissions = queries.admissions(actor).filter(state=AdmissionState.APPLIED)
    proposed = [rule for rule in queries.conditional_rules(actor.region) if rule.adopted_at is None]
    ruled = objections.order_by(F("task__case__due_at").asc(nulls_last=True), "raised_at")
    asked = admissions.order_by("applied_at")
    return [
        _line(
            "待裁定的异议",
            objections.count(),
            f"{reverse('officer:duty_objections')}?state=open",
            "gavel",
            "danger",
            (
                Waiting(f"{number} {title}（{town}）", reverse("officer:duty_objection", args=[pk]), due)
                for pk, number, title, town, due in ruled.values_list(
                    "pk", "task__case__number", "task__case__title", "town__short", "task__case__due_at"
                )[:LOOKED_AT]
            ),
        ),
        _line(
            "待审的职责准入",
            admissions.count(),
            f"{reverse('officer:duty_admissions')}?state=applied",
            "file-plus",
            "warn",
            (
                Waiting(f"{number} {name}", reverse("officer:duty_admission", args=[pk]))
                for pk, number, name in asked.values_list("pk", "number", "name")[:LOOKED_AT]
            ),
        ),
        _line(
            "待采纳的裁定规则",
            len(proposed),
            reverse("officer:duty_precedents"),
            "book-open",
            "info",
            (
                Waiting(
                    f"{rule.number} 来自先例 {rule.precedent.number}",
                    reverse("officer:duty_objection", args=[rule.precedent.objection_id]),
                )
                for rule in proposed[:LOOKED_AT]
            ),
        ),
    ]


def drafter_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Documents that were checked and not sent, objections against the own department."""
    if not actor.may("duties.send"):
        return []
    drafts = queries.documents(actor).filter(state=DocumentState.CHECKED, issuer__in=actor.units)
    against = queries.objections(actor).filter(state=Ruling.OPEN, task__document__issuer__in=actor.units)
    return [
        _line(
            "已预检待下发的文稿",
            drafts.count(),
            f"{reverse('officer:duty_documents')}?state=checked",
            "file-search",
            "warn",
            (
                Waiting(f"{number} {title}", reverse("officer:duty_document", args=[pk]))
                for pk, number, title in drafts.order_by("drafted_at").values_list("pk", "number", "title")[
                    :LOOKED_AT
                ]
            ),
        ),
        _line(
            "镇（街道）对本部门任务的异议",
            against.count(),
            f"{reverse('officer:duty_objections')}?state=open",
            "gavel",
            "info",
            (
                Waiting(f"{number} {title}", reverse("officer:duty_objection", args=[pk]), due)
                for pk, number, title, due in against.order_by("raised_at").values_list(
                    "pk", "task__case__number", "task__case__title", "task__case__due_at"
                )[:LOOKED_AT]
            ),
        ),
    ]


def version_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Duty lists for the second person to approve and publish; drafts for those who edit them."""
    return version_lines(
        actor, queries.lists(actor).select_related("town"), DUTY_LIST,
        lists="officer:duty_lists", page="officer:duty_list", icon="list-checks",
    )  # fmt: skip
