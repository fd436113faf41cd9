"""The cockpit as served over many cases: 20 leaders at once, each page's share of the database, the wall between ticks."""

import argparse
import sys
from datetime import datetime
from typing import Any

from bench.bench_list_page import measure, served
from bench.county_of_cases import write
from bench.database import server_pids, server_seconds
from bench.report import Row, publish

READERS = 20
PAGES = {
    "cockpit": "/leader/book/",
    "book of indicators": "/leader/book/indicators/",
    "one indicator": "/leader/book/indicators/on_time-ticket/",
    "wall": "/leader/book/wall/",
}


def fill(count: int, now: datetime) -> None:
    """Cases of two years, their rows and tallies."""
    from django.conf import settings

    from sanfu.measure.actions import store

    write(count, settings.REGION, now)
    store.rebuild(region=settings.REGION, at=now)
    print("rows and tallies are there", file=sys.stderr)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="cockpit", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="cases of two years (default 1,000,000)")
    parser.add_argument("--each", type=int, default=10, help="pages a reader (default 10)")
    args = parser.parse_args(words)
    rows: list[Row] = []
    with served(args.cases, fill=fill, who=("zhengju", "sunwei")) as (address, leader, unit):
        for name, path in PAGES.items():
            measure(address, leader, [path], 2, 3)  # warm-up
            for readers in (1, READERS):
                rows.append(_row(name, address, leader, path, readers, args.each))
        measure(address, unit, [PAGES["cockpit"]], 2, 3)
        rows.append(_row("cockpit of one unit", address, unit, PAGES["cockpit"], 1, args.each))
    notes = [
        f"{args.cases:,} cases of two years (演示); whole pages with session, permission and row scope as `./run` serves them "
        "(2 workers); readers ask without pause from the same machine.",
        f"Bars: p95 of the cockpit with {READERS} readers < 300 ms, its database < 20 ms of processor a page.",
    ]
    publish("cockpit", "The cockpit", rows, label="page", value="p95 ms", notes=notes)
    return 0


def _row(name: str, address: str, cookie: str, path: str, readers: int, each: int) -> dict[str, Any]:
    pids = server_pids()
    before = server_seconds(pids)
    found = measure(address, cookie, [path], readers, each)
    spent = server_seconds(pids) - before
    return {
        "page": f"{name}, {readers} readers",
        **found,
        "database CPU ms a page": 1000 * spent / (readers * each),
    }
