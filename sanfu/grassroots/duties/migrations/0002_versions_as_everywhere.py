"""履职清单 becomes one of the versions of the house (`sanfu/lists/versions`); what was kept is carried over."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CARRY = """
UPDATE duties_version SET
    editors = CASE WHEN edited_by IS NULL THEN '{}'::uuid[] ELSE ARRAY[edited_by] END,
    approver_id = (SELECT id FROM people_user u WHERE u.id = approved_by),
    published_at = CASE WHEN state IN ('published', 'superseded') THEN approved_at END,
    state = CASE state WHEN 'superseded' THEN 'replaced' ELSE state END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("listversion", "one_list_a_number"),
        migrations.RemoveConstraint("listversion", "published_has_day_and_second_person"),
        migrations.RemoveConstraint("listversion", "list_two_persons"),
        migrations.RenameField("listversion", "edited_name", "editor_name"),
        migrations.RenameField("listversion", "approved_name", "approver_name"),
        migrations.RenameField("listversion", "edited_at", "created_at"),
        migrations.AddField(
            "listversion",
            "editors",
            django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddField(
            "listversion",
            "approver",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            "listversion",
            "content_hash",
            models.CharField(blank=True, default="", help_text="of content(), since it was submitted", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField("listversion", "published_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "listversion",
            "said",
            models.CharField(blank=True, default="", help_text="why it was sent back", max_length=300),
            preserve_default=False,
        ),
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='listversion',
            name='approved_by',
        ),
        migrations.RemoveField(
            model_name='listversion',
            name='edited_by',
        ),
        migrations.AlterField(
            model_name='listversion',
            name='approver_name',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name='listversion',
            name='doc_no',
            field=models.CharField(blank=True, help_text='印发文号', max_length=80),
        ),
        migrations.AlterField(
            model_name='listversion',
            name='editor_name',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name='listversion',
            name='effective_to',
            field=models.DateField(help_text='first day on which it no longer holds', null=True),
        ),
        migrations.AlterField(
            model_name='listversion',
            name='state',
            field=models.CharField(default='draft', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='listversion',
            constraint=models.UniqueConstraint(fields=('region', 'town', 'number'), name='duties_version_one_number'),
        ),
        migrations.AddConstraint(
            model_name='listversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('published', 'replaced'))), fields=('region', 'town', 'effective_from'), name='duties_version_one_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='listversion',
            constraint=models.CheckConstraint(condition=models.Q(('approver__isnull', True), models.Q(('editors__contains', [models.F('approver_id')]), _negated=True), _connector='OR'), name='duties_version_second_person'),
        ),
        migrations.AddConstraint(
            model_name='listversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'replaced', 'approved']), _negated=True), models.Q(('approved_at__isnull', False), ('approver__isnull', False)), _connector='OR'), name='duties_version_approved'),
        ),
        migrations.AddConstraint(
            model_name='listversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('published', 'replaced')), _negated=True), ('effective_from__isnull', False), _connector='OR'), name='duties_version_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='listversion',
            constraint=models.CheckConstraint(condition=models.Q(('effective_to__isnull', True), ('effective_to__gte', models.F('effective_from')), _connector='OR'), name='duties_version_ends_after_start'),
        ),
    
    ]
