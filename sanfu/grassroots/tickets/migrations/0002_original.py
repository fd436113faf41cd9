from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="original",
            field=models.TextField(
                blank=True, default="", db_default="", help_text="the whole message, when it was split into points"
            ),
        ),
    ]
