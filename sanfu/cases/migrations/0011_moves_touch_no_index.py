"""Moves change no column that an index is of: PostgreSQL then writes the row and leaves all indexes alone.

State, due date and light of a case were in three indexes, and each move wrote the case into these and all others anew.
What is open is few, and lists now read it as it stands; what has closed gets `resting` from the sweep, and
is found by that. Room is left on each page for the new version of a row.
"""

from django.db import migrations, models

REST = """
UPDATE cases_case SET resting = state WHERE closed_at IS NOT NULL AND due_at IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cases_case SET (fillfactor = 80);
"""

STEP = """
CREATE OR REPLACE FUNCTION cases_step(p_case uuid, p_version int, p_state text, p_changes jsonb, p_clocks jsonb,
                           p_event uuid, p_kind text, p_at timestamptz, p_by uuid, p_by_name text,
                           p_data jsonb, p_outbox boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    r text;
BEGIN
    UPDATE cases_clock_row k SET stopped_at = c.halted_at, next_check_at = NULL FROM cases_case c
    WHERE c.id = p_case AND c.version = p_version AND c.halted_at IS NOT NULL
      AND k.case_id = p_case AND k.stopped_at IS NULL;
    UPDATE cases_case SET
        state = p_state,
        version = version + 1,
        urgency = coalesce(p_changes->>'urgency', urgency),
        lead_id = CASE WHEN p_changes ? 'lead_id' THEN (p_changes->>'lead_id')::uuid ELSE lead_id END,
        units = CASE WHEN p_changes ? 'units'
                     THEN ARRAY(SELECT jsonb_array_elements_text(p_changes->'units')::uuid) ELSE units END,
        closed_at = (p_changes->>'closed_at')::timestamptz,
        due_at = (p_changes->>'due_at')::timestamptz,
        light = p_changes->>'light',
        settled_until = (p_changes->>'settled_until')::timestamptz,
        halted_at = NULL,
        resting = '',
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
        INSERT INTO cases_clock_row
            (id, region, case_id, name, rule, started_at, pauses, stopped_at, due_at, provisional, light, rung, next_check_at)
        SELECT c.id, r, p_case, c.name, c.rule, c.started_at, c.pauses, c.stopped_at, c.due_at, c.provisional,
               c.light, c.rung, c.next_check_at
        FROM jsonb_populate_recordset(NULL::cases_clock_row, p_clocks) AS c
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

# The answer is "version state-before", or NULL when nothing was written and the caller must read the case and
# decide with the kernel: another state or version, or a clock that does not stand as its row says (`settled_until`
# of the case has come). p_all stops every running clock, p_stop those named; p_stop is NULL when the move touches
# no clock. Whoever appended to the chain meanwhile has moved `seq`, and then nothing is written either.
# (`name = ANY (p_stop)` would say the same as `array_position`, but PostgreSQL then plans it anew each time.)
MOVE = """
CREATE OR REPLACE FUNCTION cases_move(
    p_case uuid, p_version int, p_from text[], p_to text, p_closes boolean, p_all boolean, p_stop text[],
    p_start jsonb, p_due timestamptz, p_light text, p_settled timestamptz, p_changes jsonb,
    p_event uuid, p_name text, p_at timestamptz, p_by uuid, p_by_name text, p_data jsonb, p_heard text[])
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_kind text;
    v_region text;
    v_state text;
    v_version int;
    v_due timestamptz;
    v_light text;
    v_settled timestamptz;
    v_halted timestamptz;
    v_seq int;
    v_head bytea;
    v_hash bytea;
    v_now timestamptz := clock_timestamp();
    v_rows boolean := p_start IS NOT NULL OR NOT coalesce(p_all, false) AND p_stop IS NOT NULL;
    w_halted timestamptz;
