"""Tables of 好差评: who was asked, what was said, and what a bad rating sets going."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sanfu.cases.models import Case
from sanfu.grassroots.ratings.states import LEVELS, Way
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class Invitation(models.Model):
    """评价邀请: a finished case is asked about once; the link is signed with its id and holds until it is used or ends."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="invitation")
    case_kind = models.CharField(max_length=10)
    unit = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", help_text="承办单位"
    )
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ratings_invitation"
        indexes = [models.Index(fields=["region", "-asked_at"], name="invitation_by_time")]


class Rating(models.Model):
    """评价: one of a matter, never changed; the second word of the same person stands beside it in the remedy."""

    invitation = models.OneToOneField(
        Invitation, primary_key=True, on_delete=models.PROTECT, related_name="rating"
    )
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="matter_rating")
    case_kind = models.CharField(max_length=10)
    unit = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.SmallIntegerField(choices=sorted(LEVELS.items()))
    aspects = ArrayField(models.CharField(max_length=20), default=list)
    words = models.TextField(blank=True)
    way = models.CharField(max_length=10, choices=Way.choices())
    named = models.BooleanField(default=False, help_text="愿意让承办单位知道是哪件事")
    agent = models.UUIDField(null=True, help_text="电话代录、回访的人")
    agent_unit = models.UUIDField(null=True)
    device = models.CharField(
        max_length=32, blank=True, help_text="keyed digest of browser and network, never the address"
    )
    given_at = models.DateTimeField()

    class Meta:
        db_table = "ratings_rating"
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="rating_has_five_levels")
        ]
        indexes = [
            models.Index(fields=["region", "-given_at"], name="rating_by_time"),
            models.Index(fields=["region", "device"], name="rating_by_device"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Remedy(models.Model):
    """差评整改: what the unit is told, what it did, and what the one who rated says afterwards."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="remedy")
    region = models.CharField(max_length=6)
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="remedy")
    about = models.CharField(max_length=200, help_text="the matter as the unit may know it")
    told = models.TextField(blank=True, help_text="what the unit is told, without the person")
    answer = models.TextField(blank=True)
    checked = models.TextField(blank=True)
    level_after = models.SmallIntegerField(null=True, choices=sorted(LEVELS.items()), help_text="整改后再评")

    class Meta:
        db_table = "ratings_remedy"
