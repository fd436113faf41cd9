import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_found_by_name")]

    operations = [
        migrations.AddIndex(
            model_name="enterprise",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(models.F("credit_code"), function="bigrams"), name="enterprise_by_code_part"
            ),
        ),
    ]
