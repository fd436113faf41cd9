"""A part knows whether its case rests: what is open of one unit is read from one index, without its closed ones."""

from django.db import migrations, models

# The moves write `resting = ''` whatever it was; only where it changes there is something to keep.
KEEP_REST = """
CREATE OR REPLACE FUNCTION cases_keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM cases_part WHERE case_id = NEW.id;
    END IF;
    INSERT INTO cases_part (case_id, capacity, party, region, kind, opened_at, resting)
    SELECT NEW.id, p.capacity, p.party, NEW.region, NEW.kind, NEW.opened_at, NEW.resting FROM cases_parts(NEW) AS p;
    RETURN NULL;
END
$$;
CREATE FUNCTION cases_keep_rest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases_part SET resting = NEW.resting WHERE case_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER cases_keep_rest AFTER UPDATE OF resting ON cases_case
FOR EACH ROW WHEN (OLD.resting IS DISTINCT FROM NEW.resting) EXECUTE FUNCTION cases_keep_rest();
"""
KEEP_REST_BEFORE = """
DROP TRIGGER cases_keep_rest ON cases_case;
DROP FUNCTION cases_keep_rest;
CREATE OR REPLACE FUNCTION cases_keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM cases_part WHERE case_id = NEW.id;
    END IF;
    INSERT INTO cases_part (case_id, capacity, party, region, kind, opened_at)
    SELECT NEW.id, p.capacity, p.party, NEW.region, NEW.kind, NEW.opened_at FROM cases_parts(NEW) AS p;
    RETURN NULL;
END
$$;
"""
CARRY_OVER = """
UPDATE cases_part p SET resting = c.resting FROM cases_case c WHERE c.id = p.case_id AND c.resting <> '';
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_open_kinds")]
    operations = [
        migrations.AddField(
            model_name="part",
            name="resting",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunSQL(KEEP_REST, KEEP_REST_BEFORE),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(
                fields=["party", "kind", "resting", "-opened_at", "case", "capacity"], name="part_at_rest"
            ),
        ),
    ]
