"""A role is content: the column no longer lists them (no change in the database)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_password_given")]

    operations = [
        migrations.AlterField(
            "appointment",
            "role",
            models.CharField(max_length=30, help_text="code of a role of content/people/roles/"),
        ),
    ]
