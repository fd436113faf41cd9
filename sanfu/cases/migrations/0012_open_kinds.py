"""A case kind is declared by the manifest of its room: the column no longer lists them (no change in the database)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_moves_touch_no_index")]

    operations = [
        migrations.AlterField(
            "case",
            "kind",
            models.CharField(max_length=10, help_text="code of a `CaseKind` that some room declares"),
        ),
    ]
