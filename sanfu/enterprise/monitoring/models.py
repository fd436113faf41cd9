"""Series, public records, runs, alerts and chances. A reading is never overwritten: a correction is a new row."""

import pgtrigger
from django.db import models

from sanfu.cases.models import Case
from sanfu.enterprise.monitoring.states import IssueState, UploadState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Row(models.Model):
    """What every table here begins with."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)

    class Meta:
        abstract = True


class SeriesUpload(Row):
    """导入: one file of monthly readings, checked row by row; kept or dropped as the person decides."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=UploadState.choices(), default=UploadState.CHECKED)
    source = models.CharField(max_length=20)
    what = models.CharField(
        max_length=6, default="month", help_text="month, day or mark: what the file holds"
    )
    total = models.IntegerField()
    errors = models.JSONField(default=list, help_text="[{line, column, value, what, instead}]")
    good = models.JSONField(default=list, help_text="[code, month number, [power, invoices, tax, insured]]")
    kept = models.IntegerField(default=0)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "monitoring_upload"


class Reading(Row):
    """月度读数: one firm and month as one source said it on one day; empty columns say nothing."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    month = models.IntegerField(help_text="months since year 0: 2026-03 is 24314")
    source = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    power = models.FloatField(null=True)
    invoices = models.FloatField(null=True)
    tax = models.FloatField(null=True)
    insured = models.FloatField(null=True)
    upload = models.ForeignKey(SeriesUpload, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "monitoring_reading"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise", "month", "source", "received_at"],
                name="one_reading_a_moment",
            )
        ]
        indexes = [models.Index(fields=["region", "month"], name="reading_by_month")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class DailyReading(Row):
    """日读数: one firm and day as one source said it; whole months of days become a monthly reading."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    source = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    power = models.FloatField(null=True)
    invoices = models.FloatField(null=True)
    tax = models.FloatField(null=True)
    insured = models.FloatField(null=True)

    class Meta:
        db_table = "monitoring_daily"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise", "day", "source", "received_at"], name="one_daily_a_moment"
            )
        ]
        indexes = [models.Index(fields=["region", "day"], name="daily_by_day")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Mark(Row):
    """公开记录: a public record about a firm (被执行, 欠税公告, 欠薪线索, 股权变更, 住所变更)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    month = models.IntegerField()
    kind = models.CharField(max_length=8)
    source = models.CharField(max_length=20)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "monitoring_mark"
        indexes = [models.Index(fields=["region", "month"], name="mark_by_month")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class QualityIssue(Row):
    """数据质量问题: a reading that was left out, and what a person found."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    month = models.IntegerField()
    series = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    value = models.FloatField()
    instead = models.FloatField(null=True)
    says = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=IssueState.choices(), default=IssueState.OPEN)
    found_at = models.DateTimeField()
    settled_name = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "monitoring_issue"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise", "month", "series", "kind", "value"],
                name="one_issue_a_reading",
            )
        ]


class Run(Row):
    """月度研判: one month judged once, with what was known on that day."""

    month = models.IntegerField()
    per_week = models.FloatField()
    firms = models.IntegerField()
    labels = models.IntegerField(default=0, help_text="verified alerts that moved the weights")
    weights = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "monitoring_run"
        constraints = [models.UniqueConstraint(fields=["region", "month"], name="one_run_a_month")]


class Alert(Row):
    """企业预警: a firm on the list of a month, why, and the curves as they stood then."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="alert")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="alerts")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    month = models.IntegerField()
    score = models.FloatField()
    chance = models.FloatField()
    base = models.FloatField()
    parts = models.JSONField(help_text="[{group, points, words}]; base + points = score")
    curves = models.JSONField(help_text="series → [{month, value, expected, low, high}]")
    features = models.JSONField(help_text="feature → value, what a later label teaches")

    class Meta:
        db_table = "monitoring_alert"
        constraints = [
            models.UniqueConstraint(fields=["region", "enterprise", "month"], name="one_alert_a_month")
        ]


class Chance(Row):
    """将入规: a firm that may reach the limit by December, with its calibrated chance."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="chances")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    month = models.IntegerField()
    chance = models.FloatField()
    so_far = models.FloatField(help_text="万元, sum of the year so far")
    rate = models.FloatField(help_text="万元, the year at this pace")

    class Meta:
        db_table = "monitoring_chance"


class Workload(Row):
    """每周核查量: how many alerts a week the officers can verify, from a moment on."""

    per_week = models.FloatField()
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "monitoring_workload"
