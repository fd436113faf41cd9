"""The responsibility list keeps its versions as every room does (`sanfu.lists.versions`): same states, columns, constraints."""

from django.db import migrations, models
from django.db.models import F, Q

CARRY = """
UPDATE lists_version v SET editor_name = coalesce((SELECT name FROM people_user u WHERE u.id = v.editor_id), ''),
    approver_name = coalesce((SELECT name FROM people_user u WHERE u.id = v.approver_id), ''),
    state = CASE state WHEN 'checked' THEN 'waiting' WHEN 'superseded' THEN 'replaced' ELSE state END;
SET CONSTRAINTS ALL IMMEDIATE;
"""
IN_FORCE = ["published", "replaced"]


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial"), ("people", "0001_first_release")]

    operations = [
        migrations.RemoveConstraint("listversion", "one_list_version_a_number"),
        migrations.RemoveConstraint("listversion", "one_list_version_from_a_day"),
        migrations.RemoveConstraint("listversion", "list_approver_is_a_second_person"),
        migrations.RemoveConstraint("listversion", "list_approver_edited_nothing"),
        migrations.RemoveConstraint("listversion", "list_approved_by_somebody"),
        migrations.RemoveConstraint("listversion", "list_published_from_a_day"),
        migrations.RemoveConstraint("listversion", "list_ends_after_start"),
        migrations.AddField("listversion", "editor_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.AddField("listversion", "approver_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.RemoveField("listversion", "editor"),
        migrations.AlterField("listversion", "state", models.CharField(default="draft", max_length=12)),
        migrations.AlterField(
            "listversion",
            "content_hash",
            models.CharField(blank=True, help_text="of content(), since it was submitted", max_length=64),
        ),
        migrations.AddConstraint(
            "listversion",
            models.UniqueConstraint(fields=["region", "kind", "number"], name="lists_version_one_number"),
        ),
        migrations.AddConstraint(
            "listversion",
            models.UniqueConstraint(
                fields=["region", "kind", "effective_from"],
                condition=Q(state__in=IN_FORCE),
                name="lists_version_one_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            "listversion",
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(editors__contains=[F("approver_id")]),
                name="lists_version_second_person",
            ),
        ),
        migrations.AddConstraint(
            "listversion",
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, "approved"])
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="lists_version_approved",
            ),
        ),
        migrations.AddConstraint(
            "listversion",
            models.CheckConstraint(
                condition=~Q(state__in=IN_FORCE) | Q(effective_from__isnull=False),
                name="lists_version_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            "listversion",
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="lists_version_ends_after_start",
            ),
        ),
    ]
