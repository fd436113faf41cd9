"""Lists sort closed orders by due date too, and the tabs are counted from one index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_step"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["region", "kind", "due_at"], name="case_by_any_due"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["region", "kind", "state", "light"],
                name="case_open_by_light",
            ),
        ),
    ]
