"""Tables of leads beside the shared case: the lead, what it holds against other zones, offers."""

from django.db import models

from sanfu.cases.models import Case
from sanfu.records.ids import new_id


class Lead(models.Model):
    """招商线索: investor, product, amount (万元), facts for admission; `credit` is who shares the result in percent."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="lead_row")
    region = models.CharField(max_length=6)
    investor = models.CharField(max_length=200)
    code = models.CharField(max_length=40, blank=True)
    shareholders = models.JSONField(default=list)
    product = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    contact = models.CharField(max_length=40)
    phone_hash = models.CharField(max_length=64, blank=True)
    proof = models.CharField(max_length=20)
    proof_said = models.CharField(max_length=500)
    facts = models.JSONField(default=dict)
    stages = models.JSONField(default=list, help_text="[[阶段, 日期], …]")
    credit = models.JSONField(default=dict, help_text="单位简称 → %")
    silent_on = models.DateField(null=True)

    class Meta:
        db_table = "leads_lead"


class LeadHold(models.Model):
    """首报: a key (code or name) that one lead holds; the unique index decides when two zones report in one second."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    key = models.CharField(max_length=240)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="holds")

    class Meta:
        db_table = "leads_hold"
        constraints = [models.UniqueConstraint(fields=["region", "key"], name="one_lead_a_key")]


class LeadOffer(models.Model):
    """条件草案: what a zone means to offer, term by term; compared with other zones' before it leaves the house."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="offers")
    terms = models.JSONField()
    alarm = models.JSONField(default=list, help_text="what differed when it was stated")
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "leads_offer"
