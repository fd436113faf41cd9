"""Passkeys beside the authenticator."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sanfu.records.ids


class Migration(migrations.Migration):
    dependencies = [("people", "0009_wide_ids")]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ("region", models.CharField(max_length=6)),
                ("name", models.CharField(max_length=40)),
                ("credential", models.BinaryField(help_text="id of the credential, at most 1,023 bytes")),
                ("public", models.BinaryField(help_text="attested credential data: AAGUID, id and COSE public key")),
                ("counter", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "people_passkey",
                "constraints": [
                    models.UniqueConstraint(fields=("region", "credential"), name="one_passkey_a_credential")
                ],
            },
        ),
    ]
