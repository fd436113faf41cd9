"""The words of a case as they are compared; indexes that answer row scope, tabs and the newest page by themselves."""

from django.db import migrations, models

# A search needs the title only when it has more than two letters, and then folded once, not at every look.
KEEP_WORDS = r"""
CREATE FUNCTION cases_said(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(t, '\s+', '', 'g'))
$$;
CREATE OR REPLACE FUNCTION cases_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_words (case_id, said, pairs)
    VALUES (NEW.id, cases_said(NEW.number) || ' ' || cases_said(NEW.title), cases_pairs(NEW.number, NEW.title))
    ON CONFLICT (case_id) DO UPDATE SET said = excluded.said, pairs = excluded.pairs;
    RETURN NULL;
END
$$;
"""
KEEP_WORDS_BEFORE = """
CREATE OR REPLACE FUNCTION cases_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_words (case_id, pairs) VALUES (NEW.id, cases_pairs(NEW.number, NEW.title))
    ON CONFLICT (case_id) DO UPDATE SET pairs = excluded.pairs;
    RETURN NULL;
END
$$;
DROP FUNCTION cases_said;
"""
CARRY_OVER = """
UPDATE cases_words w SET said = cases_said(c.number) || ' ' || cases_said(c.title) FROM cases_case c WHERE c.id = w.case_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_move")]
    operations = [
        migrations.AddField(model_name="words", name="said", field=models.TextField(default="", db_default="")),
        migrations.RunSQL(KEEP_WORDS, KEEP_WORDS_BEFORE),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="part", name="part_of_party"),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(fields=["party", "kind", "-opened_at", "case", "capacity"], name="part_of_party"),
        ),
        migrations.RemoveIndex(model_name="case", name="case_newest"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["region", "kind", "-opened_at", "-id"], name="case_newest"),
        ),
        migrations.RemoveIndex(model_name="case", name="case_open_by_light"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["region", "kind", "state", "light", "id"],
                name="case_open_by_light",
            ),
        ),
    ]
