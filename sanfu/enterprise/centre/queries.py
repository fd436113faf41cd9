"""Reads of appointments: free slots, the queue of a day, a firm's own."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, row_of
from sanfu.cases.queries import visible as visible_cases
from sanfu.cases.timing import Rule
from sanfu.enterprise.centre.models import Appointment, HandOver
from sanfu.enterprise.centre.room import HANDOVER
from sanfu.enterprise.centre.states import AppointmentState, HandOverState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.registry.timeline import Entry
from sanfu.kernel.clocks import rule_of
from sanfu.people.models import Organisation
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.content import read_yaml, timekeeper

HANDOVERS = Parts(see="centre.help", see_all="centre.serve", units="units", firm="firm")
PARTS = Parts(see="", see_all="centre.serve", firm="enterprise__organisation")


def rules() -> dict[str, Any]:
    """Desks and slots, from content."""
    found: dict[str, Any] = read_yaml(settings.CONTENT / "enterprise" / "centre.yaml")
    return found


def appointments(actor: Actor) -> "QuerySet[Appointment]":
    """All for the counter, the own firm's for a firm."""
    return narrow(actor, Appointment.objects.all(), PARTS).select_related("enterprise")


def appointment(actor: Actor, appointment_id: uuid.UUID) -> Appointment | None:
    return appointments(actor).filter(id=appointment_id).first()


def of_day(actor: Actor, day: date) -> list[Appointment]:
    """The day at the counter: those who wait first by ticket, then those to come by slot."""
    rows = appointments(actor).filter(day=day).exclude(state=AppointmentState.CANCELLED)
    return list(rows.order_by(F("ticket").asc(nulls_last=True), "slot"))


def bookable_days(today: date) -> list[date]:
    """Working days that may be booked, from tomorrow on."""
    days = (today + timedelta(days=n) for n in range(1, int(rules()["days_ahead"]) + 1))
    return [day for day in days if is_workday(day)]


def is_workday(day: date) -> bool:
    return timekeeper().calendar.is_workday(day)


def free(region: str, day: date) -> list[tuple[str, int]]:
    """Slots of the day with how many desks are free; full ones are left out."""
    raw = rules()
    rows = Appointment.objects.filter(region=region, day=day).exclude(state=AppointmentState.CANCELLED)
    taken = Counter(rows.values_list("slot", flat=True))
    return [(slot, raw["desks"] - taken[slot]) for slot in raw["slots"] if taken[slot] < raw["desks"]]


def handovers(actor: Actor) -> "QuerySet[Case]":
    """Hand-overs: all for the counter, the own unit's for an agent."""
    return visible_cases(actor, HANDOVER.code, HANDOVERS)


def search(rows: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Hand-overs whose firm, matter or number holds the words."""
    return find_text(rows, words)


def handover(actor: Actor, case_id: uuid.UUID) -> HandOver | None:
    """One hand-over the actor may see."""
    rows = HandOver.objects.select_related("case__lead", "enterprise__town", "appointment")
    return row_of(handovers(actor), case_id, rows)


def of_firm(actor: Actor, enterprise: Enterprise) -> "QuerySet[HandOver]":
    """Hand-overs of one firm that the actor may see, newest first."""
    rows = HandOver.objects.filter(enterprise=enterprise, case__in=handovers(actor))
    return rows.select_related("case").order_by("-case__opened_at")


def helping_unit(region: str) -> uuid.UUID | None:
    """The unit whose agents help, as the county's content says."""
    rows = Organisation.objects.filter(region=region, code=rules()["helpers"])
    return rows.values_list("id", flat=True).first()


def taking_clock() -> Rule:
    """Until when an agent takes a hand-over."""
    raw = rules()
    return Rule(rule_of(raw["take"]), source="enterprise/centre.yaml take", basis=raw["source"]["document"])


def entries(actor: Actor, firms: Sequence[uuid.UUID], before: datetime, most: int) -> list[Entry]:
    """Hand-overs on a firm's timeline, for who may see them."""
    rows = HandOver.objects.filter(
        enterprise__in=firms, case__in=handovers(actor), case__opened_at__lt=before
    ).order_by("-case__opened_at")
    columns = rows.values_list("case__opened_at", "case__number", "matter", "case__state", "case_id")
    return [
        Entry(at, "帮办", f"{number} {matter}：{HandOverState(state).label}", "officer:handover", (case,))
        for at, number, matter, state, case in columns[:most]
    ]
