"""Figures of a town's year beside the year before: every indicator by unit and month, from the rows themselves."""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from bench.bench_list_page import fill
from bench.database import own_database, server_pids, server_seconds
from bench.report import Row, publish

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
SIX = (date(2026, 6, 1), date(2026, 11, 1))
LIVES = """
INSERT INTO cases_clock_row (id, region, case_id, name, rule, started_at, pauses, stopped_at, due_at, provisional, light, rung)
SELECT gen_random_uuid(), region, id, name, '{}', opened_at, '[]',
       CASE WHEN random() < 0.95 THEN opened_at + random() * 1.2 * length END, opened_at + length, false, 'green', ''
FROM cases_case, (VALUES ('办结', interval '5 days'), ('首次响应', interval '3 hours'), ('签收', interval '4 hours'))
     AS kinds(name, length);
INSERT INTO tickets_assignment (id, region, ticket_id, unit_id, leads, since, signed_at, reason, return_reason,
                                return_note, feedback)
SELECT gen_random_uuid(), region, id, lead_id, true, opened_at, opened_at + random() * interval '5 hours', '',
       '', '', '' FROM cases_case;
INSERT INTO tickets_callback (id, region, ticket_id, at, reached, responded, resolved, rating, note)
SELECT gen_random_uuid(), region, id, closed_at + interval '1 day', random() < 0.9, true, random() < 0.8, 'good', ''
FROM cases_case WHERE closed_at IS NOT NULL;
INSERT INTO tickets_contact (ticket_id, region, name, phone, address)
SELECT id, region, '演示', '1990000' || lpad((random() * 4000)::int::text, 4, '0'), '' FROM cases_case;
UPDATE tickets_ticket t SET rating = 'good', item_code = 'CJ' || lpad((random() * 400)::int::text, 3, '0'),
       handled_at = (SELECT closed_at FROM cases_case c WHERE c.id = t.case_id);
ANALYZE;
"""


def measured(name: str, repeat: int, pids: list[int], work: Callable[[], object]) -> Row:
    """Milliseconds on the wall (best) and of the database's processor (median): on a busy machine only these compare."""
    wall, server = [], []
    for _ in range(repeat + 1):
        began, spent = time.perf_counter(), server_seconds(pids)
        work()
        wall.append(time.perf_counter() - began)
        server.append(server_seconds(pids) - spent)
    return {"page": name, "wall ms": min(wall[1:]) * 1e3, "server ms": sorted(server[1:])[repeat // 2] * 1e3}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="measure", description=__doc__)
    parser.add_argument("--orders", type=int, default=8_000, help="orders of two years (default 8,000)")
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args(words)
    with own_database("bench_measure"):
        from django.conf import settings
        from django.db import connection

        from sanfu.adapters.demo import seed_people
        from sanfu.measure import queries
        from sanfu.records.actor import Actor

        seed_people(settings.CONTENT, region=settings.REGION, at=NOW - timedelta(days=900))
        fill(args.orders // 2, NOW)
        fill(args.orders - args.orders // 2, NOW.replace(year=NOW.year - 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.5)")
            cursor.execute(LIVES)
        seen = frozenset({"tickets.see", "tickets.see_all", "measure.see"})
        leader = Actor(id=None, name="领导(演示)", region=settings.REGION, permissions=seen)
        first, last = SIX
        periods = [SIX, (first.replace(year=first.year - 1), last.replace(year=last.year - 1))]
        pids = server_pids()

        def both(only: tuple[str, ...] = ()) -> None:
            queries.figures_of(leader, periods, now=NOW, only=only)

        rows = [
            measured("one period, all indicators", args.repeat, pids,
                     lambda: queries.figures(leader, first=SIX[0], last=SIX[1], now=NOW)),
            measured("overview: six months and the same of last year, all indicators", args.repeat, pids, both),
            measured("one indicator, both periods", args.repeat, pids, lambda: both(("on_time_rate",))),
        ]  # fmt: skip
    notes = [f"{args.orders:,} orders of two years with clocks, dispatches, call-backs and contacts (演示)"]
    publish("measure", "Figures from their rows", rows, label="page", value="wall ms", notes=notes)
    return 0
