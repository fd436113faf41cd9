"""Tables of 亩均评价: runs with the scheme they used, firms with every line, objections with before and after."""

from django.db import models

from sanfu.people.models import Organisation
from sanfu.projects.scoring.states import ObjectionState, RunState
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class ScoringRun(models.Model):
    """评价批次: scheme and means are frozen with it, so that one firm can be computed again alone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    scheme = models.JSONField(help_text="the scheme as its file had it")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    error = models.DecimalField(
        max_digits=6, decimal_places=4, help_text="relative error of inputs, 0.02 is 2 %"
    )
    means = models.JSONField(default=dict, help_text="set/indicator → mean score")
    ladder = models.JSONField(default=dict, help_text="set → scores at which grades begin")
    notes = models.JSONField(default=list)
    refused = models.JSONField(default=list, help_text="[{row, name, column, why}]")
    state = models.CharField(max_length=10, choices=RunState.choices(), default=RunState.DRAFT)
    notice_until = models.DateField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "scoring_run"


class ScoredFirm(models.Model):
    """参评企业: facts as read, lines as computed, rank and grade. `position` keeps the order of the file."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    run = models.ForeignKey(ScoringRun, on_delete=models.PROTECT, related_name="firms")
    position = models.IntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    set = models.CharField(max_length=20)
    district = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()
    lines = models.JSONField()
    total = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    rank = models.IntegerField(null=True)
    grade = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    to_next = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    above_line = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    doubtful = models.BooleanField(default=False)

    class Meta:
        db_table = "scoring_firm"
        indexes = [models.Index(fields=["run", "position"], name="scoring_firm_position")]


class ScoringObjection(models.Model):
    """异议: figures the firm says are right, the result with them, and a person's decision."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    firm = models.ForeignKey(ScoredFirm, on_delete=models.PROTECT, related_name="objections")
    reason = models.CharField(max_length=500)
    changes = models.JSONField(help_text="fact → figure")
    before = models.JSONField()
    after = models.JSONField()
    state = models.CharField(max_length=10, choices=ObjectionState.choices(), default=ObjectionState.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    by = models.UUIDField(null=True, help_text="who objected, and hears the answer")
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "scoring_objection"
