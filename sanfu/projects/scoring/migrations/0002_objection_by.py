"""Who objected is kept, so that the answer reaches that person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="scoringobjection",
            name="by",
            field=models.UUIDField(help_text="who objected, and hears the answer", null=True),
        ),
    ]
