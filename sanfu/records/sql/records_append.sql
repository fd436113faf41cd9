-- The only way an event comes into being: number and hash over the one before, head of the stream, outbox when heard.
-- The head is read, then moved on the condition that it is still the one that was read; whoever comes second waits for
-- the first, finds another head and reads again. That is one write to the stream's row, not two.
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
