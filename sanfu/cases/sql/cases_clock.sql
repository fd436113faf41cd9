-- A clock as every page and figure reads it: stopped when its row says so, or when its case stopped all of them.
CREATE OR REPLACE VIEW cases_clock AS
SELECT k.id, k.region, k.case_id, k.name, k.rule, k.started_at, k.pauses,
       coalesce(k.stopped_at, c.clocks_stopped_at) AS stopped_at, k.due_at, k.provisional, k.light, k.rung,
       CASE WHEN c.clocks_stopped_at IS NULL THEN k.next_check_at END AS next_check_at
FROM cases_clock_row k JOIN cases_case c ON c.id = k.case_id;
