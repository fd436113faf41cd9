"""Reads of leads; whose rows are seen is decided by `people.scope` alone."""

import uuid
from datetime import date
from fractions import Fraction

from django.conf import settings
from django.db.models import QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.kernel.leads import Funnel, Passage, Profile, differing, funnel, overlap
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts
from sanfu.projects.leads.content import rules
from sanfu.projects.leads.models import Lead, LeadOffer
from sanfu.projects.leads.room import LEAD
from sanfu.projects.leads.states import FLOW, State
from sanfu.records.actor import Actor

PARTS = Parts(see="leads.see", see_all="leads.see_all", units="units")
ORDER = (State.HELD.label, State.TALKS.label, State.REVIEW.label, State.SIGNED.label)


def visible(actor: Actor) -> "QuerySet[Case]":
    """Cases that the actor may see: those of the own unit, or all."""
    return visible_cases(actor, LEAD.code, PARTS)


def access(actor: Actor, case_id: uuid.UUID) -> Lead | None:
    """One row with its case, or None when it does not exist or is not the actor's to see."""
    rows = Lead.objects.select_related("case__lead")
    return row_of(visible(actor), case_id, rows)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Rows whose number or title contains the words."""
    return find_text(rows, words)


def zones() -> "QuerySet[Organisation]":
    """Towns and zones that a lead can be passed on to."""
    return Organisation.objects.filter(region=settings.REGION, kind__in=("town", "zone")).order_by("code")


def profile(row: Lead) -> Profile:
    """The lead as the kernel compares it."""
    return Profile(row.investor, row.code, tuple(row.shareholders), row.product, row.phone_hash)


def alike(row: Lead) -> list[tuple[Lead, tuple[str, ...]]]:
    """Other open or signed leads of the county that may be the same, each with its reasons."""
    others = Lead.objects.filter(region=row.region).exclude(case__state__in=[State.RELEASED, State.LOST])
    found = [
        (one, overlap(profile(row), profile(one)))
        for one in others.exclude(pk=row.pk).select_related("case__lead")
    ]
    return [(one, why) for one, why in found if why and why != ("产品相近",)]


def offers_apart(row: Lead, terms: dict[str, str]) -> list[str]:
    """Where these terms differ from what other zones offer the same firm; the newest offer of each counts."""
    mine = row.case.lead.short if row.case.lead else "本板块"
    others = []
    for other, _ in alike(row):
        last = LeadOffer.objects.filter(lead=other).order_by("-at").first()
        if last is not None and other.case.lead is not None and other.case.lead_id != row.case.lead_id:
            others.append((other.case.lead.short, last.terms))
    return differing([(mine, terms), *others]) if others else []


def funnel_of(actor: Actor, year: int, today: date) -> Funnel:
    """The funnel of the leads that the reader sees and that began in a year; 后报 are no leads of their own."""
    aim = rules()["年度目标"]
    rows = (
        Lead.objects.filter(case__in=visible(actor)).exclude(case__state=State.BEHIND).select_related("case")
    )
    passages = []
    for row in rows:
        days = [(stage, date.fromisoformat(day)) for stage, day in row.stages if stage in ORDER]
        if days and days[0][1].year == year:
            ended = row.case.state in FLOW.final and row.case.state != State.SIGNED
            stages = (*days, ("结束", today)) if ended else tuple(days)
            passages.append(Passage(tuple(stages), Fraction(row.amount)))
    return funnel(passages, ORDER, int(aim["个数"]), Fraction(str(aim["门槛万元"])), today)
