"""Functions of the database: the hash of an event, the only way to append one, and two-character search."""

from django.db import migrations

HASH = """
CREATE FUNCTION records_hash(stream uuid, seq int, kind text, at timestamptz, by uuid, data jsonb, previous bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || convert_to(
        concat_ws('|', stream::text, seq::text, kind, (extract(epoch FROM at) * 1000000)::bigint::text,
                  coalesce(by::text, ''), data::text), 'UTF8'))
$$;
"""

APPEND = """
CREATE FUNCTION records_append(p_event uuid, p_region text, p_stream uuid, p_kind text, p_at timestamptz,
                               p_by uuid, p_by_name text, p_data jsonb, p_outbox boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    s int;
    h bytea;
    n bytea;
BEGIN
    SELECT seq, head INTO s, h FROM records_stream WHERE id = p_stream FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO records_stream (id, region, seq, head) VALUES (p_stream, p_region, 0, ''::bytea)
        ON CONFLICT (id) DO NOTHING;
        SELECT seq, head INTO s, h FROM records_stream WHERE id = p_stream FOR UPDATE;
    END IF;
    n := records_hash(p_stream, s + 1, p_kind, p_at, p_by, p_data, h);
    INSERT INTO records_event (id, region, stream, seq, kind, at, recorded_at, by, by_name, data, previous, hash)
    VALUES (p_event, p_region, p_stream, s + 1, p_kind, p_at, clock_timestamp(), p_by, p_by_name, p_data, h, n);
    UPDATE records_stream SET seq = s + 1, head = n WHERE id = p_stream;
    IF p_outbox THEN
        INSERT INTO records_outbox (event_id, kind, attempts, error) VALUES (p_event, p_kind, 0, '');
    END IF;
    RETURN s + 1;
END
$$;
"""

# Two-character words are the rule in Chinese and trigram indexes cannot find them: index every pair.
BIGRAMS = """
CREATE FUNCTION bigrams(t text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT substr(s, i, 2)), ARRAY[]::text[]))
    FROM (SELECT lower(regexp_replace(t, '\\s+', '', 'g')) AS s) AS folded, generate_series(1, length(s) - 1) AS i
$$;
CREATE FUNCTION bigram_query(t text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(DISTINCT quote_literal(substr(s, i, 2)), ' & ')::tsquery
    FROM (SELECT lower(regexp_replace(t, '\\s+', '', 'g')) AS s) AS folded, generate_series(1, length(s) - 1) AS i
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [
        migrations.RunSQL(
            HASH + APPEND + BIGRAMS,
            "DROP FUNCTION bigram_query; DROP FUNCTION bigrams; DROP FUNCTION records_append; DROP FUNCTION records_hash;",
        )
    ]
