"""Reads of 好差评. Who handled a matter never reads a single rating of it: counts only, and none of a month with few."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DateField, Q, QuerySet
from django.db.models.functions import TruncMonth

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.grassroots.ratings.models import Invitation, Rating, Remedy
from sanfu.grassroots.ratings.room import REMEDY
from sanfu.grassroots.ratings.rules import rules
from sanfu.grassroots.ratings.states import BAD
from sanfu.kernel.clocks import CHINA
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor

REMEDIES = Parts(see="ratings.see", see_all="ratings.see_all", units="units")
COUNTS = Parts(see="ratings.see", see_all="ratings.see_all", unit="unit")
SINGLE = Parts(see="", see_all="ratings.manage")  # the rows with their cases: whoever verifies, nobody else
ASKED = Parts(see="", see_all="ratings.take")
SHOWN = Parts(see="", see_all="ratings.window")


def remedies(actor: Actor) -> "QuerySet[Case]":
    """Cases of bad ratings that the actor may see: those turned over to the own unit, or all."""
    return visible_cases(actor, REMEDY.code, REMEDIES)


def remedy(actor: Actor, case_id: uuid.UUID) -> Remedy | None:
    rows = Remedy.objects.select_related("case__lead", "rating__case")
    return row_of(remedies(actor), case_id, rows)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    return find_text(rows, words)


def ratings(actor: Actor) -> "QuerySet[Rating]":
    """Single ratings with the matters they are about, for whoever verifies."""
    return narrow(actor, Rating.objects.select_related("case", "unit"), SINGLE)


def unanswered(actor: Actor) -> "QuerySet[Invitation]":
    """Finished matters that nobody rated yet, for the phone and the counter; not those of the actor's own unit."""
    rows = Invitation.objects.filter(used_at=None).select_related("case", "unit")
    seen = narrow(actor, rows, ASKED if actor.may("ratings.take") else SHOWN)
    return seen.exclude(unit__in=actor.units)


def invitation(actor: Actor, invitation_id: uuid.UUID) -> Invitation | None:
    return unanswered(actor).filter(pk=invitation_id).first()


def by_link(invitation_id: uuid.UUID, region: str) -> Invitation | None:
    """The invitation that a signed link names."""
    return Invitation.objects.filter(pk=invitation_id, region=region).select_related("case").first()


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in one month: matters asked about, answers, and their levels; None where too few answered to say."""

    month: date
    unit: uuid.UUID | None
    asked: int
    answered: int | None
    good: int | None
    bad: int | None


def summary(actor: Actor) -> list[Line]:
    """By month of asking and unit, newest first: how many were asked, how many answered, how many were content."""
    rows = narrow(actor, Invitation.objects.all(), COUNTS)
    counted = (
        rows.annotate(month=TruncMonth("asked_at", output_field=DateField(), tzinfo=CHINA))
        .values("month", "unit")
        .annotate(
            asked=Count("pk"),
            answered=Count("rating"),
            bad=Count("rating", filter=Q(rating__level__lte=BAD)),
        )
        .order_by("-month", "unit")
    )
    few = 1 if actor.may("ratings.manage") else int(rules()["few"])
    found = []
    for one in counted:
        enough = one["answered"] >= few
        found.append(
            Line(
                one["month"], one["unit"], one["asked"], one["answered"] if enough else None,
                one["answered"] - one["bad"] if enough else None, one["bad"] if enough else None,
            )
        )  # fmt: skip
    return found
