-- The hash of an event as it was computed before `records_digest`; `verify_chains` knows both.
-- STABLE is what its body is (`concat_ws`, `extract`): so PostgreSQL can put the body where it is called.
CREATE OR REPLACE FUNCTION records_hash(stream uuid, seq int, kind text, at timestamptz, by uuid, data jsonb, previous bytea)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || convert_to(
        concat_ws('|', stream::text, seq::text, kind, (extract(epoch FROM at) * 1000000)::bigint::text,
                  coalesce(by::text, ''), data::text), 'UTF8'))
$$;
