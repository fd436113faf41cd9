-- The hash of an event over all of it and the hash before. What a person types (the name) is preceded by its length,
-- so that no two events give the same text.
CREATE OR REPLACE FUNCTION records_digest(region text, stream uuid, seq int, kind text, at timestamptz, recorded_at timestamptz,
                               by uuid, by_name text, data jsonb, previous bytea)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || convert_to(
        region || '|' || stream || '|' || seq || '|' || kind || '|' || round(date_part('epoch', at) * 1e6)::bigint || '|'
        || round(date_part('epoch', recorded_at) * 1e6)::bigint || '|' || coalesce(by::text, '') || '|'
        || octet_length(by_name) || '|' || by_name || '|' || data, 'UTF8'))
$$;
