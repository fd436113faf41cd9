"""Joint guides and applications as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.db.models.deletion
import sanfu.records.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('scenes', '0001_initial'),
        ('scenes', '0002_catalogueversion_made_by_and_more'),
    ]

    initial = True

    dependencies = [
        ('cases', '0001_first_release'),
        ('people', '0001_first_release'),
        ('records', '0001_first_release'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CatalogueVersion',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.IntegerField()),
                ('raw', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('note', models.CharField(max_length=200)),
                ('changes', models.JSONField(default=list)),
                ('by_name', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('made_by', models.UUIDField(help_text='编辑人；复核发布的必须是另一个人', null=True)),
                ('published_by', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'db_table': 'scenes_catalogue',
                'constraints': [models.UniqueConstraint(fields=('region', 'number'), name='one_catalogue_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='application', serialize=False, to='cases.case')),
                ('region', models.CharField(max_length=6)),
                ('bundle', models.CharField(max_length=40)),
                ('answers', models.JSONField(default=dict)),
                ('facts', models.JSONField(default=dict)),
                ('form', models.JSONField(default=dict)),
                ('guide', models.JSONField(default=dict)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('contract_number', models.CharField(blank=True, max_length=60)),
                ('rating', models.CharField(blank=True, choices=[('excellent', '非常满意'), ('good', '满意'), ('fair', '基本满意'), ('poor', '不满意'), ('bad', '非常不满意')], max_length=10)),
                ('rating_note', models.TextField(blank=True)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scenes.catalogueversion')),
            ],
            options={
                'db_table': 'scenes_application',
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('name', models.CharField(max_length=80)),
                ('items', models.JSONField(default=list)),
                ('meets_on', models.DateField()),
                ('place', models.CharField(max_length=120)),
                ('conclusions', models.JSONField(default=dict)),
                ('concluded_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='scenes.application')),
            ],
            options={
                'db_table': 'scenes_meeting',
            },
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('item', models.CharField(max_length=40)),
                ('agrees', models.BooleanField()),
                ('text', models.TextField()),
                ('given_on', models.DateField()),
                ('valid_until', models.DateField()),
                ('by_name', models.CharField(max_length=80)),
                ('converted_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='scenes.application')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'scenes_opinion',
            },
        ),
        migrations.CreateModel(
            name='Branch',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='branch', serialize=False, to='cases.case')),
                ('region', models.CharField(max_length=6)),
                ('item', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('prereviewed', models.BooleanField(default=False)),
                ('result_number', models.CharField(blank=True, help_text='结果文号', max_length=80)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='scenes.application')),
            ],
            options={
                'db_table': 'scenes_branch',
                'constraints': [models.UniqueConstraint(fields=('region', 'application', 'item'), name='one_branch_an_item')],
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('scope', models.CharField(max_length=200)),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('given_by', models.CharField(max_length=80)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='people.organisation')),
            ],
            options={
                'db_table': 'scenes_mandate',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='mandate_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Submitted',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('material', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('deferred', models.BooleanField(default=False)),
                ('due_on', models.DateField(null=True)),
                ('asked_by', models.CharField(blank=True, help_text='补正时要求它的事项', max_length=40)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='scenes.application')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
            ],
            options={
                'db_table': 'scenes_material',
                'constraints': [models.UniqueConstraint(fields=('region', 'application', 'material'), name='each_material_once'), models.CheckConstraint(condition=models.Q(('deferred', False), ('due_on__isnull', False), _connector='OR'), name='deferred_has_a_day')],
            },
        ),
    ]
