-- The common move of a case in one round trip (see sanfu/cases/move/README.md).
-- Answers "new-version state-before", or NULL when nothing was written and the caller must read the case and let the
-- kernel decide: other state, other version, or a clock that does not stand as its row says (green_until has come).
-- p_all stops every running clock, p_stop those named; p_stop is NULL when the move touches no clock.
-- p_start, p_due, p_light, p_green: the clocks that the move starts, their earliest due date, worst light, green_until.
CREATE OR REPLACE FUNCTION cases_move(
    p_case uuid, p_version int, p_from text[], p_to text, p_closes boolean, p_all boolean, p_stop text[],
    p_start jsonb, p_due timestamptz, p_light text, p_green timestamptz, p_changes jsonb,
    p_event uuid, p_name text, p_at timestamptz, p_by uuid, p_by_name text, p_data jsonb, p_heard text[])
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    was record;
    v_due timestamptz;
    v_light text;
    v_green timestamptz;
    v_stopped timestamptz;
    v_rows boolean := p_start IS NOT NULL OR NOT coalesce(p_all, false) AND p_stop IS NOT NULL;
BEGIN
    SELECT kind, region, state, version, due_at, light, green_until, clocks_stopped_at INTO was
    FROM cases_case WHERE id = p_case;
    IF NOT FOUND OR was.state <> ALL (p_from) OR was.version <> p_version
       OR p_stop IS NOT NULL AND was.green_until <= p_at THEN
        RETURN NULL;
    END IF;
    v_due := was.due_at;
    v_light := was.light;
    v_green := was.green_until;
    v_stopped := was.clocks_stopped_at;
    IF p_stop IS NOT NULL THEN
        v_due := p_due;
        v_light := coalesce(p_light, 'green');
        v_green := p_green;
        v_stopped := CASE WHEN NOT v_rows THEN coalesce(was.clocks_stopped_at, p_at) END;
        IF NOT p_all AND was.clocks_stopped_at IS NULL THEN
            SELECT least(p_due, min(due_at)), least(p_green, min(next_check_at)) INTO v_due, v_green
            FROM cases_clock_row WHERE case_id = p_case AND stopped_at IS NULL AND name <> ALL (p_stop);
        END IF;
    END IF;
    -- Written only if the row still is what was read: another move changes the version, a sweep light or green_until.
    IF p_changes IS NULL THEN
        UPDATE cases_case SET
            state = coalesce(p_to, was.state), version = was.version + 1, due_at = v_due, light = v_light,
            closed_at = CASE WHEN p_closes THEN p_at END, green_until = v_green, clocks_stopped_at = v_stopped,
            closed_state = ''
        WHERE id = p_case AND version = was.version AND light = was.light
          AND green_until IS NOT DISTINCT FROM was.green_until;
    ELSE
        UPDATE cases_case SET
            state = coalesce(p_to, was.state), version = was.version + 1, due_at = v_due, light = v_light,
            closed_at = CASE WHEN p_closes THEN p_at END, green_until = v_green, clocks_stopped_at = v_stopped,
            closed_state = '',
            urgency = coalesce(p_changes->>'urgency', urgency),
            lead_id = CASE WHEN p_changes ? 'lead_id' THEN (p_changes->>'lead_id')::uuid ELSE lead_id END,
            pinned = coalesce(p_changes->'pinned', pinned),
            data = data || coalesce(p_changes->'data', '{}'::jsonb)
        WHERE id = p_case AND version = was.version AND light = was.light
          AND green_until IS NOT DISTINCT FROM was.green_until;
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
        IF p_all OR was.clocks_stopped_at IS NOT NULL THEN
            UPDATE cases_clock_row SET stopped_at = coalesce(was.clocks_stopped_at, p_at), next_check_at = NULL
            WHERE case_id = p_case AND stopped_at IS NULL;
        ELSE
            -- `name = ANY (p_stop)` says the same as array_position, but PostgreSQL then plans it anew each time.
            UPDATE cases_clock_row SET stopped_at = p_at, next_check_at = NULL
            WHERE case_id = p_case AND stopped_at IS NULL AND array_position(p_stop, name::text) IS NOT NULL;
        END IF;
    END IF;
    IF p_start IS NOT NULL THEN
        INSERT INTO cases_clock_row (id, region, case_id, name, rule, started_at, pauses, due_at, provisional, light, rung, next_check_at)
        SELECT c.id, was.region, p_case, c.name, c.rule, p_at, '[]', c.due_at, c.provisional, c.light, c.rung, c.next_check_at
        FROM jsonb_to_recordset(p_start) AS c (id uuid, name text, rule jsonb, due_at timestamptz,
                                               provisional boolean, light text, rung text, next_check_at timestamptz);
    END IF;
    PERFORM records_append(p_event, was.region, p_case, was.kind || '.' || p_name, p_at, p_by, p_by_name,
                           jsonb_build_object('from', was.state, 'to', coalesce(p_to, was.state)) || p_data,
                           was.kind = ANY (p_heard));
    RETURN (was.version + 1) || ' ' || was.state;
END
$$;
