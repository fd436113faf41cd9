import django.db.models.deletion
from django.db import migrations, models

import sanfu.enterprise.registry.states
import sanfu.records.ids


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0005_found_by_part_of_code"),
    ]

    operations = [
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.UUIDField(default=sanfu.records.ids.new_id, primary_key=True, serialize=False)),
                ("region", models.CharField(max_length=6)),
                (
                    "state",
                    models.CharField(
                        choices=[("checked", "待确认"), ("kept", "已入档"), ("dropped", "已放弃")],
                        default=sanfu.enterprise.registry.states.ImportState["CHECKED"],
                        max_length=8,
                    ),
                ),
                ("total", models.IntegerField()),
                (
                    "standing",
                    models.IntegerField(default=0, help_text="rows of firms that stand in the register already"),
                ),
                ("errors", models.JSONField(default=list, help_text="[{line, column, value, what, instead}]")),
                ("good", models.JSONField(default=list, help_text="columns of enterprises that can be entered")),
                ("kept", models.IntegerField(default=0, help_text="enterprises entered")),
                ("by", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.storedfile"
                    ),
                ),
            ],
            options={"db_table": "registry_roster"},
        ),
    ]
