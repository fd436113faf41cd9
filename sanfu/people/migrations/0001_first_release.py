"""People, organisations and messages as of the first release.

It replaces the steps of before; a database that has made all of them counts as having made this one.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import sanfu.people.messages.states
import sanfu.records.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('people', '0001_initial'),
        ('people', '0002_api_key'),
        ('people', '0003_password_given'),
        ('people', '0004_roles_are_content'),
        ('people', '0005_messages'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('login', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=40)),
                ('is_active', models.BooleanField(default=True)),
                ('sees', models.CharField(blank=True, help_text='one sentence: who may see what', max_length=200)),
                ('demo', models.BooleanField(default=False, help_text='演示 account: production refuses to run with one')),
                ('password_given', models.BooleanField(default=False, help_text='an administrator set the password: the person must choose an own one')),
            ],
            options={
                'db_table': 'people_user',
            },
        ),
        migrations.CreateModel(
            name='MessageAddress',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('region', models.CharField(max_length=6)),
                ('mail', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('daily', models.BooleanField(default=True, help_text='one summary each morning instead of single ones')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('channel', models.CharField(max_length=12)),
                ('key', models.CharField(max_length=80)),
                ('address', models.CharField(max_length=254)),
                ('text', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sent', '已发送'), ('given_up', '未送达')], default=sanfu.people.messages.states.DeliveryState['WAITING'], max_length=10)),
                ('tries', models.IntegerField(default=0)),
                ('next_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'people_delivery',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('kind', models.CharField(choices=[('dispatched', '派给本单位'), ('returned', '退回、要求重办'), ('due', '快到期、到期、超期'), ('decided', '审批、裁定结果'), ('replied', '答复、办结'), ('asked', '要我补充、确认'), ('failed', '任务失败'), ('notice', '通知')], max_length=12)),
                ('words', models.CharField(max_length=300)),
                ('path', models.CharField(help_text='the page of the thing, inside the platform', max_length=300)),
                ('event', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'people_message',
            },
        ),
        migrations.CreateModel(
            name='MessageChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=6)),
                ('kind', models.CharField(choices=[('dispatched', '派给本单位'), ('returned', '退回、要求重办'), ('due', '快到期、到期、超期'), ('decided', '审批、裁定结果'), ('replied', '答复、办结'), ('asked', '要我补充、确认'), ('failed', '任务失败'), ('notice', '通知')], max_length=12)),
                ('shown', models.BooleanField(default=True)),
                ('outside', models.BooleanField(default=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'people_message_choice',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('code', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('department', '市级部门'), ('town', '镇(街道)'), ('zone', '开发区'), ('utility', '公用企业'), ('centre', '中心'), ('firm', '企业'), ('placeholder', '属地占位')], max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('short', models.CharField(max_length=40)),
                ('pinyin', models.CharField(help_text='sort key: the embedded database has no ICU', max_length=200)),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('area', models.CharField(blank=True, max_length=9)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='people.organisation')),
            ],
            options={
                'db_table': 'people_organisation',
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('role', models.CharField(help_text='code of a role of content/people/roles/', max_length=30)),
                ('starts', models.DateField()),
                ('ends', models.DateField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='people.organisation')),
            ],
            options={
                'db_table': 'people_appointment',
            },
        ),
        migrations.AddField(
            model_name='user',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='people.organisation'),
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
                ('label', models.CharField(max_length=60)),
                ('digest', models.CharField(max_length=64)),
                ('starts', models.DateField()),
                ('ends', models.DateField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'people_api_key',
                'constraints': [models.UniqueConstraint(fields=('region', 'digest'), name='one_key_a_digest')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='key_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='19528c4e2ce6e6a666c7c877815bbf33baece546', operation='DELETE', pgid='pgtrigger_key_never_deleted_b11a9', table='people_api_key', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='delivery_waiting'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('region', 'channel', 'key'), name='one_delivery_a_key'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['user', '-at'], name='message_by_user'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='message_unread'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('region', 'user', 'event', 'kind'), name='one_message_an_event'),
        ),
        migrations.AddConstraint(
            model_name='messagechoice',
            constraint=models.UniqueConstraint(fields=('region', 'user', 'kind'), name='one_choice_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.UniqueConstraint(fields=('region', 'code'), name='one_organisation_a_code'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(fields=('region', 'user', 'organisation', 'role', 'starts'), name='one_appointment_a_day'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gt', models.F('starts')), _connector='OR'), name='appointment_ends_after_start'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2f52ee548778de760131d4cfbfaf6b0fde36533a', operation='DELETE', pgid='pgtrigger_never_deleted_2f1ef', table='people_appointment', when='BEFORE')),
        ),
    ]
