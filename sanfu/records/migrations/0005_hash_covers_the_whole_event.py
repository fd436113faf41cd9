"""The hash of an event covers all of it: also the name of who acted, the region and when it was written."""

from django.db import migrations

# What a person types (the name) is preceded by its length, so that no two events give the same text. Events of
# before keep the hash that they have: `records.queries.verify_chains` knows both.
DIGEST = """
CREATE FUNCTION records_digest(region text, stream uuid, seq int, kind text, at timestamptz, recorded_at timestamptz,
                               by uuid, by_name text, data jsonb, previous bytea)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || convert_to(
        region || '|' || stream || '|' || seq || '|' || kind || '|' || round(date_part('epoch', at) * 1e6)::bigint || '|'
        || round(date_part('epoch', recorded_at) * 1e6)::bigint || '|' || coalesce(by::text, '') || '|'
        || octet_length(by_name) || '|' || by_name || '|' || data, 'UTF8'))
$$;
"""

APPEND = """
CREATE OR REPLACE FUNCTION records_append(p_event uuid, p_region text, p_stream uuid, p_kind text, p_at timestamptz,
                                          p_by uuid, p_by_name text, p_data jsonb, p_outbox boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    s int;
    h bytea;
    n bytea;
    t timestamptz := clock_timestamp();
BEGIN
    LOOP
        SELECT seq + 1, head INTO s, h FROM records_stream WHERE id = p_stream;
        IF FOUND THEN
            n := records_digest(p_region, p_stream, s, p_kind, p_at, t, p_by, p_by_name, p_data, h);
            UPDATE records_stream SET seq = s, head = n WHERE id = p_stream AND seq = s - 1;
        ELSE
            s := 1;
            h := ''::bytea;
            n := records_digest(p_region, p_stream, s, p_kind, p_at, t, p_by, p_by_name, p_data, h);
            INSERT INTO records_stream (id, region, seq, head) VALUES (p_stream, p_region, s, n)
            ON CONFLICT (id) DO NOTHING;
        END IF;
        EXIT WHEN FOUND;
    END LOOP;
    INSERT INTO records_event (id, region, stream, seq, kind, at, recorded_at, by, by_name, data, previous, hash)
    VALUES (p_event, p_region, p_stream, s, p_kind, p_at, t, p_by, p_by_name, p_data, h, n);
    IF p_outbox THEN
        INSERT INTO records_outbox (event_id, kind, attempts, error) VALUES (p_event, p_kind, 0, '');
    END IF;
    RETURN s;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0004_append_cheaper")]
    operations = [
        migrations.RunSQL(DIGEST, "DROP FUNCTION records_digest;"),
        migrations.RunSQL(APPEND),
        migrations.RemoveIndex(model_name="event", name="event_by_kind"),  # nothing reads by it
    ]
