"""A counter is named by the prefix of its business numbers, so that numbers go on where they were."""

from django.db import migrations

PREFIXES = {
    "ticket": "SQ",
    "claim": "SB",
    "batch": "PC",
    "joint": "LB",
    "precedent": "裁",
    "dutyrule": "则",
    "admission": "准",
    "dutydoc": "文",
    "dutytask": "任",
}
TURN = "UPDATE records_counter SET kind = '{}' WHERE kind = '{}'"


class Migration(migrations.Migration):
    dependencies = [("records", "0005_hash_covers_the_whole_event")]
    operations = [
        migrations.RunSQL(TURN.format(prefix, kind), TURN.format(kind, prefix))
        for kind, prefix in PREFIXES.items()
    ]
