"""What people decided about suggestions, what was promised, and which matcher was learned from it."""

import pgtrigger
from django.db import models
from django.db.models import Q

from sanfu.lists.models import ListVersion
from sanfu.records.ids import new_id


class Decision(models.Model):
    """研判: what a person chose for a message, beside what had been suggested. Never changed, never deleted.

    A decision that differs from the suggestion is a 更正; the matcher learns from both. The latest decision
    about a source counts. `lead` and `right` are kept as they were on that day: they are the honest record of
    how good suggestions are, because the matcher had not seen the message yet.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80)
    text = models.TextField()
    label = models.CharField(max_length=40, help_text="first-level class of the chosen item")
    item_code = models.CharField(max_length=40)
    unit_code = models.CharField(max_length=20, blank=True)
    list_version = models.ForeignKey(ListVersion, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.UUIDField(null=True, help_text="the order that was decided")
    number = models.CharField(max_length=32, blank=True)
    suggested = models.JSONField(default=dict)
    lead = models.FloatField(
        null=True, help_text="by how much the first unit led the second; empty: no suggestion"
    )
    right = models.BooleanField(null=True, help_text="was the first suggested unit the chosen one")

    class Meta:
        db_table = "match_decision"
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=True, right__isnull=True)
                | Q(lead__isnull=False, right__isnull=False),
                name="a_suggestion_is_judged_whole",
            )
        ]
        indexes = [
            models.Index(fields=["region", "-at"], name="decision_newest"),
            models.Index(fields=["region", "source", "-at"], name="decision_by_source"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Promise(models.Model):
    """精度承诺: how often an automatic dispatch must be right. The latest row holds; none: never automatic."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80)
    precision = models.FloatField()
    enabled = models.BooleanField(default=False)

    class Meta:
        db_table = "match_promise"
        constraints = [
            models.CheckConstraint(
                condition=Q(precision__gte=0.8, precision__lte=0.995), name="promise_between_80_and_99_5"
            )
        ]
        indexes = [models.Index(fields=["region", "-at"], name="promise_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Refit(models.Model):
    """重学: a matcher version of a list version. Processes that hold an older one learn anew in the background.

    No weights are stored: a matcher is the same for the same list and decisions, so it is rebuilt from them.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    list_version = models.ForeignKey(ListVersion, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    at = models.DateTimeField()
    decisions = models.IntegerField(help_text="how many decisions it learned from")

    class Meta:
        db_table = "match_refit"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_refit_a_number")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
