"""Orders that are there already are withheld from the units that they report; channel and type filter by an index."""

from django.db import migrations, models

CARRY_OVER = """
UPDATE cases_case c SET withheld = t.hidden_from FROM tickets_ticket t
WHERE t.case_id = c.id AND t.hidden_from <> '{}';
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_original"), ("cases", "0008_words_said")]
    operations = [
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["region", "channel", "case"], name="ticket_by_channel"),
        ),
        migrations.AddIndex(
            model_name="ticket", index=models.Index(fields=["region", "kind", "case"], name="ticket_by_type")
        ),
    ]
