"""月度研判 as it runs on the database: seconds and memory at several sizes of the county, 36 months of four series each."""

import argparse
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from bench.bench_list_page import people
from bench.report import Row, publish
from sanfu.adapters.postgres import testing
from sanfu.adapters.postgres.cluster import Cluster
from sanfu.adapters.postgres.places import state_folder

SIZES, MONTHS = "2000,10000,40000", 36
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)


def fill(count: int) -> None:
    """The large county (演示) with its series, as `sanfu manage grow_demo` makes it; nothing else around the firms."""
    from django.conf import settings
    from django.db import connection

    from sanfu.adapters.demo_large import grow

    for _ in grow(count, region=settings.REGION, at=NOW, around=False):
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_enterprise, monitoring_reading, monitoring_mark")


def one(count: int) -> Row:
    """Fill a county of its own and judge its last month in a process of its own, whose memory is then known."""
    state = state_folder(testing.ROOT) / "postgres-tests"
    os.environ.setdefault(testing.OWN_SERVER, str(state))
    os.environ.setdefault("DATABASE_URL", Cluster(state.resolve()).url)
    with testing.clone("bench") as name:
        env = {
            **os.environ, "DATABASE_URL": testing.address(name), "DJANGO_SETTINGS_MODULE": "config.settings",
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        for word in ("--fill", "--run"):
            done = subprocess.run(
                [sys.executable, "-m", "bench.bench_monthly", word, str(count)],
                env=env, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(done.stderr)
    firms, alerts, wall, cpu, grown = done.stdout.split()
    return {
        "firms": int(firms), "readings": count * MONTHS, "alerts": int(alerts), "wall s": float(wall), "CPU s": float(cpu),
        "memory of the run MB": float(grown),
    }  # fmt: skip


def judge(last: int) -> None:
    """Print firms, alerts, seconds, CPU seconds, and by how many MB the process grew while it judged."""
    from django.conf import settings

    from sanfu.enterprise.monitoring import actions
    from sanfu.records.actor import machine

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, spent = time.perf_counter(), time.process_time()
    run = actions.run_month(last, by=machine(settings.REGION, "月度研判"), at=NOW)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    print(run.firms, run.alerts.count(), f"{wall:.2f}", f"{cpu:.2f}", f"{grown:.1f}")


def inside(word: str, count: int) -> int:
    """What a process of its own does: fill or judge."""
    import django

    django.setup()
    from django.db import connection

    from sanfu.kernel.monitoring.panel import month_number

    last = month_number("2026-10")
    if word == "--fill":
        people()
        fill(count)
    else:
        judge(last)
    connection.close()
    connection.close_pool()
    return 0


def main(words: list[str]) -> int:
    """One line a size; `--firms 1000000` is the county of a province."""
    parser = argparse.ArgumentParser(prog="monthly", description=__doc__)
    parser.add_argument("--firms", default=SIZES, help="sizes of the county, joined by commas")
    given = parser.parse_args(words)
    rows: list[Any] = [one(int(size)) for size in given.firms.split(",")]
    publish(
        "monthly", "The monthly run by the size of the county", rows, label="firms", value="memory of the run MB",
        notes=[
            "The county is that of `sanfu manage grow_demo` (演示). Each size has a database of its own; the run is a process of its own on it. Memory: by how much the process grew while it"
            " judged. Up to 10,000 firms are judged at once, more by slices, so from there on memory stays and seconds grow.",
        ],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(inside(sys.argv[1], int(sys.argv[2])))
