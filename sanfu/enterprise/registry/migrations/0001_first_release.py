"""The register of enterprises as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import sanfu.enterprise.registry.states
import sanfu.records.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('registry', '0001_initial'),
        ('registry', '0002_looks_merges_names'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_first_release'),
        ('records', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('credit_code', models.CharField(max_length=18)),
                ('name', models.CharField(max_length=80)),
                ('industry', models.CharField(help_text='GB/T 4754—2017, letter and digits', max_length=5)),
                ('size', models.CharField(help_text='大型 中型 小型 微型', max_length=8)),
                ('established', models.DateField(null=True)),
                ('bank', models.CharField(blank=True, max_length=60)),
                ('account', models.CharField(blank=True, max_length=40)),
                ('account_name', models.CharField(blank=True, max_length=80)),
                ('demo', models.BooleanField(default=False, help_text='演示')),
                ('registered_at', models.DateTimeField()),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='doubles', to='registry.enterprise')),
                ('organisation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enterprise', to='people.organisation')),
                ('town', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'registry_enterprise',
            },
        ),
        migrations.CreateModel(
            name='FactImport',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('state', models.CharField(choices=[('checked', '待确认'), ('kept', '已入档'), ('dropped', '已放弃')], default=sanfu.enterprise.registry.states.ImportState['CHECKED'], max_length=8)),
                ('observed_on', models.DateField()),
                ('source', models.CharField(max_length=20)),
                ('total', models.IntegerField()),
                ('errors', models.JSONField(default=list, help_text='[{line, column, value, what, instead}]')),
                ('good', models.JSONField(default=list, help_text='rows that passed: [code, [[indicator, period, value] …]]')),
                ('kept', models.IntegerField(default=0, help_text='facts written')),
                ('by', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
            ],
            options={
                'db_table': 'registry_import',
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('indicator', models.CharField(max_length=40)),
                ('period', models.CharField(blank=True, max_length=40)),
                ('number', models.BigIntegerField(null=True)),
                ('text', models.CharField(blank=True, max_length=60)),
                ('unit', models.CharField(blank=True, max_length=10)),
                ('source', models.CharField(help_text='code of the organisation that said it', max_length=20)),
                ('observed_on', models.DateField()),
                ('until', models.DateField(help_text='last day a title is valid', null=True)),
                ('recorded_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='registry.enterprise')),
                ('upload', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='registry.factimport')),
            ],
            options={
                'db_table': 'registry_fact',
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('purpose', models.CharField(choices=[('visit', '走访准备'), ('benefit', '政策兑付'), ('demand', '诉求办理'), ('alert', '预警核查'), ('data', '数据维护')], max_length=8)),
                ('note', models.CharField(blank=True, max_length=100)),
                ('by', models.UUIDField(null=True)),
                ('by_name', models.CharField(max_length=40)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.enterprise')),
            ],
            options={
                'db_table': 'registry_look',
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('why', models.CharField(max_length=200)),
                ('by_name', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('undone_name', models.CharField(blank=True, max_length=40)),
                ('undone_at', models.DateTimeField(null=True)),
                ('double', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.enterprise')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.enterprise')),
            ],
            options={
                'db_table': 'registry_merge',
            },
        ),
        migrations.CreateModel(
            name='OldName',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('name', models.CharField(max_length=80)),
                ('until', models.DateTimeField()),
                ('by_name', models.CharField(max_length=40)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='old_names', to='registry.enterprise')),
            ],
            options={
                'db_table': 'registry_old_name',
            },
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['region', 'town'], name='enterprise_by_town'),
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(fields=['region', 'industry'], name='enterprise_by_industry'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.UniqueConstraint(fields=('region', 'credit_code'), name='one_enterprise_a_code'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.UniqueConstraint(fields=('region', 'enterprise', 'indicator', 'period', 'source', 'observed_on'), name='one_observation_a_day'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('number__isnull', False), models.Q(('text', ''), _negated=True), _connector='OR'), name='a_fact_has_a_value'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fact',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='641a2bee91702b3df75a2045644cb98230a928d0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55c11', table='registry_fact', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='look',
            index=models.Index(fields=['enterprise', '-at'], name='look_by_enterprise'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='look',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c7a160ea3d98882dc21fb43af9b22ba12ac48b92', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6f0d3', table='registry_look', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('region', 'double'), name='one_merge_of_a_double'),
        ),
    ]
