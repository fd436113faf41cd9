"""A database of their own for benchmarks that write, and what its server processes cost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sanfu.adapters.postgres import testing
from sanfu.adapters.postgres.cluster import Cluster
from sanfu.adapters.postgres.places import state_folder

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def own_database(purpose: str, **environment: str) -> Iterator[str]:
    """Address of a migrated, empty database with Django set up on it; dropped at the end.

    The server is the one of the tests: it does not wait for the disk, so only processor time can be compared.
    """
    state = state_folder(testing.ROOT) / "postgres-tests"
    os.environ.setdefault(testing.OWN_SERVER, str(state))
    os.environ.setdefault("DATABASE_URL", Cluster(state.resolve()).url)
    with testing.clone(purpose) as name:
        own = {"DATABASE_URL": testing.address(name), "DJANGO_SETTINGS_MODULE": "config.settings"}
        before = {key: os.environ.get(key) for key in own}
        os.environ.update(own | environment)
        import django

        django.setup()
        from django.db import connections

        try:
            yield own["DATABASE_URL"]
        finally:
            connections["default"].close()
            connections["default"].close_pool()
            os.environ.update({key: value for key, value in before.items() if value is not None})


def server_seconds(pids: list[int]) -> float:
    """Processor seconds so far of these server processes; 0 for one that is gone or runs on another machine.

    In nanoseconds where the kernel counts them (`schedstat`), else in its ticks of 10 ms.
    """
    seconds = 0.0
    for pid in pids:
        with suppress(OSError):
            place = Path(f"/proc/{pid}")
            if (place / "schedstat").exists():
                seconds += int((place / "schedstat").read_text().split()[0]) / 1e9
                continue
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def server_pids() -> list[int]:
    """The server processes that work for the database of this process, whoever opened them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [int(pid) for (pid,) in cursor.fetchall()]


def on_one_core(pids: list[int]) -> None:
    """Keep this thread, what it starts and these server processes on one core, where the machine lets us.

    Two processes that answer each other wake the other core at every turn; on a virtual machine that costs more
    than a small step does, and it is a cost of the machine.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    core = {max(os.sched_getaffinity(0))}
    for pid in (0, *pids):
        with suppress(OSError):  # gone, or somebody else's
            os.sched_setaffinity(pid, core)
