"""Reads of 协议体检: decisions on clauses, of the own unit or of the county."""

from uuid import UUID

from django.db.models import QuerySet

from sanfu.people.scope import Parts, narrow
from sanfu.projects.promotion.models import LintDecision
from sanfu.records.actor import Actor

PARTS = Parts(see="promotion.lint", see_all="promotion.see_all", unit="unit_id")


def decisions(actor: Actor) -> "QuerySet[LintDecision]":
    """Decisions that the reader sees, newest first."""
    return narrow(actor, LintDecision.objects.select_related("unit"), PARTS).order_by("-at")


def decision(actor: Actor, id: UUID) -> LintDecision | None:
    """One decision, or None."""
    return decisions(actor).filter(pk=id).first()
