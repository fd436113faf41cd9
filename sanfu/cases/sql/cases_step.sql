-- A move that the kernel has decided: state, columns, clocks and event of a case in one transaction.
-- Answers the new version, or NULL when the case is no longer at p_version and nothing was written.
CREATE OR REPLACE FUNCTION cases_step(p_case uuid, p_version int, p_state text, p_changes jsonb, p_clocks jsonb,
                           p_event uuid, p_kind text, p_at timestamptz, p_by uuid, p_by_name text,
                           p_data jsonb, p_outbox boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    r text;
BEGIN
    UPDATE cases_clock_row k SET stopped_at = c.clocks_stopped_at, next_check_at = NULL FROM cases_case c
    WHERE c.id = p_case AND c.version = p_version AND c.clocks_stopped_at IS NOT NULL
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
        green_until = (p_changes->>'green_until')::timestamptz,
        clocks_stopped_at = NULL,
        closed_state = '',
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
