"""A county of many cases (演示), written into the platform's own tables by the database itself: cases, clocks, events.

Triggers are left out while it is written, so what they keep (parts, words, chains) is not there: the figures do not
read it. Everything comes from one seed.
"""

import sys
from datetime import datetime, timedelta

from bench.report import Row

CHUNK = 100_000
EVENTS = 10  # of each case
MONTHS = 24
UNITS = 150
# Six of ten are orders; the others are cases of other rooms, which have the free indicators of every case.
KINDS = ("ticket",) * 12 + ("visit", "visit", "claim", "claim", "duty", "joint", "joint", "demand")

FUNCTIONS = """
CREATE FUNCTION pg_temp.v7(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3) || '8'
            || substr(md5(salt), 4, 15))::uuid $$;
"""
ORGANISATIONS = """
INSERT INTO people_organisation (id, region, code, kind, name, short, pinyin, aliases, area)
SELECT md5('unit' || n)::uuid, %(region)s, 'YS' || n, 'department', '演示单位' || n, '演示' || n, 'yanshi' || n, '{}', ''
FROM generate_series(1, %(units)s) n
"""
PLAN = """
CREATE TEMP TABLE plan AS
SELECT p.*, pg_temp.v7(opened, 'case' || n) AS id,
       CASE WHEN chance < 0.95 AND opened + took < %(now)s THEN opened + took END AS closed,
       opened + allowed AS due
FROM (SELECT n, (%(kinds)s::text[])[1 + floor(random() * %(many)s)::int] AS kind,
             md5('unit' || 1 + floor(random() * %(units)s)::int)::uuid AS unit,
             %(now)s::timestamptz - (%(all)s - n) * (%(span)s::interval / %(all)s) AS opened,
             random() AS chance, random() * interval '8 days' AS took, interval '5 days' AS allowed,
             random() AS luck
      FROM generate_series(%(first)s, %(last)s) n) p
"""
CASES = """
INSERT INTO cases_case (id, region, kind, number, title, state, version, urgency, lead_id, units, withheld,
    opened_at, closed_at, due_at, light, pinned, data, clocks_stopped_at, green_until, closed_state)
SELECT id, %(region)s, kind, 'B' || n, '演示办件' || n,
    CASE WHEN closed IS NULL THEN 'handling' ELSE 'closed' END, %(events)s, '', unit, ARRAY[unit], '{}', opened, closed,
    CASE WHEN closed IS NULL THEN due END, 'green', '{}', '{}', NULL, NULL, CASE WHEN closed IS NULL THEN '' ELSE 'closed' END
FROM plan
"""
CLOCKS = """
INSERT INTO cases_clock_row (id, region, case_id, name, rule, started_at, pauses, stopped_at, due_at, provisional, light, rung)
SELECT md5(name || n)::uuid, %(region)s, id, name, '{}', opened, '[]',
    CASE WHEN name = '办结' THEN closed WHEN luck < 0.98 THEN opened + luck * 1.2 * length END,
    CASE WHEN name = '办结' THEN due ELSE opened + length END, false, 'green', ''
FROM plan, (VALUES ('办结', interval '5 days'), ('首次响应', interval '3 hours'), ('签收', interval '4 hours')) AS k(name, length)
WHERE name = '办结' OR kind = 'ticket'
"""
ORDERS = """
INSERT INTO tickets_ticket (case_id, region, channel, kind, body, original, place, item_code, list_version, class_path,
    suggested, anonymous, confidential, source_number, hidden_from, follow_code, return_count, redo_count, handled_at,
    reply_public, reply_internal, rating, rating_note, refusal, received_at)
SELECT id, %(region)s, 'phone', 'help', '演示内容' || n, '', '', 'CJ' || n %% 400, '', '求助/' || n %% 12, '{}', false, false, '', '{}',
    lpad((n %% 100000000)::text, 8, '0'), (luck * 2.1)::int, (luck > 0.95)::int, closed, '', '',
    CASE WHEN closed IS NULL THEN '' WHEN luck < 0.8 THEN 'good' ELSE 'bad' END, '', '', opened
FROM plan WHERE kind = 'ticket'
"""
DISPATCHES = """
INSERT INTO tickets_assignment (id, region, ticket_id, unit_id, leads, since, signed_at, reason, return_reason, return_note, feedback)
SELECT md5('d' || n)::uuid, %(region)s, id, unit, true, opened, opened + luck * interval '5 hours', '',
    CASE WHEN luck > 0.93 THEN 'not_ours' ELSE '' END, CASE WHEN luck > 0.93 THEN '演示' ELSE '' END, ''
FROM plan WHERE kind = 'ticket'
"""
CALLS = """
INSERT INTO tickets_callback (id, region, ticket_id, at, reached, responded, resolved, rating, note)
SELECT md5('c' || n)::uuid, %(region)s, id, closed + interval '1 day', luck < 0.9, true, luck < 0.75, 'good', ''
FROM plan WHERE kind = 'ticket' AND closed IS NOT NULL
"""
CALLERS = """
INSERT INTO tickets_contact (ticket_id, region, name, phone, address)
SELECT id, %(region)s, '演示', '199' || lpad(floor(random() * %(all)s / 3)::text, 8, '0'), '' FROM plan WHERE kind = 'ticket'
"""
LOG = """
INSERT INTO records_event (id, region, stream, seq, kind, at, recorded_at, by, by_name, data, previous, hash)
SELECT pg_temp.v7(at, n || '/' || k), %(region)s, id, k, kind || '.' || verb, at, at, unit, '演示',
    jsonb_build_object('unit', unit, 'step', k, 'why', '演示理由' || n %% 97), decode(md5('p' || n || k), 'hex'),
    decode(md5('q' || n || k), 'hex')
FROM (SELECT n, id, kind, unit, k,
             CASE WHEN k = 1 THEN 'open' WHEN k = %(events)s AND closed IS NOT NULL THEN 'close' ELSE 'move' || k END AS verb,
             opened + (k - 1) * (coalesce(closed, opened + (%(now)s - opened) * luck) - opened) / (%(events)s - 1) AS at
      FROM plan, generate_series(1, %(events)s) k) e
"""
TABLES = (
    "cases_case",
    "cases_clock_row",
    "tickets_ticket",
    "tickets_assignment",
    "tickets_callback",
    "tickets_contact",
    "records_event",
)


def write(count: int, region: str, now: datetime) -> Row:
    """Write so many cases of two years; return what the tables hold."""
    from django.db import connection, transaction

    given = {
        "region": region, "units": UNITS, "now": now, "all": count, "events": EVENTS, "kinds": list(KINDS),
        "many": len(KINDS), "span": timedelta(days=30.4 * MONTHS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(ORGANISATIONS, given)
        for first in range(1, count + 1, CHUNK):
            part = given | {"first": first, "last": min(first + CHUNK - 1, count)}
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("DROP TABLE IF EXISTS plan")
                for statement in (PLAN, CASES, CLOCKS, ORDERS, DISPATCHES, CALLS, CALLERS, LOG):
                    cursor.execute(statement, part)
            print(f"{part['last']:,} cases", file=sys.stderr)
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
        sizes = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            sizes[table] = cursor.fetchone()[0]
    return sizes
