"""Reads of capital: who sees which case, dwell times, certificates, facts of the register for a check."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Q, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.enterprise.capital.models import ListingCase, Proof
from sanfu.enterprise.capital.room import LISTING
from sanfu.enterprise.capital.states import LISTING_FLOW, ListingState
from sanfu.enterprise.registry.models import Enterprise, Fact
from sanfu.enterprise.registry.timeline import Entry
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of

PARTS = Parts(see="capital.see", see_all="capital.see_all", units="units", firm="firm")
# Indicators of the register → measure, and how many of the register's units make 元 or a share of one.
FROM_REGISTER = {
    "营业收入": ("revenue", 100),
    "研发费用": ("rd", 100),
    "净资产": ("net_assets", 100),
}


def visible(actor: Actor) -> "QuerySet[Case]":
    """Cases the actor may see: those of the own unit, or all."""
    return visible_cases(actor, LISTING.code, PARTS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    return find_text(rows, words)


def access(actor: Actor, case_id: uuid.UUID) -> ListingCase | None:
    """One case the actor may see."""
    rows = ListingCase.objects.select_related("case__lead", "enterprise__town")
    return row_of(visible(actor), case_id, rows)


def of_firm(enterprise: Enterprise) -> ListingCase | None:
    """The open case of one firm, which the firm itself sees."""
    return ListingCase.objects.select_related("case").filter(enterprise=enterprise, open=True).first()


def proofs(row: ListingCase) -> "QuerySet[Proof]":
    """Its certificates, in the order they were asked for."""
    return Proof.objects.filter(listing=row).select_related("unit").order_by("asked_at", "code")


def was_asked(row: ListingCase, actor: Actor) -> bool:
    """Whether a certificate of the actor's unit was asked for."""
    return Proof.objects.filter(listing=row, unit__in=actor.units).exists()


def stays(row: ListingCase, now: datetime) -> list[tuple[ListingState, date, int]]:
    """Stage, day it began, days spent in it; the last one until today unless it is over."""
    begun = [(ListingState(state), datetime.fromisoformat(at)) for state, at in row.stays]
    found = []
    for place, (state, at) in enumerate(begun):
        over = state in LISTING_FLOW.final
        until = begun[place + 1][1] if place + 1 < len(begun) else at if over else now
        found.append((state, day_of(at), (day_of(until) - day_of(at)).days))
    return found


def blocked() -> Q:
    """The condition of cases that something holds up."""
    return ~Q(listing__blocker="")


def enterprise_said(actor: Actor, said: str) -> Enterprise | None:
    """The one enterprise of the county that the words name; None without the permission, or where several fit."""
    if not actor.may("capital.see") or len(said) < 2:
        return None
    rows = Enterprise.objects.filter(region=actor.region)
    exact = rows.filter(Q(name=said) | Q(credit_code=said)).first()
    found = list(rows.filter(name__contains=said)[:2])
    return exact or (found[0] if len(found) == 1 else None)


def register_years(enterprise: Enterprise, on: date) -> dict[str, dict[int, Fraction]]:
    """What the register knows of a firm for a check: measure → calendar year → 元; the newest observation counts."""
    rows = Fact.objects.filter(enterprise=enterprise, indicator__in=FROM_REGISTER, observed_on__lte=on)
    found: dict[str, dict[int, Fraction]] = {}
    for row in rows.order_by("observed_on", "recorded_at"):
        if row.number is not None and row.period.isdigit():
            code, scale = FROM_REGISTER[row.indicator]
            found.setdefault(code, {})[int(row.period)] = Fraction(row.number, scale)
    return found


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Listing cases on a firm's timeline, for who may see them."""
    rows = ListingCase.objects.filter(
        enterprise__in=firms, case__in=visible(actor), case__opened_at__lt=before
    )
    columns = rows.order_by("-case__opened_at").values_list(
        "case__opened_at", "case__number", "case__state", "case_id"
    )
    return [
        Entry(at, "上市后备", f"{number} {ListingState(state).label}", "officer:listing", (case,))
        for at, number, state, case in columns[:most]
    ]
