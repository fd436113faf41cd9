"""Appointments: a slot at one of the desks, or a place in the queue without one."""

from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.enterprise.centre.states import AppointmentState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.records.ids import new_id


class Appointment(models.Model):
    """预约: (day, slot, desk) is held by one appointment at most; the database says so, not a look before."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="appointments")
    day = models.DateField()
    slot = models.CharField(max_length=5, blank=True, help_text="HH:MM; empty: came without an appointment")
    desk = models.IntegerField(null=True)
    matter = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10, choices=AppointmentState.choices(), default=AppointmentState.BOOKED
    )
    ticket = models.IntegerField(null=True, help_text="place in the queue of the day, given on arrival")
    outcome = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    served_by = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "centre_appointment"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "day", "slot", "desk"],
                condition=~Q(state=AppointmentState.CANCELLED) & ~Q(slot=""),
                name="one_appointment_a_desk",
            ),
            models.UniqueConstraint(fields=["region", "day", "ticket"], name="one_ticket_a_place"),
        ]
        indexes = [models.Index(fields=["region", "enterprise"], name="appointment_by_firm")]


class HandOver(models.Model):
    """转帮办: what the counter hands to an agent: the matter, what the firm gave, what was promised."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="handover")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField(
        Appointment, null=True, on_delete=models.PROTECT, related_name="handover"
    )
    matter = models.CharField(max_length=200)
    given = models.CharField(max_length=300, blank=True, help_text="materials that the firm left")
    promised = models.CharField(max_length=300, blank=True, help_text="what the counter told the firm")
    helper = models.UUIDField(null=True)
    helper_name = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "centre_handover"
