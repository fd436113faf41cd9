"""Tables of lists (清单): numbered versions, their rows, and every file that somebody tried to import."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func

from sanfu.lists.states import LIST, ListKind
from sanfu.lists.versions.models import Version, version_constraints
from sanfu.people.models import User
from sanfu.records.ids import new_id
from sanfu.records.models import StoredFile


class ListVersion(Version):
    """清单版本: one numbered state of a list and the rows in it. See `Version`: days, second person, hash."""

    matter = LIST

    kind = models.CharField(max_length=12, choices=ListKind.choices())
    title = models.CharField(max_length=80)
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="drafts")

    class Meta:
        db_table = "lists_version"
        constraints = version_constraints("lists_version", "kind")
        triggers = [pgtrigger.Protect(name="list_version_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"

    def content(self) -> list[dict[str, Any]]:
        """Its rows in list order."""
        return list(self.items.order_by("position").values_list("payload", flat=True))


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
