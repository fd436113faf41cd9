"""The durable step: state, clocks and hash-chained event in one round trip and one transaction."""

from django.db import migrations

STEP = """
CREATE FUNCTION cases_step(p_case uuid, p_version int, p_state text, p_changes jsonb, p_clocks jsonb,
                           p_event uuid, p_kind text, p_at timestamptz, p_by uuid, p_by_name text,
                           p_data jsonb, p_outbox boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    r text;
BEGIN
    UPDATE cases_case SET
        state = p_state,
        version = version + 1,
        title = coalesce(p_changes->>'title', title),
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


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("records", "0002_functions")]
    operations = [migrations.RunSQL(STEP, "DROP FUNCTION cases_step;")]
