-- Search words of a case (检索词): number and title folded, and every two neighbouring letters of both.
-- A function of the case's own columns kept by a trigger, so that no writer can forget it, COPY included.
CREATE OR REPLACE FUNCTION cases_pairs(number text, title text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bigrams(number) || bigrams(title)
$$;
CREATE OR REPLACE FUNCTION cases_said(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(t, '\s+', '', 'g'))
$$;
CREATE OR REPLACE FUNCTION cases_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_words (case_id, said, pairs)
    VALUES (NEW.id, cases_said(NEW.number) || ' ' || cases_said(NEW.title), cases_pairs(NEW.number, NEW.title))
    ON CONFLICT (case_id) DO UPDATE SET said = excluded.said, pairs = excluded.pairs;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER cases_keep_words AFTER INSERT OR UPDATE OF number, title ON cases_case
FOR EACH ROW EXECUTE FUNCTION cases_keep_words();
