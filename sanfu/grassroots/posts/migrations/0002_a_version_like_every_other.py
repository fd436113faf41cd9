"""A town's post table keeps its versions as every list does (`sanfu.lists.versions`); what was derived so far is a draft.

Nobody had approved a table, so none was in force: who derived or levelled one is its editor and never approves it.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

IN_FORCE = ["published", "replaced"]
EDITORS = """
UPDATE posts_version v SET editors = ARRAY(
    SELECT DISTINCT e.by FROM records_event e
    WHERE e.stream = v.id AND e.kind IN ('posts.derived', 'posts.levelled') AND e.by IS NOT NULL);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0001_initial"),
        ("people", "0001_first_release"),
        ("records", "0001_first_release"),
    ]

    operations = [
        migrations.RemoveConstraint("postversion", "one_posts_a_number"),
        migrations.RenameField("postversion", "at", "created_at"),
        migrations.RenameField("postversion", "by_name", "editor_name"),
        migrations.AlterField("postversion", "editor_name", models.CharField(blank=True, max_length=80)),
        migrations.AddField("postversion", "state", models.CharField(default="draft", max_length=12)),
        migrations.AddField("postversion", "doc_no", models.CharField(blank=True, default="", help_text="印发文号", max_length=80), preserve_default=False),
        migrations.AddField("postversion", "effective_from", models.DateField(null=True)),
        migrations.AddField("postversion", "effective_to", models.DateField(help_text="first day on which it no longer holds", null=True)),
        migrations.AddField("postversion", "editors", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
        migrations.AddField("postversion", "approver", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("postversion", "approver_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.AddField("postversion", "content_hash", models.CharField(blank=True, default="", help_text="of content(), since it was submitted", max_length=64), preserve_default=False),
        migrations.AddField("postversion", "approved_at", models.DateTimeField(null=True)),
        migrations.AddField("postversion", "published_at", models.DateTimeField(null=True)),
        migrations.AddField("postversion", "said", models.CharField(blank=True, default="", help_text="why it was sent back", max_length=300), preserve_default=False),
        migrations.RunSQL(EDITORS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "postversion",
            models.UniqueConstraint(fields=["region", "town", "number"], name="posts_version_one_number"),
        ),
        migrations.AddConstraint(
            "postversion",
            models.UniqueConstraint(
                fields=["region", "town", "effective_from"],
                condition=Q(state__in=IN_FORCE),
                name="posts_version_one_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            "postversion",
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(editors__contains=[F("approver_id")]),
                name="posts_version_second_person",
            ),
        ),
        migrations.AddConstraint(
            "postversion",
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, "approved"])
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="posts_version_approved",
            ),
        ),
        migrations.AddConstraint(
            "postversion",
            models.CheckConstraint(
                condition=~Q(state__in=IN_FORCE) | Q(effective_from__isnull=False),
                name="posts_version_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            "postversion",
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="posts_version_ends_after_start",
            ),
        ),
    ]
