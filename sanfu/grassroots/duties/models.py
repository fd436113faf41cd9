"""Rows of 履职: list versions, checked documents, tasks, objections, precedents, rules, admissions, ratings."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from sanfu.cases.models import Case
from sanfu.grassroots.duties.states import DUTY_LIST, AdmissionState, DocumentState, Ruling
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.lists.versions import Version, version_constraints
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile

VERDICTS = [(verdict.value, verdict.label) for verdict in Verdict]


class Row(models.Model):
    """What every table here begins with."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)

    class Meta:
        abstract = True


class ListVersion(Version):
    """履职清单版本: three lists of one town; rows never change after submission, a new version follows."""

    matter = DUTY_LIST

    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=20, blank=True)
    items = models.JSONField(help_text="rows as read: see versions.item_json")
    notes = models.JSONField(default=list, help_text="row-by-row report of the import")
    findings = models.JSONField(default=list, help_text="what the list check found")
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "duties_version"
        constraints = version_constraints("duties_version", "town")

    def __str__(self) -> str:
        return f"{self.town.short} 第{self.number}版"

    def content(self) -> Any:
        return self.items

    def faults(self) -> Sequence[str]:
        return () if self.items else ("这一版没有事项",)


class Document(Row):
    """文稿: a department's document with the judgement of each demand, and what it costs the towns."""

    number = models.CharField(max_length=32)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    text = models.TextField()
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    notes = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=DocumentState.choices(), default=DocumentState.CHECKED)
    verdict = models.CharField(max_length=12, choices=VERDICTS)
    judged = models.JSONField(help_text="reports.checked_json of the pre-check")
    version = models.ForeignKey(ListVersion, null=True, on_delete=models.PROTECT, related_name="+")
    urgent = models.BooleanField(default=False)
    insisted = models.CharField(max_length=200, blank=True, help_text="why it was sent against the pre-check")
    burden = models.JSONField(
        default=dict, help_text="counts: demand, form, meeting, app, assessment, field, held"
    )
    units = ArrayField(models.UUIDField(), default=list)
    drafted_name = models.CharField(max_length=40)
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duties_document"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_document_a_number")]
        indexes = [
            models.Index(fields=["region", "-drafted_at"], name="document_newest"),
            GinIndex(fields=["units"], name="document_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Task(Row):
    """履职任务: a sent document as one town has it, judged by that town's list of that day."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="duty_task")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="tasks")
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ListVersion, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=VERDICTS)
    judged = models.JSONField()

    class Meta:
        db_table = "duties_task"
        constraints = [models.UniqueConstraint(fields=["document", "town"], name="one_task_a_town")]


class Objection(Row):
    """异议: raised by a town in one click with the evidence; ruled by 编办; the ruling may be cited."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="objections")
    town = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    units = ArrayField(models.UUIDField(), default=list)
    grounds = models.TextField()
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=Ruling.choices(), default=Ruling.OPEN)
    urgent = models.BooleanField(default=False)
    raised_name = models.CharField(max_length=40)
    raised_at = models.DateTimeField()
    said = models.TextField(blank=True)
    verdict = models.CharField(max_length=12, choices=VERDICTS, blank=True)
    ruled_name = models.CharField(max_length=40, blank=True)
    ruled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duties_objection"
        indexes = [
            models.Index(fields=["region", "state", "-raised_at"], name="objection_by_state"),
            GinIndex(fields=["units"], name="objection_by_unit"),
        ]


class Precedent(Row):
    """先例: one ruled demand; searched, cited, and heard by the next judgement."""

    number = models.CharField(max_length=32)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="precedents")
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    verdict = models.CharField(max_length=12, choices=VERDICTS)
    code = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "duties_precedent"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_precedent_a_number")]


class ConditionalRule(Row):
    """条件规则: an upheld ruling made general: who writes which words → verdict; adopted only when tested."""

    number = models.CharField(max_length=32)
    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="rules")
    issuer_name = models.CharField(max_length=60, blank=True)
    words = ArrayField(models.CharField(max_length=30))
    verdict = models.CharField(max_length=12, choices=VERDICTS)
    tested = models.JSONField(default=dict)
    adopted_at = models.DateTimeField(null=True)
    adopted_name = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "duties_rule"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="one_duty_rule_a_number")]


class Admission(Row):
    """职责准入: a new duty with 权、人、钱随事转; a temporary one ends by itself."""

    number = models.CharField(max_length=32)
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    towns = ArrayField(models.UUIDField(), default=list)
    units = ArrayField(models.UUIDField(), default=list)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=20)
    basis = models.CharField(max_length=200)
    power = models.CharField(max_length=200)
    staff = models.CharField(max_length=200)
    money = models.CharField(max_length=200)
    town_duty = models.CharField(max_length=300)
    temporary = models.BooleanField(default=True)
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=AdmissionState.choices(), default=AdmissionState.APPLIED)
    opinions = models.JSONField(default=dict, help_text="编办、司法、镇（街道） → opinion")
    decision = models.CharField(max_length=200, blank=True)
    applied_name = models.CharField(max_length=40)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duties_admission"
        constraints = [
            models.UniqueConstraint(fields=["region", "number"], name="one_admission_a_number"),
            models.CheckConstraint(
                name="temporary_duty_ends",
                condition=models.Q(temporary=False) | models.Q(ends_on__isnull=False),
            ),
        ]


class Rating(Row):
    """互评: towns rate departments and departments rate towns, once a period each."""

    period = models.CharField(max_length=7, help_text="2026-Q1")
    rater = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rated = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    score = models.SmallIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "duties_rating"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "period", "rater", "rated"], name="one_rating_a_period"
            ),
            models.CheckConstraint(name="rating_1_to_5", condition=models.Q(score__gte=1, score__lte=5)),
        ]
