"""What a request order holds beside its case: the message, the person behind it, its points, parts and call-backs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.grassroots.tickets.states import (
    Channel,
    Rating,
    RefusalReason,
    RequestType,
    ReturnReason,
)
from sanfu.people.models import Organisation, User
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Ticket(models.Model):
    """诉求工单: the request of one case. The text is kept as it came; pages show it masked (脱敏)."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="ticket")
    region = models.CharField(max_length=6)
    channel = models.CharField(max_length=10, choices=Channel.choices())
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in RequestType])
    body = models.TextField()
    original = models.TextField(
        blank=True, default="", db_default="", help_text="the whole message, when it was split into points"
    )
    place = models.CharField(max_length=200, blank=True)
    area = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", help_text="属地"
    )
    lon = models.FloatField(null=True, help_text="degrees CGCS2000; only when somebody chose the place")
    lat = models.FloatField(null=True)
    occurred_at = models.DateTimeField(null=True)
    item_code = models.CharField(max_length=20, blank=True, help_text="清单事项")
    list_version = models.CharField(max_length=20, blank=True)
    class_path = models.CharField(max_length=120, blank=True)
    suggested = models.JSONField(default=dict, help_text="what the matcher said at intake, with evidence")
    anonymous = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False, help_text="举报: the reported unit never sees it")
    source_number = models.CharField(max_length=60, blank=True)
    sender = models.UUIDField(null=True, help_text="对接系统的账号: whose number the source number is")
    hidden_from = ArrayField(models.UUIDField(), default=list, help_text="被举报单位")
    follow_code = models.CharField(max_length=8)
    return_count = models.IntegerField(default=0)
    redo_count = models.IntegerField(default=0)
    first_contact_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    reply_public = models.TextField(blank=True)
    reply_internal = models.TextField(blank=True)
    caller = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, help_text="回访人"
    )
    resolved = models.BooleanField(null=True)
    rating = models.CharField(max_length=10, blank=True, choices=Rating.choices())
    rating_note = models.TextField(blank=True)
    refusal = models.CharField(max_length=20, blank=True, choices=RefusalReason.choices())
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="points")
    received_at = models.DateTimeField()

    class Meta:
        db_table = "tickets_ticket"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "channel", "sender", "source_number"],
                nulls_distinct=False,
                condition=~Q(source_number=""),
                name="one_order_a_source_number",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="a_place_has_both_degrees",
            ),
            models.CheckConstraint(
                condition=Q(rating="") | Q(rating__in=[one.value for one in Rating]),
                name="rating_is_one_of_five",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "item_code", "-received_at"], name="ticket_by_item"),
            models.Index(fields=["region", "area", "-received_at"], name="ticket_by_area"),
            models.Index(
                fields=["region", "channel", "case"], name="ticket_by_channel"
            ),  # filters of the list
            models.Index(fields=["region", "kind", "case"], name="ticket_by_type"),
        ]


class Contact(models.Model):
    """诉求人: personal data, apart from the order so that no list can show it by accident; every look is logged."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="contact")
    region = models.CharField(max_length=6)
    name = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "tickets_contact"


class Assignment(models.Model):
    """派单记录: which unit had the order from when to when, as lead or assisting, and why it ended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField(default=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="why this unit: list item and conditions met")
    return_reason = models.CharField(max_length=20, blank=True, choices=ReturnReason.choices())
    return_note = models.TextField(blank=True)
    return_proposes = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    feedback = models.TextField(blank=True, help_text="协办反馈")

    class Meta:
        db_table = "tickets_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(until__isnull=True, leads=True), name="one_lead_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(return_reason="") | ~Q(return_note=""), name="a_return_says_why"
            ),
        ]
        indexes = [models.Index(fields=["region", "unit", "-since"], name="assignment_by_unit")]


class Extension(models.Model):
    """延期: asked by the unit, decided by the supervisor; working days are added to the handling clock."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="extensions")
    days = models.IntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    citizen_told = models.BooleanField(default=False)

    class Meta:
        db_table = "tickets_extension"
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1), name="extension_is_at_least_a_day"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(granted__isnull=True), name="one_open_extension"
            ),
        ]


class Callback(models.Model):
    """回访: one attempt to ask the citizen; unreachable ones count too."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="callbacks")
    at = models.DateTimeField()
    reached = models.BooleanField()
    responded = models.BooleanField(null=True, help_text="承办单位是否联系过")
    resolved = models.BooleanField(null=True)
    rating = models.CharField(max_length=10, blank=True, choices=Rating.choices())
    note = models.TextField(blank=True)

    class Meta:
        db_table = "tickets_callback"
        indexes = [models.Index(fields=["region", "-at"], name="callback_newest")]


class Ruling(models.Model):
    """裁定: who does it after a joint consultation; may become a conditional rule of the list."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="rulings")
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grounds = models.TextField()
    conditions = models.JSONField(default=dict, help_text="attribute → value that decided it")
    becomes_rule = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "tickets_ruling"


class Attachment(models.Model):
    """附件 of an order, from the citizen or from the handling unit."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    from_citizen = models.BooleanField(default=True)

    class Meta:
        db_table = "tickets_attachment"


class Phrase(models.Model):
    """常用语: words that a unit uses again and again in its replies."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tickets_phrase"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "unit", "text"],
                condition=Q(retired_at__isnull=True),
                name="one_phrase_once_a_unit",
            )
        ]
