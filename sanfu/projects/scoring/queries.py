"""Reads of 亩均评价."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from sanfu.people.scope import Parts, narrow
from sanfu.projects.scoring.models import ScoredFirm, ScoringObjection, ScoringRun
from sanfu.projects.scoring.states import RunState
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


@dataclass(frozen=True, slots=True)
class Identity:
    """A firm as a sheet may name it: by its credit code, or by its full name where the sheet has no code."""

    code: str
    name: str


def own_results(actor: Actor, firm: Identity) -> "QuerySet[ScoredFirm]":
    """The firm's own rows of runs on public notice or final, newest first; a row with another firm's code never."""
    if not actor.may("scoring.own") or not firm.name:
        return ScoredFirm.objects.none()
    named = Q(code=firm.code) if firm.code else Q(pk__in=[])
    rows = ScoredFirm.objects.filter(
        named | Q(name=firm.name, code__in=["", F("name")]),
        region=actor.region,
        run__state__in=[RunState.NOTICE, RunState.FINAL],
    )
    return rows.select_related("run").order_by("-run__at", "position")
