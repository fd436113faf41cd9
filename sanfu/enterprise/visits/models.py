"""Wishes, visits, photos, and the operations that phones sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.states import VisitState, WishState
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Visit(models.Model):
    """走访: planned by the platform or begun on a phone; `values` are the fields of the record."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(max_length=10, choices=VisitState.choices(), default=VisitState.PLANNED)
    planned_on = models.DateField(null=True, help_text="Monday of its week; null: begun on the phone")
    units = ArrayField(models.UUIDField(), default=list, help_text="departments that take part")
    lead = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    visitor = models.UUIDField(null=True)
    visitor_name = models.CharField(max_length=40, blank=True)
    version = models.IntegerField(default=0)
    values = models.JSONField(default=dict)
    open = models.JSONField(
        default=list, help_text="fields with two values: [{field, old, here, there, operation}]"
    )
    corrections = models.JSONField(default=list, help_text="what came after the firm confirmed")
    firm_said = models.TextField(blank=True, help_text="the firm's own correction, beside the record")
    confirmed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "visits_visit"
        indexes = [models.Index(fields=["region", "enterprise"], name="visit_by_enterprise")]


class Wish(models.Model):
    """走访意向: a department wants to see a firm within some days."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    purpose = models.CharField(max_length=200)
    minutes = models.IntegerField(default=60)
    alone = models.BooleanField(default=False)
    lawful = models.BooleanField(default=False, help_text="执法检查: shown, never moved")
    state = models.CharField(max_length=8, choices=WishState.choices(), default=WishState.OPEN)
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="wishes")
    answer = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "visits_wish"
        indexes = [models.Index(fields=["region", "state"], name="wish_by_state")]


class Operation(models.Model):
    """离线操作: made once on a phone. Its primary key is the lock; the answer is stored with it."""

    id = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=10)
    record = models.UUIDField()
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    answer = models.JSONField(null=True)
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=40)
    device_at = models.CharField(
        max_length=40, blank=True, help_text="the phone's own clock: shown, never counted with"
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "visits_operation"
        indexes = [models.Index(fields=["region", "record"], name="operation_by_record")]


class Photo(models.Model):
    """照片 of a visit; two with the same content are two photos."""

    id = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=6)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="of the bytes that the phone sent")
    at = models.DateTimeField()

    class Meta:
        db_table = "visits_photo"
