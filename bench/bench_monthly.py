"""月度研判 as it runs on the database: seconds and memory at several sizes of the county, 36 months of four series each."""

import argparse
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.bench_list_page import copy_in, people
from bench.report import Row, publish
from sanfu.adapters.postgres import testing
from sanfu.adapters.postgres.cluster import Cluster
from sanfu.adapters.postgres.places import state_folder

SIZES, MONTHS, AT_ONCE = "2000,10000,40000", 36, 5_000
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)


def fill(count: int, last: int) -> None:
    """Invented firms (演示) of 60 industries with their series, written by COPY in worlds of 5,000 firms."""
    from django.conf import settings
    from django.db import connection

    from sanfu.adapters.demo_firms import demo_code
    from sanfu.adapters.demo_monitoring import readings_of
    from sanfu.enterprise.monitoring.content import new_years
    from sanfu.enterprise.monitoring.models import Reading
    from sanfu.enterprise.registry.models import Enterprise
    from sanfu.kernel.monitoring.panel import SERIES
    from sanfu.kernel.monitoring.worlds import Setting, make_world

    for begin in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - begin)
        firms = [
            Enterprise(
                region=settings.REGION, credit_code=demo_code(n), name=f"演示{n:07d}厂", industry=f"C{1300 + n % 60}",
                size="小型", demo=True, registered_at=NOW - timedelta(days=1500),
            )
            for n in range(begin, begin + size)
        ]  # fmt: skip
        copy_in(Enterprise, firms)
        world = make_world(begin + 1, last - MONTHS + 1, new_years(), Setting(firms=size, industries=60))
        rows = (
            Reading(
                region=settings.REGION, enterprise_id=firm, month=month, source="FGW",
                received_at=NOW - timedelta(days=2), **dict(zip(SERIES, values, strict=True)),
            )
            for firm, month, values in readings_of(world, [one.id for one in firms])
        )  # fmt: skip
        copy_in(Reading, rows)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_enterprise, monitoring_reading")


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
        fill(count, last)
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
            "Each size has a database of its own; the run is a process of its own on it. Memory: by how much the process grew while it"
            " judged. Up to 10,000 firms are judged at once, more by slices, so from there on memory stays and seconds grow.",
        ],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(inside(sys.argv[1], int(sys.argv[2])))
