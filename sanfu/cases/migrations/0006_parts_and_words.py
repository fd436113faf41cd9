"""Parts and search words leave the row that every move writes, and with them go two GIN indexes and four B-trees."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What the triggers keep is a function of the case's own columns: no writer can forget it, COPY included.
KEEP_WORDS = """
CREATE FUNCTION cases_pairs(number text, title text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bigrams(number) || bigrams(title)
$$;
CREATE FUNCTION cases_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_words (case_id, pairs) VALUES (NEW.id, cases_pairs(NEW.number, NEW.title))
    ON CONFLICT (case_id) DO UPDATE SET pairs = excluded.pairs;
    RETURN NULL;
END
$$;
CREATE TRIGGER cases_keep_words AFTER INSERT OR UPDATE OF number, title ON cases_case
FOR EACH ROW EXECUTE FUNCTION cases_keep_words();
"""
KEEP_WORDS_BEFORE = """
DROP TRIGGER cases_keep_words ON cases_case;
DROP FUNCTION cases_keep_words;
DROP FUNCTION cases_pairs;
"""

KEEP_PARTS = """
CREATE FUNCTION cases_parts(c cases_case) RETURNS TABLE (capacity text, party uuid) LANGUAGE sql STABLE AS $$
    SELECT 'unit', unit FROM unnest(c.units) AS unit WHERE unit <> ALL (c.withheld)
    UNION SELECT 'person', c.applicant_id WHERE c.applicant_id IS NOT NULL
    UNION SELECT 'firm', c.firm_id WHERE c.firm_id IS NOT NULL
$$;
CREATE FUNCTION cases_keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM cases_part WHERE case_id = NEW.id;
    END IF;
    INSERT INTO cases_part (case_id, capacity, party, region, kind, opened_at)
    SELECT NEW.id, p.capacity, p.party, NEW.region, NEW.kind, NEW.opened_at FROM cases_parts(NEW) AS p;
    RETURN NULL;
END
$$;
CREATE TRIGGER cases_keep_parts
AFTER INSERT OR UPDATE OF units, withheld, applicant_id, firm_id, region, kind, opened_at ON cases_case
FOR EACH ROW EXECUTE FUNCTION cases_keep_parts();
"""
KEEP_PARTS_BEFORE = """
DROP TRIGGER cases_keep_parts ON cases_case;
DROP FUNCTION cases_keep_parts;
DROP FUNCTION cases_parts;
"""

CARRY_OVER = """
INSERT INTO cases_words (case_id, pairs) SELECT id, cases_pairs(number, title) FROM cases_case;
INSERT INTO cases_part (case_id, capacity, party, region, kind, opened_at)
SELECT c.id, p.capacity, p.party, c.region, c.kind, c.opened_at FROM cases_case c, cases_parts(c) AS p;
SET CONSTRAINTS ALL IMMEDIATE;
"""

# A page with room keeps the new version of a row beside the old one.
ROOM = "ALTER TABLE cases_case SET (fillfactor = 80); ALTER TABLE cases_clock SET (fillfactor = 80);"
ROOM_BEFORE = "ALTER TABLE cases_case RESET (fillfactor); ALTER TABLE cases_clock RESET (fillfactor);"


def index_where_present(name):
    present = models.Q(**{f"{name}__isnull": False})
    return migrations.AddIndex("case", models.Index(fields=[name], name=f"case_by_{name}", condition=present))


def foreign_key(name, to, related_name="+"):
    key = models.ForeignKey(
        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to
    )
    return migrations.AlterField("case", name, key)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_claims"),
        ("records", "0004_append_cheaper"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Part",
            fields=[
                ("pk", models.CompositePrimaryKey("case_id", "capacity", "party", blank=True, editable=False, primary_key=True, serialize=False)),
                ("case", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="cases.case")),
                ("capacity", models.CharField(choices=[("unit", "单位"), ("person", "申请人"), ("firm", "企业")], max_length=6)),
                ("party", models.UUIDField()),
                ("region", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=10)),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "db_table": "cases_part",
                "indexes": [models.Index(fields=["party", "capacity", "kind", "-opened_at", "case"], name="part_of_party")],
            },
        ),
        migrations.CreateModel(
            name="Words",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="words", serialize=False, to="cases.case")),
                ("pairs", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "db_table": "cases_words",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["pairs"], name="words_by_pair")],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="withheld",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), db_default=[], default=list, help_text="units that never see it", size=None),
        ),
        migrations.RunSQL(KEEP_WORDS, KEEP_WORDS_BEFORE),
        migrations.RunSQL(KEEP_PARTS, KEEP_PARTS_BEFORE),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="case", name="case_by_due"),
        migrations.RemoveIndex(model_name="case", name="case_by_unit"),
        migrations.RemoveIndex(model_name="case", name="case_by_text"),
        migrations.RemoveField(model_name="case", name="search"),
        foreign_key("applicant", settings.AUTH_USER_MODEL),
        foreign_key("firm", "people.organisation"),
        foreign_key("lead", "people.organisation"),
        foreign_key("parent", "cases.case", "branches"),
        index_where_present("parent"),
        index_where_present("applicant"),
        index_where_present("firm"),
        migrations.AlterField(
            model_name="clock",
            name="case",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="cases.case"),
        ),
        migrations.RunSQL(ROOM, ROOM_BEFORE),
    ]
