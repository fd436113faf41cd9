"""Tables of the project register (项目库): projects, dated milestones, blockers, monthly packs, decisions."""

from django.db import models

from sanfu.cases.models import Case
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Project(models.Model):
    """重大项目. Amounts in 万元; `planned` and `spent` hold investment by month {"2026-03": "1200"}."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    code = models.CharField(max_length=40, blank=True, help_text="项目代码")
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    total = models.DecimalField(max_digits=16, decimal_places=2, help_text="万元，计划总投资")
    planned = models.JSONField(default=dict)
    spent = models.JSONField(default=dict)
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    notes = models.JSONField(default=list)
    application = models.UUIDField(
        null=True, help_text="the case of its joint application; dates are read there"
    )
    origin = models.UUIDField(null=True, help_text="the lead or redevelopment option it came from")
    at = models.DateTimeField()

    class Meta:
        db_table = "pipeline_project"
        constraints = [
            models.UniqueConstraint(fields=["region", "number"], name="one_project_a_number"),
            models.UniqueConstraint(
                fields=["region", "origin"],
                condition=models.Q(origin__isnull=False),
                name="one_project_an_origin",
            ),
        ]


class Milestone(models.Model):
    """里程碑: plan and baseline, forecast and actual of one milestone; the baseline is never overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField(max_length=10)
    baseline = models.DateField(null=True)
    plan = models.DateField(null=True)
    forecast = models.DateField(null=True)
    actual = models.DateField(null=True)

    class Meta:
        db_table = "pipeline_milestone"
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_milestone_a_name")]


class Blocker(models.Model):
    """阻滞: what stands in the way, who owes the answer, since when."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="blockers")
    what = models.CharField(max_length=200)
    owner = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        db_table = "pipeline_blocker"


class Pack(models.Model):
    """会议材料: the numbers of one monthly meeting, frozen; a correction is a new edition."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    month = models.CharField(max_length=7)
    edition = models.IntegerField()
    body = models.JSONField()
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "pipeline_pack"
        constraints = [
            models.UniqueConstraint(fields=["region", "month", "edition"], name="one_pack_an_edition")
        ]


class Decision(models.Model):
    """议定事项: decided in a meeting, owed by a unit, until a day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="decision")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=500)
    owner = models.CharField(max_length=80)
    due = models.DateField()
    done = models.DateField(null=True)
    said = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "pipeline_decision"


class Promise(models.Model):
    """承诺: one figure of one year by its clause; renegotiated it gets a new version, the older one stays."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=20)
    year = models.IntegerField()
    version = models.IntegerField(default=1)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    clause = models.CharField(max_length=200)
    remedy = models.CharField(max_length=200, blank=True)
    fact = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    source = models.CharField(max_length=200, blank=True, help_text="where the fact comes from")
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "pipeline_promise"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "year", "version"], name="one_promise_a_version"
            )
        ]


class LedgerCheck(models.Model):
    """台账勾稽: a statistics ledger as it came, beside the register of that day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField()
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "pipeline_ledger_check"


class FactorGap(models.Model):
    """要素缺口: what the newest adopted allocation says; heard, not computed here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    event = models.UUIDField(unique=True)
    number = models.CharField(max_length=20)
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "pipeline_factor_gap"
