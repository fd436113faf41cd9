"""Enterprises (企业) and what is known of them. A fact is never overwritten: a newer observation is a new row."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from sanfu.enterprise.registry.states import ImportState, Purpose
from sanfu.people.models import Organisation
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class Enterprise(models.Model):
    """企业: the register entry. `organisation` is the account organisation of one that can log in."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    credit_code = models.CharField(max_length=18)
    name = models.CharField(max_length=80)
    organisation = models.OneToOneField(
        Organisation, null=True, on_delete=models.PROTECT, related_name="enterprise"
    )
    town = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    industry = models.CharField(max_length=5, help_text="GB/T 4754—2017, letter and digits")
    size = models.CharField(max_length=8, help_text="大型 中型 小型 微型")
    established = models.DateField(null=True)
    bank = models.CharField(max_length=60, blank=True)
    account = models.CharField(max_length=40, blank=True)
    account_name = models.CharField(max_length=80, blank=True)
    demo = models.BooleanField(default=False, help_text="演示")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="doubles")
    branch_of = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="branches",
        help_text="分支机构: its company",
    )
    home = models.CharField(
        max_length=2,
        blank=True,
        default="",
        db_default="",
        help_text="country of the head office, ISO 3166; empty: here",
    )
    closed_on = models.DateField(null=True, help_text="注销: the day from which the firm is no more")
    closed_why = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "registry_enterprise"
        constraints = [
            models.UniqueConstraint(fields=["region", "credit_code"], name="one_enterprise_a_code")
        ]
        indexes = [
            models.Index(fields=["region", "town"], name="enterprise_by_town"),
            GinIndex(Func(F("name"), function="bigrams"), name="enterprise_by_name"),
            GinIndex(Func(F("credit_code"), function="bigrams"), name="enterprise_by_code_part"),
            models.Index(fields=["region", "industry"], name="enterprise_by_industry"),
        ]

    def __str__(self) -> str:
        return self.name


class FactImport(models.Model):
    """导入: one file of facts, checked row by row; kept or dropped as the person decides, never half."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ImportState.choices(), default=ImportState.CHECKED)
    observed_on = models.DateField()
    source = models.CharField(max_length=20)
    total = models.IntegerField()
    errors = models.JSONField(default=list, help_text="[{line, column, value, what, instead}]")
    good = models.JSONField(
        default=list, help_text="rows that passed: [code, [[indicator, period, value] …]]"
    )
    kept = models.IntegerField(default=0, help_text="facts written")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "registry_import"


class Roster(models.Model):
    """企业名录: one file of enterprises, checked row by row; entered or dropped as the person decides."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ImportState.choices(), default=ImportState.CHECKED)
    total = models.IntegerField()
    standing = models.IntegerField(default=0, help_text="rows of firms that stand in the register already")
    errors = models.JSONField(default=list, help_text="[{line, column, value, what, instead}]")
    good = models.JSONField(default=list, help_text="columns of enterprises that can be entered")
    kept = models.IntegerField(default=0, help_text="enterprises entered")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "registry_roster"


class Fact(models.Model):
    """事实: enterprise, indicator, period, value, unit, source, observed on.

    `period` is absolute: a year ("2025"), a quarter edge ("2025一季末"), a clause id for 已享受, or "" for what
    holds now. `number` is the column integer of the dictionary (money in 分, ratio in 10⁻¹², flag 0/1).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="facts")
    indicator = models.CharField(max_length=40)
    period = models.CharField(max_length=40, blank=True)
    number = models.BigIntegerField(null=True)
    text = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=20, help_text="code of the organisation that said it")
    observed_on = models.DateField()
    until = models.DateField(null=True, help_text="last day a title is valid")
    upload = models.ForeignKey(FactImport, null=True, on_delete=models.PROTECT, related_name="facts")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "registry_fact"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "enterprise", "indicator", "period", "source", "observed_on"],
                name="one_observation_a_day",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | ~Q(text=""), name="a_fact_has_a_value"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Look(models.Model):
    """查看留痕: who opened a firm's record, for which purpose; the firm itself reads this."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices())
    note = models.CharField(max_length=100, blank=True)
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=40)
    unit = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "registry_look"
        indexes = [models.Index(fields=["enterprise", "-at"], name="look_by_enterprise")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Merge(models.Model):
    """合并: a double record points to the one that is kept; nothing is moved or lost, so it can be undone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kept = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    double = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()
    undone_name = models.CharField(max_length=40, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registry_merge"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "double"], condition=Q(undone_at=None), name="one_merge_of_a_double"
            )
        ]


class OldName(models.Model):
    """曾用名: the name a firm had until a moment."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="old_names")
    name = models.CharField(max_length=80)
    until = models.DateTimeField()
    by_name = models.CharField(max_length=40)

    class Meta:
        db_table = "registry_old_name"
