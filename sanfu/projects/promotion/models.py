"""Table of 协议体检: what a person decided on a clause; the draft itself is not kept."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class LintDecision(models.Model):
    """条款处置: a clause, what the lint said of it under which basis, what a person decided, and why."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    draft = models.CharField(max_length=100, help_text="which draft, as the person calls it")
    clause = models.CharField(max_length=60, help_text="number or heading of the clause")
    text = models.TextField()
    answer = models.CharField(max_length=12, help_text="forbidden, review or ok: what the lint said")
    rule = models.CharField(max_length=8, blank=True)
    said = models.JSONField(help_text="findings with basis, rewrite and reviewer as they stood that day")
    decided = models.CharField(max_length=12)
    why = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "promotion_lint_decision"
        indexes = [models.Index(fields=["region", "-at"], name="lint_decision_newest")]
