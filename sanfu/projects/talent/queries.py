"""Reads of talent; whose rows are seen is decided by `people.scope` alone."""

import uuid

from django.db.models import QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.people.scope import Parts
from sanfu.projects.talent.models import TalentApplication
from sanfu.projects.talent.room import TALENT
from sanfu.records.actor import Actor

PARTS = Parts(see="talent.see", see_all="talent.see_all", units="units", firm="firm")


def visible(actor: Actor) -> "QuerySet[Case]":
    """Applications of the own unit or the own firm, or all."""
    return visible_cases(actor, TALENT.code, PARTS)


def access(actor: Actor, case_id: uuid.UUID) -> TalentApplication | None:
    """One row with its case, or None when it does not exist or is not the actor's to see."""
    rows = TalentApplication.objects.select_related("case__lead")
    return row_of(visible(actor), case_id, rows)


def of_firm(actor: Actor) -> "QuerySet[TalentApplication]":
    """Applications that the actor sees, newest first."""
    rows = TalentApplication.objects.filter(case__in=visible(actor)).select_related("case__lead")
    return rows.order_by("-case__opened_at")


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Rows whose number or title contains the words."""
    return find_text(rows, words)
