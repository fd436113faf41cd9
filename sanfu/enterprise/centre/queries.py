"""Reads of appointments: free slots, the queue of a day, a firm's own."""

import uuid
from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from sanfu.enterprise.centre.models import Appointment
from sanfu.enterprise.centre.states import AppointmentState
from sanfu.people.scope import Parts, narrow
from sanfu.records.actor import Actor
from sanfu.records.content import read_yaml, timekeeper

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
