"""What is true of each row (事实): one SQL text per kind of row, each fact of content/indicators a column.

An order row is one order with the unit that leads it now; a dispatch row is one unit having one order once.
Both come from cases, clocks and what the acts wrote; nothing here is typed in by hand. The texts are the only
definition: figures and the rows behind them read the same columns.
"""

# Every text reads the order ids of `seen` (what the actor may see; `queries.py` puts it in front) and takes
# two parameters by name: region, and now (the moment at which overdue is judged).

CLOCKS = """
handling AS (
    SELECT DISTINCT ON (case_id) case_id, started_at, stopped_at, due_at, light FROM cases_clock
    WHERE region = %(region)s AND name = '办结' AND case_id IN (SELECT id FROM seen)
    ORDER BY case_id, started_at),
response AS (
    SELECT DISTINCT ON (case_id) case_id, started_at, stopped_at, due_at, light FROM cases_clock
    WHERE region = %(region)s AND name = '首次响应' AND case_id IN (SELECT id FROM seen)
    ORDER BY case_id, started_at)
"""

# The first handling clock judges timeliness; a rework shows in 返工率, not as a second chance in 按时办结率.
# A paused clock is not due: its due date moves with the day.
ORDERS = """
parts AS (
    SELECT ticket_id, count(*) AS hops, min(since) AS since FROM tickets_assignment
    WHERE region = %(region)s AND leads AND ticket_id IN (SELECT id FROM seen)
    GROUP BY ticket_id),
calls AS (
    SELECT DISTINCT ON (ticket_id) ticket_id, at, resolved FROM tickets_callback
    WHERE region = %(region)s AND reached AND resolved IS NOT NULL AND ticket_id IN (SELECT id FROM seen)
    ORDER BY ticket_id, at DESC),
people AS NOT MATERIALIZED (
    SELECT t.case_id, t.item_code, t.received_at, t.handled_at, 'a' || c.applicant_id AS person
    FROM tickets_ticket t JOIN cases_case c ON c.id = t.case_id
    WHERE t.region = %(region)s AND t.item_code <> '' AND c.applicant_id IS NOT NULL
    UNION ALL
    SELECT t.case_id, t.item_code, t.received_at, t.handled_at, 'p' || p.phone
    FROM tickets_ticket t JOIN tickets_contact p ON p.ticket_id = t.case_id
    WHERE t.region = %(region)s AND t.item_code <> '' AND p.phone <> ''),
again AS (
    SELECT DISTINCT one.case_id FROM people one
    JOIN people other ON other.item_code = one.item_code AND other.person = one.person
        AND other.received_at > one.handled_at AND other.received_at <= one.handled_at + interval '30 days'
    WHERE one.case_id IN (SELECT id FROM seen)),
rows AS MATERIALIZED (
    SELECT c.id AS case_id, c.id AS row_id, c.number, c.title, c.state, c.lead_id AS unit,
        split_part(t.class_path, '/', 1) AS request_kind, t.received_at AS at_received, h.due_at AS at_due, calls.at AS at_called_back,
        c.state NOT IN ('refused', 'to_police', 'merged', 'withdrawn') AS counted,
        parts.hops IS NOT NULL AS dispatched,
        coalesce(r.stopped_at IS NOT NULL OR (r.due_at < %(now)s AND r.light <> 'paused'), false) AS response_due,
        r.stopped_at IS NOT NULL AS responded,
        coalesce(r.stopped_at <= r.due_at, false) AS contacted_in_time,
        coalesce(h.stopped_at IS NOT NULL OR (h.due_at < %(now)s AND h.light <> 'paused'), false) AS due,
        h.stopped_at IS NOT NULL AS closed,
        coalesce(h.stopped_at <= h.due_at, false) AS closed_in_time,
        calls.at IS NOT NULL AS called_back,
        coalesce(calls.resolved, false) AS resolved,
        t.rating <> '' AS rated,
        t.rating IN ('very_good', 'good', 'fair') AS satisfied,
        t.redo_count > 0 AS reworked,
        coalesce(lead.kind = 'centre' AND parts.hops = 1, false) AS direct,
        coalesce(t.handled_at + interval '30 days' <= %(now)s, false) AS watched,
        again.case_id IS NOT NULL AS raised_again,
        t.return_count >= 2 AS looped,
        coalesce(parts.hops, 0) AS hops,
        round((extract(epoch FROM r.stopped_at - r.started_at) / 3600)::numeric, 4) AS response_hours,
        round((extract(epoch FROM h.stopped_at - h.started_at) / 86400)::numeric, 4) AS handling_days
    FROM cases_case c
    JOIN tickets_ticket t ON t.case_id = c.id
    LEFT JOIN people_organisation lead ON lead.id = c.lead_id
    LEFT JOIN handling h ON h.case_id = c.id
    LEFT JOIN response r ON r.case_id = c.id
    LEFT JOIN parts ON parts.ticket_id = c.id
    LEFT JOIN calls ON calls.ticket_id = c.id
    LEFT JOIN again ON again.case_id = c.id
    WHERE c.id IN (SELECT id FROM seen))
"""

# A unit that hands an order on before signing time is up owes no signature; one that sat on it does.
DISPATCHES = """
signing AS (
    SELECT case_id, started_at, due_at FROM cases_clock
    WHERE region = %(region)s AND name = '签收' AND case_id IN (SELECT id FROM seen)),
rows AS MATERIALIZED (
    SELECT c.id AS case_id, a.id AS row_id, c.number, c.title, c.state, a.unit_id AS unit,
        split_part(t.class_path, '/', 1) AS request_kind, a.since AS at_dispatched,
        c.state NOT IN ('refused', 'to_police', 'merged', 'withdrawn') AS counted,
        coalesce(a.signed_at IS NOT NULL OR coalesce(a.until, %(now)s) > s.due_at, false) AS sign_due,
        a.signed_at IS NOT NULL AS signed,
        coalesce(a.signed_at <= s.due_at, false) AS signed_in_time,
        a.return_reason <> '' AS returned
    FROM tickets_assignment a
    JOIN cases_case c ON c.id = a.ticket_id
    JOIN tickets_ticket t ON t.case_id = c.id
    LEFT JOIN signing s ON s.case_id = c.id AND s.started_at = a.since
    WHERE a.region = %(region)s AND a.leads AND c.id IN (SELECT id FROM seen))
"""

SOURCES = {"orders": f"{CLOCKS}, {ORDERS}", "dispatches": DISPATCHES}

# Which moment of a row an indicator's `month` means.
MOMENTS = {
    "orders": {"received": "at_received", "due": "at_due", "called_back": "at_called_back"},
    "dispatches": {"dispatched": "at_dispatched"},
}
