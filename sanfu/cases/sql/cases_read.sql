-- What the kernel needs to decide a move: kind, state, version, units and light of a case, and its running clocks.
CREATE OR REPLACE FUNCTION cases_read(p_case uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_array(
            c.kind, c.state, c.version, to_jsonb(c.units), c.light,
            (SELECT jsonb_agg(to_jsonb(k)) FROM cases_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL))
        FROM cases_case c WHERE c.id = p_case
    );
END
$$;
