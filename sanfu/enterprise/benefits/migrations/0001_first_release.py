"""Policies, claims and awards as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import sanfu.enterprise.benefits.states
import sanfu.records.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('benefits', '0001_initial'),
        ('benefits', '0002_initial'),
        ('benefits', '0003_claims'),
        ('benefits', '0004_golden'),
        ('benefits', '0005_controller_outcome'),
    ]

    initial = True

    dependencies = [
        ('cases', '0001_first_release'),
        ('people', '0001_first_release'),
        ('records', '0001_first_release'),
        ('registry', '0001_first_release'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='batch', serialize=False, to='cases.case')),
                ('region', models.CharField(max_length=6)),
                ('clauses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('day', models.DateField(help_text='the day the rules were asked about')),
                ('snapshot', models.CharField(max_length=64)),
                ('rules', models.CharField(max_length=64)),
                ('list_hash', models.CharField(max_length=64)),
                ('pool', models.BigIntegerField(help_text='分: money behind points', null=True)),
                ('price', models.CharField(blank=True, help_text='exact 分 per point, as a fraction', max_length=40)),
                ('population', models.IntegerField()),
                ('unknown', models.IntegerField(help_text='enterprise-clause pairs left out because data are missing')),
                ('total', models.BigIntegerField(help_text='分 on the list when it was made')),
                ('created_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'benefits_batch',
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='claim', serialize=False, to='cases.case')),
                ('region', models.CharField(max_length=6)),
                ('policy', models.CharField(max_length=40)),
                ('clause', models.CharField(max_length=40)),
                ('day', models.DateField(help_text='the day 上年, 本年 … are counted from')),
                ('round', models.IntegerField(default=1, help_text='grows with each correction')),
                ('amount', models.BigIntegerField(help_text='分, or 10⁻⁴ points: what the rule said of these facts', null=True)),
                ('asked', models.JSONField(default=list, help_text='columns to be corrected')),
                ('answer', models.TextField(blank=True, help_text='what the officer said last')),
                ('basis', models.CharField(blank=True, help_text='condition a refusal rests on', max_length=200)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('live', models.BooleanField(default=True)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='benefits.batch')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='registry.enterprise')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'benefits_claim',
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('clause', models.CharField(max_length=40)),
                ('outcome', models.CharField(choices=[('awarded', '兑付'), ('cut', '封顶核减'), ('excluded', '互斥落选'), ('capped', '封顶落选'), ('taken', '本年已兑'), ('held', '待补实际控制人')], max_length=10)),
                ('state', models.CharField(choices=[('listed', '在名单'), ('out', '不兑付'), ('removed', '异议移出'), ('waived', '企业放弃'), ('agreed', '已确认'), ('sent', '已送拨付'), ('paid', '已到账'), ('failed', '退汇'), ('clawed', '已追回')], max_length=10)),
                ('points', models.BigIntegerField(help_text='10⁻⁴ points', null=True)),
                ('entitled', models.BigIntegerField(help_text='before exclusivity and caps')),
                ('paid', models.BigIntegerField(help_text='to be paid, or paid')),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('bank', models.CharField(blank=True, max_length=60)),
                ('account', models.CharField(blank=True, max_length=40)),
                ('account_checked_at', models.DateTimeField(null=True)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('payment', models.CharField(blank=True, help_text='number in the payment file', max_length=40)),
                ('voucher', models.CharField(blank=True, max_length=60)),
                ('paid_at', models.DateTimeField(null=True)),
                ('clawed', models.BigIntegerField(default=0)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='benefits.batch')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='registry.enterprise')),
            ],
            options={
                'db_table': 'benefits_line',
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('text', models.TextField()),
                ('contact', models.CharField(blank=True, max_length=80)),
                ('state', models.CharField(choices=[('open', '待处理'), ('upheld', '成立'), ('rejected', '不成立')], default=sanfu.enterprise.benefits.states.ObjectionState['OPEN'], max_length=10)),
                ('answer', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='benefits.line')),
            ],
            options={
                'db_table': 'benefits_objection',
            },
        ),
        migrations.CreateModel(
            name='PaymentFile',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('number', models.CharField(max_length=40)),
                ('count', models.IntegerField()),
                ('total', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='benefits.batch')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
            ],
            options={
                'db_table': 'benefits_payment_file',
            },
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('policy', models.CharField(help_text='编号 of the document', max_length=40)),
                ('number', models.IntegerField()),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('draft', '起草中'), ('submitted', '待复核'), ('approved', '已通过'), ('withdrawn', '已撤回')], default='draft', max_length=10)),
                ('starts_on', models.DateField(null=True)),
                ('note', models.TextField(blank=True, help_text='why it changes')),
                ('returned', models.TextField(blank=True, help_text='why it was sent back')),
                ('editors', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('drafted_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('golden', models.TextField(blank=True, help_text='标准例 as YAML; empty: those the version before had')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'db_table': 'benefits_policy_version',
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('round', models.IntegerField()),
                ('column', models.CharField(help_text="as the rule names it on the claim's day", max_length=60)),
                ('indicator', models.CharField(max_length=40)),
                ('period', models.CharField(blank=True, help_text='absolute, as in a fact', max_length=40)),
                ('number', models.BigIntegerField(null=True)),
                ('text', models.CharField(blank=True, max_length=60)),
                ('said', models.CharField(help_text='as it was typed', max_length=80)),
                ('by_officer', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='benefits.claim')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
            ],
            options={
                'db_table': 'benefits_statement',
            },
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(fields=['region', 'clause', 'live'], name='claim_by_clause'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.UniqueConstraint(condition=models.Q(('live', True)), fields=('region', 'enterprise', 'clause'), name='one_live_claim_a_clause'),
        ),
        migrations.AddIndex(
            model_name='line',
            index=models.Index(fields=['region', 'enterprise', '-batch'], name='line_by_enterprise'),
        ),
        migrations.AddIndex(
            model_name='line',
            index=models.Index(fields=['batch', 'state'], name='line_by_state'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(fields=('batch', 'enterprise', 'clause'), name='one_line_a_clause'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('clawed__gte', 0), ('paid__gte', 0)), name='no_negative_payout'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('clawed__lte', models.F('paid'))), name='no_more_back_than_was_paid'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['paid', 'clawed']), _negated=True), models.Q(models.Q(('voucher', ''), _negated=True), ('paid_at__isnull', False)), _connector='OR'), name='a_paid_line_has_a_voucher'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('answer', ''), _negated=True), _connector='OR'), name='a_ruling_says_why'),
        ),
        migrations.AddConstraint(
            model_name='paymentfile',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='one_payment_file_a_number'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(fields=('region', 'policy', 'number'), name='one_policy_version_a_number'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted'])), fields=('region', 'policy'), name='one_open_version_a_policy'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='nobody_approves_own_policy'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('starts_on__isnull', False)), _connector='OR'), name='an_approved_policy_has_approver_and_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyversion',
            trigger=pgtrigger.compiler.Trigger(name='approved_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'approved\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='427ef9c4a0d9389a60aaae19eee4abc60700575f', operation='UPDATE', pgid='pgtrigger_approved_never_changes_66802', table='benefits_policy_version', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyversion',
            trigger=pgtrigger.compiler.Trigger(name='policy_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='0bb56b43190f4dfdbb394a588998f4fb1a9ea6bb', operation='DELETE', pgid='pgtrigger_policy_never_deleted_b3b99', table='benefits_policy_version', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('claim', 'round', 'column'), name='one_statement_a_round'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('number__isnull', False), models.Q(('text', ''), _negated=True), _connector='OR'), name='a_statement_has_a_value'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='statement_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9d23b67ea5902bded8faf6d945f3735ea936bb4e', operation='UPDATE OR DELETE', pgid='pgtrigger_statement_append_only_b638d', table='benefits_statement', when='BEFORE')),
        ),
    ]
