"""Vital figures (运行指标) of an installation: what its database, disk and backups say at one moment."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from sanfu.records.holding import is_held

HOT = ("cases_case", "records_outbox", "records_stream", "records_limit", "procrastinate_jobs")
JOB_STATES = ("waiting", "running", "failed")

# One statement, one row, in the order of `NAMES`. Nothing in it reads a table of cases or events as a whole.
READ = """
SELECT (SELECT count(*) FROM records_outbox),
       (SELECT count(*) FROM records_outbox WHERE attempts > 0),
       (SELECT coalesce(extract(epoch FROM now() - min(e.recorded_at)), 0)
        FROM (SELECT event_id FROM records_outbox ORDER BY event_id LIMIT 1) o JOIN records_event e ON e.id = o.event_id),
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds'),
       (SELECT coalesce(extract(epoch FROM now() - to_timestamp(max(defer_timestamp))), -1)
        FROM procrastinate_periodic_defers),
       (SELECT coalesce(extract(epoch FROM now() - max(ended_at)), -1)
        FROM records_job WHERE kind = 'records.verify' AND state = 'done'),
       (SELECT coalesce((SELECT (result ->> 'broken')::int FROM records_job
                         WHERE kind = 'records.verify' AND state = 'done' ORDER BY ended_at DESC LIMIT 1), 0)),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'),
       (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid())
"""
NAMES = (
    ("sanfu_outbox_waiting", "Events that wait for delivery"),
    ("sanfu_outbox_failed", "Events whose delivery failed at least once"),
    ("sanfu_outbox_oldest_seconds", "Age of the oldest event that waits for delivery"),
    ("sanfu_workers_alive", "Background workers with a sign of life within a minute"),
    ("sanfu_sweep_lag_seconds", "Time since a periodic task was last given out; -1: never"),
    ("sanfu_chain_verified_seconds", "Time since all hash chains were last verified; -1: never"),
    ("sanfu_chain_broken", "Breaks that the last verification found"),
    ("sanfu_database_connections", "Connections to the database"),
    ("sanfu_database_lock_waits", "Connections that wait for a lock"),
    ("sanfu_database_longest_transaction_seconds", "Age of the oldest open transaction"),
)


@dataclass(frozen=True, slots=True)
class Vital:
    """One figure: name, what it is, at most one label with its value, and the figure."""

    name: str
    says: str
    figure: float
    label: tuple[str, str] | None = None


def of_database() -> list[Vital]:
    """Figures that the database knows.

    Raises:
        DatabaseError: it does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ)
        found = [
            Vital(*named, float(figure)) for named, figure in zip(NAMES, cursor.fetchone() or (), strict=True)
        ]
        cursor.execute(
            "SELECT state, count(*) FROM records_job WHERE state = ANY(%s) GROUP BY 1", [[*JOB_STATES]]
        )
        jobs = dict(cursor.fetchall())
        cursor.execute(
            "SELECT relname, n_dead_tup FROM pg_stat_user_tables WHERE relname = ANY(%s) AND schemaname = current_schema()",
            [[*HOT]],
        )
        dead = dict(cursor.fetchall())
    found += [
        Vital("sanfu_jobs", "Background jobs by state", jobs.get(one, 0), ("state", one))
        for one in JOB_STATES
    ]
    found += [
        Vital("sanfu_dead_rows", "Dead rows of busy tables", dead.get(one, 0), ("table", one)) for one in HOT
    ]
    return [*found, Vital("sanfu_held", "1 while a restored database sends nothing", float(is_held()))]


def of_place(files: Path, now: datetime) -> list[Vital]:
    """Figures of the disk under the files folder, and the ages of backup and rehearsal (-1: never noted)."""
    here = files
    while not here.exists():
        here = here.parent
    noted = _noted(files)
    ages = [(key, _age(noted.get(key), now)) for key in ("made_at", "rehearsed_at")]
    return [
        Vital("sanfu_disk_free_bytes", "Free bytes where uploaded files lie", float(shutil.disk_usage(here).free)),
        Vital("sanfu_backup_seconds", "Age of the last backup; -1: never", ages[0][1]),
        Vital("sanfu_rehearsal_seconds", "Age of the last rehearsed restore; -1: never", ages[1][1]),
        Vital("sanfu_rehearsal_faults", "Differences that the last rehearsal found", float(len(_faults(noted)))),
    ]  # fmt: skip


def _noted(files: Path) -> dict[str, object]:
    """What `sanfu backup` wrote beside the files folder; nothing when it cannot be read."""
    try:
        found = json.loads((files.parent / "backup.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _faults(noted: dict[str, object]) -> list[object]:
    found = noted.get("faults")
    return found if isinstance(found, list) else []


def _age(at: object, now: datetime) -> float:
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError:
        return -1.0
    return (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds()
