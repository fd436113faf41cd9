"""The few cases that are withheld from a unit are found by an index that costs the others nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_words_said")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["id"], name="case_withheld", condition=~models.Q(withheld=[])),
        ),
    ]
