"""A move whose clocks need no arithmetic is one round trip: checks, state, clocks and event in one function."""

from django.db import migrations

# The answer is "version state-before", or NULL when nothing was written and the caller must read the case and
# decide with the kernel: another state or version, or a clock to stop that is not plain. Plain is a clock that is
# green, was never paused and has no change of light up to p_at (next_check_at is after it): its due date and
# light at p_at are the ones in its row. p_all stops every running clock,
# p_stop those named; p_stop is NULL when the move touches no clock.
MOVE = """
CREATE FUNCTION cases_move(
    p_case uuid, p_version int, p_from text[], p_to text, p_closes boolean, p_all boolean, p_stop text[],
    p_start jsonb, p_due timestamptz, p_light int, p_changes jsonb,
    p_event uuid, p_name text, p_at timestamptz, p_by uuid, p_by_name text, p_data jsonb, p_heard text[])
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    lights CONSTANT text[] := '{paused,green,yellow,orange,red}';
    v_kind text;
    v_region text;
    v_state text;
    v_version int;
    v_due timestamptz;
    v_light int;
    v_dues jsonb;
    v_seq int;
    v_clock record;
BEGIN
    SELECT kind, region, state, version, due_at, array_position(lights, light::text)
    INTO v_kind, v_region, v_state, v_version, v_due, v_light FROM cases_case WHERE id = p_case;
    IF NOT FOUND OR v_state <> ALL (p_from) OR v_version <> p_version THEN
        RETURN NULL;
    END IF;
    IF p_stop IS NOT NULL THEN
        v_due := p_due;
        v_light := p_light;
        FOR v_clock IN
            SELECT name, due_at, light, light = 'green' AND pauses = '[]' AND next_check_at > p_at AS plain
            FROM cases_clock WHERE case_id = p_case AND stopped_at IS NULL
        LOOP
            IF NOT (p_all OR v_clock.name = ANY (p_stop)) THEN
                v_due := least(v_due, v_clock.due_at);
                v_light := greatest(v_light, array_position(lights, v_clock.light::text));
            ELSIF v_clock.plain THEN
                v_dues := coalesce(v_dues, '{}') || jsonb_build_object(
                    v_clock.name, to_char(v_clock.due_at AT TIME ZONE INTERVAL '8 hours', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'));
            ELSE
                RETURN NULL;
            END IF;
        END LOOP;
    END IF;
    IF p_changes IS NULL THEN
        UPDATE cases_case SET
            state = coalesce(p_to, v_state), version = v_version + 1, due_at = v_due,
            light = coalesce(lights[v_light], 'green'),
            closed_at = CASE WHEN p_closes THEN p_at END
        WHERE id = p_case AND version = v_version;
    ELSE
        UPDATE cases_case SET
            state = coalesce(p_to, v_state), version = v_version + 1, due_at = v_due,
            light = coalesce(lights[v_light], 'green'),
            closed_at = CASE WHEN p_closes THEN p_at END,
            urgency = coalesce(p_changes->>'urgency', urgency),
            lead_id = CASE WHEN p_changes ? 'lead_id' THEN (p_changes->>'lead_id')::uuid ELSE lead_id END,
            pinned = coalesce(p_changes->'pinned', pinned),
            data = data || coalesce(p_changes->'data', '{}'::jsonb)
        WHERE id = p_case AND version = v_version;
    END IF;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF v_dues IS NOT NULL THEN
        UPDATE cases_clock SET stopped_at = p_at, next_check_at = NULL WHERE case_id = p_case AND stopped_at IS NULL AND (p_all OR name = ANY (p_stop));
    END IF;
    IF p_changes IS NOT NULL THEN
        IF p_changes ? 'title' THEN
            UPDATE cases_case SET title = p_changes->>'title' WHERE id = p_case;
        END IF;
        IF p_changes ? 'units' THEN
            UPDATE cases_case SET units = ARRAY(
                SELECT unnest(units) UNION SELECT jsonb_array_elements_text(p_changes->'units')::uuid ORDER BY 1)
            WHERE id = p_case;
        END IF;
    END IF;
    IF p_start IS NOT NULL THEN
        INSERT INTO cases_clock (id, region, case_id, name, rule, started_at, pauses, due_at, provisional, light, rung, next_check_at)
        SELECT c.id, v_region, p_case, c.name, c.rule, p_at, '[]', c.due_at, c.provisional, c.light, c.rung, c.next_check_at
        FROM jsonb_to_recordset(p_start) AS c (id uuid, name text, rule jsonb, due_at timestamptz,
                                               provisional boolean, light text, rung text, next_check_at timestamptz);
    END IF;
    v_version := v_version + 1;
    v_seq := records_append(
        p_event, v_region, p_case, v_kind || '.' || p_name, p_at, p_by, p_by_name,
        jsonb_build_object('from', v_state, 'to', coalesce(p_to, v_state)) || p_data
            || CASE WHEN v_dues IS NULL AND p_start IS NULL THEN '{}'
                    ELSE jsonb_build_object('clocks', coalesce(v_dues, '{}') || coalesce(p_data->'clocks', '{}')) END,
        coalesce(v_kind = ANY (p_heard), false));
    RETURN v_version || ' ' || v_state;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_parts_and_words")]
    operations = [migrations.RunSQL(MOVE, "DROP FUNCTION cases_move;")]
