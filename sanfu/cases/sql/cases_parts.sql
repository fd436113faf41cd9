-- Who has a part in a case (参与): its units except those that it is withheld from, its applicant, its firm.
CREATE OR REPLACE FUNCTION cases_parts(c cases_case) RETURNS TABLE (capacity text, party uuid) LANGUAGE sql STABLE AS $$
    SELECT 'unit', unit FROM unnest(c.units) AS unit WHERE unit <> ALL (c.withheld)
    UNION SELECT 'person', c.applicant_id WHERE c.applicant_id IS NOT NULL
    UNION SELECT 'firm', c.firm_id WHERE c.firm_id IS NOT NULL
$$;
CREATE OR REPLACE FUNCTION cases_keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM cases_part WHERE case_id = NEW.id;
    END IF;
    INSERT INTO cases_part (case_id, capacity, party, region, kind, opened_at, closed_state)
    SELECT NEW.id, p.capacity, p.party, NEW.region, NEW.kind, NEW.opened_at, NEW.closed_state FROM cases_parts(NEW) AS p;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER cases_keep_parts
AFTER INSERT OR UPDATE OF units, withheld, applicant_id, firm_id, region, kind, opened_at ON cases_case
FOR EACH ROW EXECUTE FUNCTION cases_keep_parts();
-- Moves write `closed_state` whatever it was; only where it changes there is something to keep.
CREATE OR REPLACE FUNCTION cases_keep_closed_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases_part SET closed_state = NEW.closed_state WHERE case_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER cases_keep_closed_state AFTER UPDATE OF closed_state ON cases_case
FOR EACH ROW WHEN (OLD.closed_state IS DISTINCT FROM NEW.closed_state) EXECUTE FUNCTION cases_keep_closed_state();
