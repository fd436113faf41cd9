"""Requests as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import sanfu.records.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('tickets', '0001_initial'),
        ('tickets', '0002_original'),
        ('tickets', '0003_withheld'),
        ('tickets', '0004_sender_of_source_number'),
    ]

    initial = True

    dependencies = [
        ('cases', '0001_first_release'),
        ('people', '0001_first_release'),
        ('records', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ticket', serialize=False, to='cases.case')),
                ('region', models.CharField(max_length=6)),
                ('channel', models.CharField(choices=[('web', '网上提交'), ('hotline', '12345热线'), ('police', '110非警务'), ('superior', '上级交办'), ('grid', '网格上报'), ('window', '窗口来访')], max_length=10)),
                ('kind', models.CharField(choices=[('咨询', '咨询'), ('求助', '求助'), ('投诉', '投诉'), ('举报', '举报'), ('建议', '建议')], max_length=12)),
                ('body', models.TextField()),
                ('place', models.CharField(blank=True, max_length=200)),
                ('occurred_at', models.DateTimeField(null=True)),
                ('item_code', models.CharField(blank=True, help_text='清单事项', max_length=20)),
                ('list_version', models.CharField(blank=True, max_length=20)),
                ('class_path', models.CharField(blank=True, max_length=120)),
                ('suggested', models.JSONField(default=dict, help_text='what the matcher said at intake, with evidence')),
                ('anonymous', models.BooleanField(default=False)),
                ('confidential', models.BooleanField(default=False, help_text='举报: the reported unit never sees it')),
                ('source_number', models.CharField(blank=True, max_length=60)),
                ('hidden_from', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='被举报单位', size=None)),
                ('follow_code', models.CharField(max_length=8)),
                ('return_count', models.IntegerField(default=0)),
                ('redo_count', models.IntegerField(default=0)),
                ('first_contact_at', models.DateTimeField(null=True)),
                ('replied_at', models.DateTimeField(null=True)),
                ('handled_at', models.DateTimeField(null=True)),
                ('reply_public', models.TextField(blank=True)),
                ('reply_internal', models.TextField(blank=True)),
                ('resolved', models.BooleanField(null=True)),
                ('rating', models.CharField(blank=True, choices=[('very_good', '非常满意'), ('good', '满意'), ('fair', '基本满意'), ('bad', '不满意'), ('very_bad', '非常不满意')], max_length=10)),
                ('rating_note', models.TextField(blank=True)),
                ('refusal', models.CharField(blank=True, choices=[('outside', '不属于本行政区域'), ('party_court_army', '属于党委、人大、法院、检察、军队等职权'), ('litigation', '已进入信访、诉讼、仲裁、复议等程序'), ('repeated', '同一事实和理由无新情况再次提出'), ('unlawful', '违背法律法规或公序良俗'), ('emergency', '紧急情况应拨打110、119、120')], max_length=20)),
                ('received_at', models.DateTimeField()),
                ('original', models.TextField(blank=True, db_default='', default='', help_text='the whole message, when it was split into points')),
                ('sender', models.UUIDField(help_text='对接系统的账号: whose number the source number is', null=True)),
                ('area', models.ForeignKey(help_text='属地', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='tickets.ticket')),
                ('split_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='points', to='tickets.ticket')),
            ],
            options={
                'db_table': 'tickets_ticket',
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='contact', serialize=False, to='tickets.ticket')),
                ('region', models.CharField(max_length=6)),
                ('name', models.CharField(blank=True, max_length=40)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('address', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'db_table': 'tickets_contact',
            },
        ),
        migrations.CreateModel(
            name='Callback',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('at', models.DateTimeField()),
                ('reached', models.BooleanField()),
                ('responded', models.BooleanField(help_text='承办单位是否联系过', null=True)),
                ('resolved', models.BooleanField(null=True)),
                ('rating', models.CharField(blank=True, choices=[('very_good', '非常满意'), ('good', '满意'), ('fair', '基本满意'), ('bad', '不满意'), ('very_bad', '非常不满意')], max_length=10)),
                ('note', models.TextField(blank=True)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='tickets.ticket')),
            ],
            options={
                'db_table': 'tickets_callback',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_citizen', models.BooleanField(default=True)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='tickets.ticket')),
            ],
            options={
                'db_table': 'tickets_attachment',
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('leads', models.BooleanField(default=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, help_text='why this unit: list item and conditions met')),
                ('return_reason', models.CharField(blank=True, choices=[('not_ours', '非本单位职责'), ('not_here', '非本行政区'), ('unclear', '信息不足'), ('duplicate', '重复'), ('in_procedure', '已进入法定程序'), ('not_public', '非政务事项')], max_length=20)),
                ('return_note', models.TextField(blank=True)),
                ('feedback', models.TextField(blank=True, help_text='协办反馈')),
                ('return_proposes', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='tickets.ticket')),
            ],
            options={
                'db_table': 'tickets_assignment',
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('days', models.IntegerField()),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('granted', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('citizen_told', models.BooleanField(default=False)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='tickets.ticket')),
            ],
            options={
                'db_table': 'tickets_extension',
            },
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('grounds', models.TextField()),
                ('conditions', models.JSONField(default=dict, help_text='attribute → value that decided it')),
                ('becomes_rule', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='tickets.ticket')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'tickets_ruling',
            },
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['region', 'item_code', '-received_at'], name='ticket_by_item'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['region', 'area', '-received_at'], name='ticket_by_area'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['region', 'channel', 'case'], name='ticket_by_channel'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['region', 'kind', 'case'], name='ticket_by_type'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('rating', ''), ('rating__in', ['very_good', 'good', 'fair', 'bad', 'very_bad']), _connector='OR'), name='rating_is_one_of_five'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(condition=models.Q(('source_number', ''), _negated=True), fields=('region', 'channel', 'sender', 'source_number'), name='one_order_a_source_number', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(fields=['region', '-at'], name='callback_newest'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['region', 'unit', '-since'], name='assignment_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('leads', True), ('until__isnull', True)), fields=('ticket',), name='one_lead_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('return_reason', ''), models.Q(('return_note', ''), _negated=True), _connector='OR'), name='a_return_says_why'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1)), name='extension_is_at_least_a_day'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.UniqueConstraint(condition=models.Q(('granted__isnull', True)), fields=('ticket',), name='one_open_extension'),
        ),
    ]
