"""The log, its functions and everything that stands beside it, as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import sanfu.records.ids
import sanfu.records.states
from django.db import migrations, models

from sanfu.records.sqlfiles import SqlFile


class Migration(migrations.Migration):

    replaces = [
        ('records', '0001_initial'),
        ('records', '0002_functions'),
        ('records', '0003_quote_in_search'),
        ('records', '0004_append_cheaper'),
        ('records', '0005_hash_covers_the_whole_event'),
        ('records', '0006_counters_by_prefix'),
        ('records', '0007_limits_and_digests'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('stream', models.UUIDField()),
                ('seq', models.IntegerField()),
                ('kind', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('by', models.UUIDField(null=True)),
                ('by_name', models.CharField(max_length=80)),
                ('data', models.JSONField(default=dict)),
                ('previous', models.BinaryField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'db_table': 'records_event',
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('kind', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('waiting', '排队'), ('running', '进行中'), ('done', '已完成'), ('cancelled', '已停止'), ('failed', '失败')], default=sanfu.records.states.JobState['WAITING'], max_length=12)),
                ('done', models.IntegerField(default=0)),
                ('total', models.IntegerField(default=0)),
                ('message', models.TextField(blank=True, default='')),
                ('params', models.JSONField(default=dict)),
                ('result', models.JSONField(default=dict)),
                ('cancel_asked', models.BooleanField(default=False)),
                ('by', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'records_job',
            },
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=6)),
                ('scope', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=64)),
                ('count', models.IntegerField(default=0)),
                ('since', models.DateTimeField()),
                ('last', models.DateTimeField(db_index=True)),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'records_limit',
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=6)),
                ('scope', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=80)),
                ('result', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(blank=True, default='', help_text='SHA-256 of what was sent', max_length=64)),
            ],
            options={
                'db_table': 'records_receipt',
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('by', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'records_file',
            },
        ),
        migrations.CreateModel(
            name='Stream',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('seq', models.IntegerField(default=0)),
                ('head', models.BinaryField(default=b'')),
            ],
            options={
                'db_table': 'records_stream',
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=6)),
                ('kind', models.CharField(max_length=20)),
                ('year', models.IntegerField()),
                ('last', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'records_counter',
                'constraints': [models.UniqueConstraint(fields=('region', 'kind', 'year'), name='one_counter_a_year')],
            },
        ),
        migrations.CreateModel(
            name='Outbox',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='records.event')),
                ('kind', models.CharField(max_length=80)),
                ('attempts', models.IntegerField(default=0)),
                ('error', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'records_outbox',
            },
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('stream', 'seq', 'region'), name='event_once_in_stream'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a0b77a39d07908ce5c90961fc971c877e541dea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_54c2e', table='records_event', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['region', 'kind', '-created_at'], name='job_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.UniqueConstraint(fields=('region', 'scope', 'key'), name='one_limit_a_key'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('region', 'scope', 'key'), name='one_receipt_a_key'),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(fields=['region', 'sha256'], name='file_by_hash'),
        ),
        SqlFile("records", "records_hash"),
        SqlFile("records", "records_digest"),
        SqlFile("records", "records_append"),
        SqlFile("records", "bigrams"),
        # Room in each page for the next version of a row: the head moves without touching an index (HOT).
        migrations.RunSQL("ALTER TABLE records_stream SET (fillfactor = 60);", migrations.RunSQL.noop),
    ]
