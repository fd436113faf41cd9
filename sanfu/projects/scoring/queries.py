"""Reads of 亩均评价."""

from uuid import UUID

from django.db.models import QuerySet

from sanfu.people.scope import Parts, narrow
from sanfu.projects.scoring.models import ScoredFirm, ScoringObjection, ScoringRun
from sanfu.records.actor import Actor

PARTS = Parts(see="scoring.see", see_all="scoring.see_all", unit="unit_id")


def runs(actor: Actor) -> "QuerySet[ScoringRun]":
    """Runs, newest first."""
    return narrow(actor, ScoringRun.objects.select_related("unit"), PARTS).order_by("-at")


def firms(actor: Actor, run: UUID | None = None) -> "QuerySet[ScoredFirm]":
    """Firms of the runs that the reader sees."""
    rows = ScoredFirm.objects.filter(region=actor.region, run__in=runs(actor).values("id")).select_related(
        "run"
    )
    return rows.filter(run=run) if run else rows


def objections(actor: Actor) -> "QuerySet[ScoringObjection]":
    """Objections of those firms, open ones first."""
    rows = ScoringObjection.objects.filter(region=actor.region, firm__in=firms(actor).values("id"))
    return rows.select_related("firm__run").order_by("-at")
