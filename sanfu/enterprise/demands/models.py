"""Demands of firms (企业诉求) and the common topics (共性诉求) that they become."""

from django.db import models

from sanfu.cases.models import Case
from sanfu.enterprise.demands.states import TopicState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id


class Topic(models.Model):
    """共性诉求: several firms ask for the same; becomes a task to change a policy."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=TopicState.choices(), default=TopicState.OPEN)
    unit = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    task = models.TextField(blank=True, help_text="what is to be changed in which policy")
    changed = models.TextField(blank=True, help_text="document that changed it, and since when")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "demands_topic"


class Demand(models.Model):
    """企业诉求: what a firm asks for, the state is its case's."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="demand")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="demands")
    source = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    text = models.TextField()
    reply = models.TextField(blank=True)
    solved = models.BooleanField(null=True, help_text="the firm's word at the call-back; null: not asked yet")
    redone = models.IntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.PROTECT, related_name="demands")
    origin = models.UUIDField(null=True, help_text="the operation, visit or session that it came from")

    class Meta:
        db_table = "demands_demand"
        constraints = [
            models.UniqueConstraint(fields=["region", "origin"], name="one_demand_an_origin"),
        ]
        indexes = [models.Index(fields=["region", "enterprise"], name="demand_by_enterprise")]
