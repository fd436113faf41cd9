"""Duties as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import sanfu.grassroots.duties.states
import sanfu.records.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('duties', '0001_initial'),
        ('duties', '0002_versions_as_everywhere'),
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
            name='ListVersion',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.IntegerField()),
                ('state', models.CharField(default='draft', max_length=12)),
                ('doc_no', models.CharField(blank=True, help_text='印发文号', max_length=80)),
                ('mark', models.CharField(blank=True, max_length=20)),
                ('items', models.JSONField(help_text='rows as read: see versions.item_json')),
                ('notes', models.JSONField(default=list, help_text='row-by-row report of the import')),
                ('findings', models.JSONField(default=list, help_text='what the list check found')),
                ('effective_from', models.DateField(null=True)),
                ('effective_to', models.DateField(help_text='first day on which it no longer holds', null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('editor_name', models.CharField(blank=True, max_length=80)),
                ('approver_name', models.CharField(blank=True, max_length=80)),
                ('created_at', models.DateTimeField()),
                ('editors', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('content_hash', models.CharField(blank=True, help_text='of content(), since it was submitted', max_length=64)),
                ('published_at', models.DateTimeField(null=True)),
                ('said', models.CharField(blank=True, help_text='why it was sent back', max_length=300)),
                ('approver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'duties_version',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.CharField(max_length=32)),
                ('kind', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('notes', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('checked', '已预检'), ('sent', '已下发'), ('withdrawn', '已撤回')], default=sanfu.grassroots.duties.states.DocumentState['CHECKED'], max_length=12)),
                ('verdict', models.CharField(choices=[('PASS_BASIC', '主责'), ('PASS_COOP', '协办'), ('SHIFT', '主责转嫁'), ('RECALLED', '已收回'), ('OUT', '清单外'), ('FORM', '形式加码'), ('EMERG', '应急豁免'), ('HUMAN', '须人工'), ('MIXED', '混合')], max_length=12)),
                ('judged', models.JSONField(help_text='reports.checked_json of the pre-check')),
                ('urgent', models.BooleanField(default=False)),
                ('insisted', models.CharField(blank=True, help_text='why it was sent against the pre-check', max_length=200)),
                ('burden', models.JSONField(default=dict, help_text='counts: demand, form, meeting, app, assessment, field, held')),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('drafted_name', models.CharField(max_length=40)),
                ('drafted_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.listversion')),
            ],
            options={
                'db_table': 'duties_document',
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('grounds', models.TextField()),
                ('evidence', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('open', '待裁定'), ('upheld', '异议成立，退回部门'), ('part', '部分成立'), ('rejected', '维持下发')], default=sanfu.grassroots.duties.states.Ruling['OPEN'], max_length=10)),
                ('urgent', models.BooleanField(default=False)),
                ('raised_name', models.CharField(max_length=40)),
                ('raised_at', models.DateTimeField()),
                ('said', models.TextField(blank=True)),
                ('verdict', models.CharField(blank=True, choices=[('PASS_BASIC', '主责'), ('PASS_COOP', '协办'), ('SHIFT', '主责转嫁'), ('RECALLED', '已收回'), ('OUT', '清单外'), ('FORM', '形式加码'), ('EMERG', '应急豁免'), ('HUMAN', '须人工'), ('MIXED', '混合')], max_length=12)),
                ('ruled_name', models.CharField(blank=True, max_length=40)),
                ('ruled_at', models.DateTimeField(null=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'duties_objection',
            },
        ),
        migrations.CreateModel(
            name='Precedent',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.CharField(max_length=32)),
                ('text', models.TextField()),
                ('verdict', models.CharField(choices=[('PASS_BASIC', '主责'), ('PASS_COOP', '协办'), ('SHIFT', '主责转嫁'), ('RECALLED', '已收回'), ('OUT', '清单外'), ('FORM', '形式加码'), ('EMERG', '应急豁免'), ('HUMAN', '须人工'), ('MIXED', '混合')], max_length=12)),
                ('code', models.CharField(blank=True, max_length=20)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='precedents', to='duties.objection')),
            ],
            options={
                'db_table': 'duties_precedent',
            },
        ),
        migrations.CreateModel(
            name='ConditionalRule',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.CharField(max_length=32)),
                ('issuer_name', models.CharField(blank=True, max_length=60)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('verdict', models.CharField(choices=[('PASS_BASIC', '主责'), ('PASS_COOP', '协办'), ('SHIFT', '主责转嫁'), ('RECALLED', '已收回'), ('OUT', '清单外'), ('FORM', '形式加码'), ('EMERG', '应急豁免'), ('HUMAN', '须人工'), ('MIXED', '混合')], max_length=12)),
                ('tested', models.JSONField(default=dict)),
                ('adopted_at', models.DateTimeField(null=True)),
                ('adopted_name', models.CharField(blank=True, max_length=40)),
                ('precedent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='duties.precedent')),
            ],
            options={
                'db_table': 'duties_rule',
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('period', models.CharField(help_text='2026-Q1', max_length=7)),
                ('score', models.SmallIntegerField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('by_name', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('rated', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('rater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'duties_rating',
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('verdict', models.CharField(choices=[('PASS_BASIC', '主责'), ('PASS_COOP', '协办'), ('SHIFT', '主责转嫁'), ('RECALLED', '已收回'), ('OUT', '清单外'), ('FORM', '形式加码'), ('EMERG', '应急豁免'), ('HUMAN', '须人工'), ('MIXED', '混合')], max_length=12)),
                ('judged', models.JSONField()),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='duty_task', to='cases.case')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='duties.document')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.listversion')),
            ],
            options={
                'db_table': 'duties_task',
            },
        ),
        migrations.AddField(
            model_name='objection',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='duties.task'),
        ),
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.CharField(max_length=32)),
                ('towns', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('name', models.CharField(max_length=120)),
                ('category', models.CharField(max_length=20)),
                ('basis', models.CharField(max_length=200)),
                ('power', models.CharField(max_length=200)),
                ('staff', models.CharField(max_length=200)),
                ('money', models.CharField(max_length=200)),
                ('town_duty', models.CharField(max_length=300)),
                ('temporary', models.BooleanField(default=True)),
                ('ends_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('applied', '待审'), ('approved', '已准入'), ('refused', '未准入'), ('expired', '到期清退')], default=sanfu.grassroots.duties.states.AdmissionState['APPLIED'], max_length=10)),
                ('opinions', models.JSONField(default=dict, help_text='编办、司法、镇（街道） → opinion')),
                ('decision', models.CharField(blank=True, max_length=200)),
                ('applied_name', models.CharField(max_length=40)),
                ('applied_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'duties_admission',
                'constraints': [models.UniqueConstraint(fields=('region', 'number'), name='one_admission_a_number'), models.CheckConstraint(condition=models.Q(('temporary', False), ('ends_on__isnull', False), _connector='OR'), name='temporary_duty_ends')],
            },
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
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['region', '-drafted_at'], name='document_newest'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=django.contrib.postgres.indexes.GinIndex(fields=['units'], name='document_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('region', 'number'), name='one_document_a_number'),
        ),
        migrations.AddConstraint(
            model_name='precedent',
            constraint=models.UniqueConstraint(fields=('region', 'number'), name='one_precedent_a_number'),
        ),
        migrations.AddConstraint(
            model_name='conditionalrule',
            constraint=models.UniqueConstraint(fields=('region', 'number'), name='one_duty_rule_a_number'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(fields=('region', 'period', 'rater', 'rated'), name='one_rating_a_period'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='rating_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(fields=('document', 'town'), name='one_task_a_town'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['region', 'state', '-raised_at'], name='objection_by_state'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=django.contrib.postgres.indexes.GinIndex(fields=['units'], name='objection_by_unit'),
        ),
    ]
