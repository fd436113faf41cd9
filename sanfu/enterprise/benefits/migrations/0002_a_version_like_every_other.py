"""Policies keep their versions as every list does (`sanfu.lists.versions`): same states, columns, constraints.

What was in force on a day stays so: of the versions approved for one day the last one held; each holds until the
next begins. The text that was submitted gets the hash that publishing compares.
"""

import hashlib
import json

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from django.db.models import F, Q

STATES = {"draft": "draft", "submitted": "waiting", "approved": "published", "withdrawn": "discarded"}
IN_FORCE = ["published", "replaced"]


def hash_of(row):
    content = {"policy": row.policy, "text": row.text, "golden": row.golden}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def carry(apps, schema_editor):
    rows = apps.get_model("benefits", "PolicyVersion").objects
    names = dict(apps.get_model("people", "User").objects.values_list("pk", "name"))
    lines = {}
    for row in rows.order_by("effective_from", "number"):
        row.editor_name = names.get(row.drafted_by_id, "")
        row.approver_name = names.get(row.approver_id, "")
        if row.drafted_by_id not in row.editors:
            row.editors = [row.drafted_by_id, *row.editors]
        row.said = row.said[:300]
        row.state = STATES[row.state]
        if row.state in ("waiting", "published"):
            row.content_hash = hash_of(row)
        if row.state == "published":
            row.published_at = row.approved_at
            lines.setdefault((row.region, row.policy), []).append(row)
        row.save()
    for line in lines.values():
        close(line)


def close(line):
    """End each version of a policy where the next begins; one that another took the day from held on no day."""
    for row, following in zip(line, line[1:]):
        if row.effective_from == following.effective_from:
            row.state = "discarded"
            if row.golden and not following.golden:
                following.golden = row.golden
                following.content_hash = hash_of(following)
                following.save()
        else:
            row.state, row.effective_to = "replaced", following.effective_from
        row.save()


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_first_release"), ("people", "0001_first_release")]

    operations = [
        pgtrigger.migrations.RemoveTrigger("policyversion", "approved_never_changes"),
        migrations.RemoveConstraint("policyversion", "one_policy_version_a_number"),
        migrations.RemoveConstraint("policyversion", "one_open_version_a_policy"),
        migrations.RemoveConstraint("policyversion", "nobody_approves_own_policy"),
        migrations.RemoveConstraint("policyversion", "an_approved_policy_has_approver_and_day"),
        migrations.RenameField("policyversion", "starts_on", "effective_from"),
        migrations.RenameField("policyversion", "returned", "said"),
        migrations.RenameField("policyversion", "drafted_at", "created_at"),
        migrations.RenameField("policyversion", "approved_by", "approver"),
        migrations.AlterField("policyversion", "state", models.CharField(default="draft", max_length=12)),
        migrations.AddField("policyversion", "doc_no", models.CharField(blank=True, default="", help_text="印发文号", max_length=80), preserve_default=False),
        migrations.AddField("policyversion", "effective_to", models.DateField(help_text="first day on which it no longer holds", null=True)),
        migrations.AddField("policyversion", "editor_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.AddField("policyversion", "approver_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.AddField("policyversion", "content_hash", models.CharField(blank=True, default="", help_text="of content(), since it was submitted", max_length=64), preserve_default=False),
        migrations.AddField("policyversion", "published_at", models.DateTimeField(null=True)),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField("policyversion", "sha256"),
        migrations.RemoveField("policyversion", "drafted_by"),
        migrations.AlterField("policyversion", "said", models.CharField(blank=True, help_text="why it was sent back", max_length=300)),
        migrations.AddConstraint(
            "policyversion",
            models.UniqueConstraint(fields=["region", "policy", "number"], name="policy_version_one_number"),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.UniqueConstraint(
                fields=["region", "policy", "effective_from"],
                condition=Q(state__in=IN_FORCE),
                name="policy_version_one_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(editors__contains=[F("approver_id")]),
                name="policy_version_second_person",
            ),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, "approved"])
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="policy_version_approved",
            ),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=~Q(state__in=IN_FORCE) | Q(effective_from__isnull=False),
                name="policy_version_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="policy_version_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.UniqueConstraint(
                fields=["region", "policy"],
                condition=Q(state__in=["draft", "consult", "waiting", "approved"]),
                name="one_open_version_a_policy",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyversion',
            trigger=pgtrigger.compiler.Trigger(name='published_text_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'published\', \'replaced\') AND (OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."golden" IS DISTINCT FROM (NEW."golden") OR OLD."effective_from" IS DISTINCT FROM (NEW."effective_from")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5e89bb1824c3438818dd9e85fb217b7c7dc159d0', operation='UPDATE', pgid='pgtrigger_published_text_never_changes_51c0f', table='benefits_policy_version', when='BEFORE')),
        ),
    ]
