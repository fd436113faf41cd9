"""A step that leaves the title alone does not compute the search words anew; the read before it is one kept plan."""

from django.db import migrations

STEP = """
CREATE OR REPLACE FUNCTION cases_step(p_case uuid, p_version int, p_state text, p_changes jsonb, p_clocks jsonb,
                           p_event uuid, p_kind text, p_at timestamptz, p_by uuid, p_by_name text,
                           p_data jsonb, p_outbox boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    r text;
BEGIN
    UPDATE cases_case SET
        state = p_state,
        version = version + 1,
        urgency = coalesce(p_changes->>'urgency', urgency),
        lead_id = CASE WHEN p_changes ? 'lead_id' THEN (p_changes->>'lead_id')::uuid ELSE lead_id END,
        units = CASE WHEN p_changes ? 'units'
                     THEN ARRAY(SELECT jsonb_array_elements_text(p_changes->'units')::uuid) ELSE units END,
        closed_at = CASE WHEN p_changes ? 'closed_at' THEN (p_changes->>'closed_at')::timestamptz ELSE closed_at END,
        due_at = CASE WHEN p_changes ? 'due_at' THEN (p_changes->>'due_at')::timestamptz ELSE due_at END,
        light = coalesce(p_changes->>'light', light),
        pinned = CASE WHEN p_changes ? 'pinned' THEN p_changes->'pinned' ELSE pinned END,
        data = data || coalesce(p_changes->'data', '{}'::jsonb)
    WHERE id = p_case AND version = p_version
    RETURNING region INTO r;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF p_changes ? 'title' THEN
        UPDATE cases_case SET title = p_changes->>'title' WHERE id = p_case;
    END IF;
    IF p_clocks IS NOT NULL THEN
        INSERT INTO cases_clock
            (id, region, case_id, name, rule, started_at, pauses, stopped_at, due_at, provisional, light, rung, next_check_at)
        SELECT c.id, r, p_case, c.name, c.rule, c.started_at, c.pauses, c.stopped_at, c.due_at, c.provisional,
               c.light, c.rung, c.next_check_at
        FROM jsonb_populate_recordset(NULL::cases_clock, p_clocks) AS c
        ON CONFLICT (id) DO UPDATE SET
            rule = excluded.rule, pauses = excluded.pauses, stopped_at = excluded.stopped_at,
            due_at = excluded.due_at, provisional = excluded.provisional, light = excluded.light, rung = excluded.rung,
            next_check_at = excluded.next_check_at;
    END IF;
    PERFORM records_append(p_event, r, p_case, p_kind, p_at, p_by, p_by_name, p_data, p_outbox);
    RETURN p_version + 1;
END
$$;
"""

READ = """
CREATE FUNCTION cases_read(p_case uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_array(
            c.kind, c.state, c.version, to_jsonb(c.units), c.light,
            (SELECT jsonb_agg(to_jsonb(k)) FROM cases_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL))
        FROM cases_case c WHERE c.id = p_case
    );
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_list_indexes")]
    operations = [
        migrations.RunSQL(STEP, migrations.RunSQL.noop),  # what it replaces gives the same rows
        migrations.RunSQL(READ, "DROP FUNCTION cases_read;"),
    ]
