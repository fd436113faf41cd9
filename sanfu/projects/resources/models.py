"""Table of 要素统筹: each computed plan with the two tables it came from and a person's decision."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.projects.resources.states import PlanState
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class ResourcePlan(models.Model):
    """统筹方案: the whole answer as computed. `against` is the plan that a what-if starts from, `more` what was added."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    title = models.CharField(max_length=100)
    projects = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    factors = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()
    notes = models.JSONField(default=list)
    against = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="trials")
    more = models.JSONField(default=dict, help_text="factor → added supply")
    state = models.CharField(max_length=10, choices=PlanState.choices(), default=PlanState.DRAFT)
    why = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "resources_plan"
        constraints = [
            models.UniqueConstraint(fields=["region", "number"], name="one_resource_plan_a_number")
        ]
