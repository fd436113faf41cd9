"""Needs of firms, offers of teams, platforms and equipment, and contacts with their milestones."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.research.states import NeedState, UploadState
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Row(models.Model):
    """What every table here begins with."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)

    class Meta:
        abstract = True


class Need(Row):
    """技术需求: what a firm looks for. Empty columns set no constraint; money in 元."""

    number = models.CharField(max_length=20)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="research_needs")
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    needed_by = models.DateField(null=True)
    secret = models.BooleanField(default=False)
    equipment = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    readiness = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=NeedState.choices(), default=NeedState.OPEN)
    by_name = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "research_need"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_need_a_number")]


class OfferUpload(Row):
    """供给导入: one file of offers, checked line by line; kept or dropped as the person decides."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=UploadState.choices(), default=UploadState.CHECKED)
    total = models.IntegerField()
    errors = models.JSONField(default=list, help_text="[{line, column, value, what, instead}]")
    good = models.JSONField(default=list, help_text="columns of offers that passed")
    kept = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "research_upload"


class Offer(Row):
    """技术供给: a team, a platform or equipment. What is null is unknown, which breaks nothing; money in 元."""

    number = models.CharField(max_length=20)
    holder = models.CharField(max_length=80)
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=10)
    least = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    ready = models.DateField(null=True)
    keeps_secrets = models.BooleanField(null=True)
    equipment = ArrayField(models.CharField(max_length=40), null=True)
    readiness = models.SmallIntegerField(null=True)
    contact = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    upload = models.ForeignKey(OfferUpload, null=True, on_delete=models.PROTECT, related_name="offers")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "research_offer"
        constraints = [
            models.UniqueConstraint(fields=["region", "number"], name="one_offer_a_number"),
            models.UniqueConstraint(
                fields=["region", "holder", "title"],
                condition=Q(active=True),
                name="one_active_offer_a_title",
            ),
        ]


class Contact(Row):
    """产学研对接: a need and an offer, why they were brought together, and the contract that came of it."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="research")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="contacts")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="contacts")
    why = models.JSONField(help_text="words, near words and constraints as they were known at the beginning")
    contract_no = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    signed_on = models.DateField(null=True)
    open = models.BooleanField(default=True)

    class Meta:
        db_table = "research_contact"
        constraints = [
            models.UniqueConstraint(
                fields=["need", "offer"], condition=Q(open=True), name="one_open_contact_a_pair"
            )
        ]


class Milestone(Row):
    """里程碑 of a contract: what, until when, and when it was reached."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(max_length=100)
    due = models.DateField()
    done_on = models.DateField(null=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "research_milestone"