BEGIN
    SELECT kind, region, state, version, due_at, light, settled_until, halted_at, seq, head
    INTO v_kind, v_region, v_state, v_version, v_due, v_light, v_settled, v_halted, v_seq, v_head
    FROM cases_case WHERE id = p_case;
    IF NOT FOUND OR v_state <> ALL (p_from) OR v_version <> p_version OR p_stop IS NOT NULL AND v_settled <= p_at THEN
        RETURN NULL;
    END IF;
    w_halted := v_halted;
    IF p_stop IS NOT NULL THEN
        v_due := p_due;
        v_light := coalesce(p_light, 'green');
        v_settled := p_settled;
        w_halted := CASE WHEN NOT v_rows THEN coalesce(v_halted, p_at) END;
        IF NOT p_all AND v_halted IS NULL THEN
            SELECT least(p_due, min(due_at)), least(p_settled, min(next_check_at)) INTO v_due, v_settled
            FROM cases_clock_row WHERE case_id = p_case AND stopped_at IS NULL AND name <> ALL (p_stop);
        END IF;
    END IF;
    p_name := v_kind || '.' || p_name;
    p_data := jsonb_build_object('from', v_state, 'to', coalesce(p_to, v_state)) || p_data;
    v_hash := records_digest(v_region, p_case, v_seq + 1, p_name, p_at, v_now, p_by, p_by_name, p_data, v_head);
    IF p_changes IS NULL THEN
        UPDATE cases_case SET
            state = coalesce(p_to, v_state), version = v_version + 1, due_at = v_due, light = v_light,
            closed_at = CASE WHEN p_closes THEN p_at END, settled_until = v_settled, halted_at = w_halted,
            resting = '',
            seq = v_seq + 1, head = v_hash
        WHERE id = p_case AND seq = v_seq;
    ELSE
        UPDATE cases_case SET
            state = coalesce(p_to, v_state), version = v_version + 1, due_at = v_due, light = v_light,
            closed_at = CASE WHEN p_closes THEN p_at END, settled_until = v_settled, halted_at = w_halted,
            resting = '',
            seq = v_seq + 1, head = v_hash,
            urgency = coalesce(p_changes->>'urgency', urgency),
            lead_id = CASE WHEN p_changes ? 'lead_id' THEN (p_changes->>'lead_id')::uuid ELSE lead_id END,
            pinned = coalesce(p_changes->'pinned', pinned),
            data = data || coalesce(p_changes->'data', '{}'::jsonb)
        WHERE id = p_case AND seq = v_seq;
    END IF;
    IF NOT FOUND THEN
        RETURN NULL;
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
    IF v_rows THEN
        IF p_all OR v_halted IS NOT NULL THEN
            UPDATE cases_clock_row SET stopped_at = coalesce(v_halted, p_at), next_check_at = NULL
            WHERE case_id = p_case AND stopped_at IS NULL;
        ELSE
            UPDATE cases_clock_row SET stopped_at = p_at, next_check_at = NULL
            WHERE case_id = p_case AND stopped_at IS NULL AND array_position(p_stop, name::text) IS NOT NULL;
        END IF;
    END IF;
    IF p_start IS NOT NULL THEN
        INSERT INTO cases_clock_row (id, region, case_id, name, rule, started_at, pauses, due_at, provisional, light, rung, next_check_at)
        SELECT c.id, v_region, p_case, c.name, c.rule, p_at, '[]', c.due_at, c.provisional, c.light, c.rung, c.next_check_at
        FROM jsonb_to_recordset(p_start) AS c (id uuid, name text, rule jsonb, due_at timestamptz,
                                               provisional boolean, light text, rung text, next_check_at timestamptz);
    END IF;
    INSERT INTO records_event (id, region, stream, seq, kind, at, recorded_at, by, by_name, data, previous, hash)
    VALUES (p_event, v_region, p_case, v_seq + 1, p_name, p_at, v_now, p_by, p_by_name, p_data, v_head, v_hash);
    IF v_kind = ANY (p_heard) THEN
        INSERT INTO records_outbox (event_id, kind, attempts, error) VALUES (p_event, p_name, 0, '');
    END IF;
    RETURN (v_version + 1) || ' ' || v_state;
END
$$;
"""


# What moves is what is open: without this the planner multiplies the two and expects hardly any.
PLANNER = """
CREATE STATISTICS case_motion (mcv) ON resting, closed_at FROM cases_case;
CREATE STATISTICS case_motion_state (mcv) ON resting, state FROM cases_case;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_case_is_its_stream")]
    operations = [
        migrations.RemoveIndex(model_name="case", name="case_by_state"),
        migrations.RemoveIndex(model_name="case", name="case_by_any_due"),
        migrations.RemoveIndex(model_name="case", name="case_open_by_light"),
        migrations.AddField(
            "case",
            "resting",
            models.CharField(
                max_length=20,
                blank=True,
                default="",
                db_default="",
                help_text="its state, once closed, without a running clock and swept; empty while it moves",
            ),
        ),
        migrations.RunSQL(REST),
        migrations.AddIndex(
            "case",
            models.Index(fields=["region", "kind", "resting", "-opened_at", "-id"], name="case_at_rest"),
        ),
        migrations.RunSQL(PLANNER),
        migrations.RunSQL(STEP),
        migrations.RunSQL(MOVE),
    ]
