"""A closed month under thousands of late acts, moves, merges and replays: not a byte of it may change.

The acts are the platform's own: orders of the closed month recorded after the cut, their whole lives with returns,
pauses and reworks; then rows that change unit, orders merged into others, refreshes and rebuilds again and again.
"""

import argparse
import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.database import own_database
from bench.report import publish

MARCH, NOW = date(2026, 3, 1), datetime(2026, 6, 30, 4, tzinfo=UTC)


def frozen() -> tuple[list[Any], list[Any]]:
    """Every frozen row and cell, whole."""
    from sanfu.measure.models import FrozenCell, FrozenRow

    return (
        list(FrozenRow.objects.order_by("kind", "row_id").values_list()),
        list(FrozenCell.objects.order_by("indicator", "unit").values_list()),
    )


def late_acts(source: random.Random, wanted: int) -> tuple[int, int]:
    """Orders of the closed month lived after the cut until so many events were written; orders and events."""
    from sanfu.records.models import Event
    from tests.histories import lived

    before, orders, day = Event.objects.count(), 0, datetime(2026, 3, 2, 1, tzinfo=UTC)
    while (written := Event.objects.count() - before) < wanted:
        for _ in range(20):
            lived(source, day + timedelta(hours=source.randrange(24 * 27)))
            orders += 1
    return orders, written


def moves_and_merges(source: random.Random) -> int:
    """Cases of the closed month go to another unit, some are merged into others; how many changed."""
    from sanfu.cases.models import Case
    from sanfu.grassroots.tickets.models import Ticket
    from sanfu.people.models import Organisation

    units = list(Organisation.objects.filter(kind="department").values_list("pk", flat=True))
    changed = 0
    tickets = list(Ticket.objects.filter(received_at__year=2026, received_at__month=3).order_by("pk"))
    for ticket in source.sample(tickets, len(tickets) // 3):
        Case.objects.filter(pk=ticket.pk).update(lead=source.choice(units))
        if source.random() < 0.3:
            Ticket.objects.filter(pk=ticket.pk).update(merged_into=source.choice(tickets))
        changed += 1
    return changed


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="frozen", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="late events (default 10,000)")
    parser.add_argument("--replays", type=int, default=6, help="refreshes and rebuilds between (default 6)")
    args = parser.parse_args(words)
    source = random.Random(16)
    with own_database("bench_frozen"):
        from django.conf import settings

        from sanfu.adapters.demo import seed_people
        from sanfu.measure.actions import freezing, store
        from tests.histories import REGION, two_months, who

        seed_people(settings.CONTENT, region=settings.REGION, at=datetime(2024, 1, 2, tzinfo=UTC))
        two_months(days=20)
        store.rebuild(region=REGION, at=NOW)
        closing = freezing.close(MARCH, by=who("wushuang"), at=NOW)
        before, orders, events, moved = frozen(), 0, 0, 0
        began = time.perf_counter()
        for turn in range(args.replays):
            some = late_acts(source, args.events // args.replays + 1)
            orders, events = orders + some[0], events + some[1]
            moved += moves_and_merges(source)
            work = store.refresh if turn % 2 else store.rebuild
            work(region=REGION, at=NOW + timedelta(days=1 + turn))
        same = frozen() == before
        late = freezing.late(closing)
        row = {
            "closed month": "2026-03", "frozen rows": len(before[0]), "frozen cells": len(before[1]), "late orders": orders,
            "late events": events, "moved or merged": moved, "replays": args.replays, "bytes changed": 0 if same else 1,
            "digest holds": "yes" if freezing.verified(closing) else "no", "shown beside": late.count,
            "s": time.perf_counter() - began,
        }  # fmt: skip
    publish("frozen", "A closed month under late acts", [row], label="closed month", value="late events",
            notes=["The differences of the live rows are shown beside the closed month, never in it (演示)."])  # fmt: skip
    return 0 if same else 1
