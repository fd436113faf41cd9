"""Tables of lists (清单): numbered versions, their rows, and every file that somebody tried to import."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q

from sanfu.lists.states import ListKind, VersionState
from sanfu.people.models import User
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile

IN_FORCE = [VersionState.PUBLISHED.value, VersionState.SUPERSEDED.value]


class ListVersion(models.Model):
    """清单版本: one numbered state of a list. In force on days effective_from <= day < effective_to.

    `editors` are all who ever changed its rows: none of them may approve it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=12, choices=ListKind.choices())
    number = models.IntegerField()
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=VersionState.choices(), default=VersionState.DRAFT.value)
    doc_no = models.CharField(max_length=80, blank=True, help_text="印发文号")
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True, help_text="first day on which it no longer holds")
    editor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    editors = ArrayField(models.UUIDField(), default=list)
    approver = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="drafts")
    content_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True, help_text="why it was sent back")

    class Meta:
        db_table = "lists_version"
        constraints = [
            models.UniqueConstraint(fields=["region", "kind", "number"], name="one_list_version_a_number"),
            models.UniqueConstraint(
                fields=["region", "kind", "effective_from"],
                condition=Q(state__in=IN_FORCE),
                name="one_list_version_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("editor")),
                name="list_approver_is_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(editors__contains=[F("approver_id")]),
                name="list_approver_edited_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, VersionState.APPROVED.value])
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="list_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_FORCE) | Q(effective_from__isnull=False),
                name="list_published_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="list_ends_after_start",
            ),
        ]
        triggers = [pgtrigger.Protect(name="list_version_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"


class ListItem(models.Model):
    """清单事项: one row of a version. `payload` is the row as its kind defines it; the columns serve filters."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="items")
    position = models.IntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    l1 = models.CharField(max_length=40)
    l2 = models.CharField(max_length=60)
    l3 = models.CharField(max_length=60)
    lead = models.CharField(max_length=20, blank=True, help_text="empty when it depends on conditions")
    units = ArrayField(models.CharField(max_length=20), default=list)
    conditional = models.BooleanField(default=False)
    payload = models.JSONField()
    words = models.TextField(help_text="what a search looks through")
    search = models.GeneratedField(
        expression=Func(F("words"), function="bigrams"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "lists_item"
        constraints = [
            models.UniqueConstraint(fields=["region", "version", "code"], name="one_list_item_a_code")
        ]
        indexes = [
            models.Index(fields=["version", "position"], name="list_item_order"),
            GinIndex(fields=["search"], name="list_item_by_text"),
            GinIndex(fields=["units"], name="list_item_by_unit"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="list_item_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("held", "text")],
                func=(
                    "SELECT state INTO held FROM lists_version WHERE id = "
                    "(CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END);"
                    "IF held <> 'draft' THEN "
                    "RAISE EXCEPTION 'rows of a list version that is no draft cannot change'; END IF;"
                    "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ListImport(models.Model):
    """导入记录: a file as it came and the report on it; `version` is the draft it became, if it was usable."""

    id = models.UUIDField(primary_key=True, default=new_id)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=12, choices=ListKind.choices())
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ListVersion, null=True, on_delete=models.PROTECT, related_name="imports")
    rows = models.IntegerField()
    items = models.IntegerField()
    errors = models.IntegerField()
    warnings = models.IntegerField()
    report = models.JSONField(help_text="problems row by row; see sanfu.lists.rules.Problem")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "lists_import"
        indexes = [models.Index(fields=["region", "kind", "-at"], name="list_import_newest")]
