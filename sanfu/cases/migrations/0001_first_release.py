"""The one case, its clocks and the functions that move it, as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import sanfu.kernel.clocks.fold
import sanfu.records.ids
from django.conf import settings
from django.db import migrations, models

from sanfu.records.sqlfiles import SqlFile


# A page with room keeps the new version of a row beside the old one.
PAGES = "ALTER TABLE cases_case SET (fillfactor = 80); ALTER TABLE cases_clock_row SET (fillfactor = 80);"

# Open cases have no `closed_state`: without this the planner multiplies the two conditions and expects hardly any row.
PLANNER = """
CREATE STATISTICS case_motion (mcv) ON closed_state, closed_at FROM cases_case;
CREATE STATISTICS case_motion_state (mcv) ON closed_state, state FROM cases_case;
"""


class Migration(migrations.Migration):

    replaces = [
        ('cases', '0001_initial'),
        ('cases', '0002_step'),
        ('cases', '0003_list_indexes'),
        ('cases', '0004_step_cheaper'),
        ('cases', '0005_claims'),
        ('cases', '0006_parts_and_words'),
        ('cases', '0007_move'),
        ('cases', '0008_words_said'),
        ('cases', '0009_withheld'),
        ('cases', '0010_case_is_its_stream'),
        ('cases', '0011_moves_touch_no_index'),
        ('cases', '0012_open_kinds'),
    ]

    initial = True

    dependencies = [
        ('records', '0001_first_release'),
        ('people', '0001_first_release'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'cases_clock',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('kind', models.CharField(help_text='code of a `CaseKind` that some room declares', max_length=10)),
                ('number', models.CharField(max_length=32)),
                ('title', models.CharField(max_length=200)),
                ('state', models.CharField(max_length=20)),
                ('version', models.IntegerField(default=1)),
                ('urgency', models.CharField(blank=True, max_length=12)),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(help_text='earliest due date among running clocks', null=True)),
                ('light', models.CharField(choices=[('green', '正常'), ('yellow', '临期'), ('orange', '到期'), ('red', '超期'), ('paused', '暂停')], default=sanfu.kernel.clocks.fold.Light['GREEN'], max_length=10)),
                ('pinned', models.JSONField(default=dict)),
                ('data', models.JSONField(default=dict)),
                ('withheld', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), db_default=[], default=list, help_text='units that never see it', size=None)),
                ('clocks_stopped_at', models.DateTimeField(help_text='when one move stopped all clocks that still ran', null=True)),
                ('green_until', models.DateTimeField(help_text='until then every running clock is green, unpaused and due as its row says; null: for good', null=True)),
                ('closed_state', models.CharField(blank=True, db_default='', default='', help_text='the state of a closed case, written by the sweep; empty while the case is open', max_length=20)),
                ('applicant', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('lead', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('parent', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='cases.case')),
            ],
            options={
                'db_table': 'cases_case',
            },
        ),
        migrations.CreateModel(
            name='ClockRow',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('name', models.CharField(help_text='签收、首次响应、办结 …', max_length=20)),
                ('rule', models.JSONField(help_text='unit, n, start rule, warning share, basis: as the content says it')),
                ('started_at', models.DateTimeField()),
                ('pauses', models.JSONField(default=list, help_text='[[from, to|null, reason], …] in ISO time')),
                ('stopped_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField()),
                ('provisional', models.BooleanField(default=False, help_text='暂算: beyond the last published year')),
                ('light', models.CharField(choices=[('green', '正常'), ('yellow', '临期'), ('orange', '到期'), ('red', '超期'), ('paused', '暂停')], default=sanfu.kernel.clocks.fold.Light['GREEN'], max_length=10)),
                ('rung', models.CharField(blank=True, help_text='督办 step reached', max_length=20)),
                ('next_check_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clock_rows', to='cases.case')),
            ],
            options={
                'db_table': 'cases_clock_row',
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('pk', models.CompositePrimaryKey('case_id', 'capacity', 'party', blank=True, editable=False, primary_key=True, serialize=False)),
                ('capacity', models.CharField(choices=[('unit', '单位'), ('person', '申请人'), ('firm', '企业')], max_length=6)),
                ('party', models.UUIDField()),
                ('region', models.CharField(max_length=6)),
                ('kind', models.CharField(max_length=10)),
                ('opened_at', models.DateTimeField()),
                ('closed_state', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='cases.case')),
            ],
            options={
                'db_table': 'cases_part',
            },
        ),
        migrations.CreateModel(
            name='Words',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='words', serialize=False, to='cases.case')),
                ('pairs', django.contrib.postgres.search.SearchVectorField()),
                ('said', models.TextField(db_default='', default='')),
            ],
            options={
                'db_table': 'cases_words',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['pairs'], name='words_by_pair')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='case_by_parent'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('applicant__isnull', False)), fields=['applicant'], name='case_by_applicant'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('firm__isnull', False)), fields=['firm'], name='case_by_firm'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['region', 'kind', '-opened_at', '-id'], name='case_newest'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('withheld', []), _negated=True), fields=['id'], name='case_withheld'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['region', 'kind', 'closed_state', '-opened_at', '-id'], name='case_by_closed_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(fields=('region', 'kind', 'number'), name='one_case_a_number'),
        ),
        migrations.AddIndex(
            model_name='clockrow',
            index=models.Index(condition=models.Q(('next_check_at__isnull', False)), fields=['next_check_at'], name='clock_to_check'),
        ),
        migrations.AddIndex(
            model_name='clockrow',
            index=models.Index(fields=['case', 'name'], name='clock_by_case'),
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(fields=['party', 'kind', '-opened_at', 'case', 'capacity'], name='part_of_party'),
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(fields=['party', 'kind', 'closed_state', '-opened_at', 'case', 'capacity'], name='part_by_closed_state'),
        ),
        SqlFile("cases", "cases_clock"),
        SqlFile("cases", "cases_words"),
        SqlFile("cases", "cases_parts"),
        SqlFile("cases", "cases_read"),
        SqlFile("cases", "cases_move"),
        SqlFile("cases", "cases_step"),
        migrations.RunSQL(PAGES, migrations.RunSQL.noop),
        migrations.RunSQL(PLANNER, migrations.RunSQL.noop),
    ]
