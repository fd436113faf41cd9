"""Kill -9 in the middle: a batch import goes on where it was, a case never shows half a move."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from sanfu.adapters.postgres import testing
from sanfu.cases.models import Case
from sanfu.cases.queries import replay
from sanfu.grassroots.tickets import batch
from sanfu.grassroots.tickets.models import Ticket
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records import files
from sanfu.records.models import Job
from sanfu.records.queries import events_of, verify_chains
from sanfu.records.states import JobState
from tests.platform import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ROWS, BAD = 200, 5
PATIENCE = 300.0  # seconds; a busy machine needs most of them


def environment(**more: str) -> dict[str, str]:
    own = {
        "DATABASE_URL": testing.address(str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return os.environ | own | more


@contextmanager
def worker(files_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real background worker; killed at the end however the test ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker"],
        cwd=ROOT, env=environment(SANFU_FILES=str(files_folder)),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], Any], process: subprocess.Popen[bytes]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := what()):
        assert process.poll() is None, "the worker stopped by itself"
        assert time.monotonic() < deadline, "the worker does not get on"
        time.sleep(0.05)
    return found


def import_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A file of 200 requests of which every 40th is bad, waiting for a worker."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    lines = ["内容,类型"]
    lines += [f"第{n}盏路灯不亮,{'看不懂' if n % 40 == 0 else '求助'}" for n in range(1, ROWS + 1)]
    by = actor_of(User.objects.get(login="chenfang"), on=AT.date())
    stored = files.store(name="诉求.csv", content=BytesIO("\n".join(lines).encode()), by=by, at=AT)
    return batch.plan(stored, by=by, at=AT)


def leave_a_periodic_task_behind() -> None:
    """What a worker killed in the middle of a sweep leaves: the old turn running, the next one queued."""
    insert = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, args, scheduled_at) "
        "VALUES ('default', 'sweep_clocks', %s::procrastinate_job_status, 'sweep_clocks', '{\"timestamp\": 0}', %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name <> 'run_job'")
        cursor.execute(insert, ["doing", None])
        cursor.execute(insert, ["todo", "2099-01-01"])


def test_a_worker_killed_in_the_middle_of_an_import_loses_and_doubles_nothing(
    county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = import_job(tmp_path, monkeypatch)

    def done() -> int:
        job.refresh_from_db()
        return job.done

    with worker(tmp_path) as first:
        wait_for(done, first)
        time.sleep(random.uniform(0, 0.3))  # anywhere inside a piece
        first.kill()
        first.wait()
    reached = done()
    assert 0 < reached < ROWS, "killed too early or too late to say anything"
    assert job.state == JobState.RUNNING
    assert Ticket.objects.count() == job.result["taken"], "rows and progress are one transaction"
    with connection.cursor() as cursor:  # instead of waiting until the dead worker counts as dead
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'")
    leave_a_periodic_task_behind()
    app.configure_task("retry_stalled", allow_unknown=True).defer(timestamp=0)
    with worker(tmp_path) as second:
        wait_for(lambda: done() == ROWS and job.state == JobState.DONE, second)
    assert (job.result["taken"], len(job.result["errors"])) == (ROWS - BAD, BAD)
    assert sorted(row["line"] for row in job.result["errors"]) == [1 + 40 * n for n in range(1, BAD + 1)]
    bodies = Counter(Ticket.objects.values_list("body", flat=True))
    assert bodies == Counter(f"第{n}盏路灯不亮" for n in range(1, ROWS + 1) if n % 40)
    numbers = sorted(Case.objects.filter(kind="ticket").values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, ROWS - BAD + 1)), "numbers without gaps"
    assert verify_chains(region=settings.REGION)[1] == []


def test_a_process_killed_at_any_moment_of_a_move_leaves_a_valid_prefix() -> None:
    words = [sys.executable, "-m", "tests.faults.stepping", "30", str(random.randrange(1_000_000))]
    ran = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=180)
    assert ran.returncode == 0, ran.stderr
    cases = list(Case.objects.all())
    assert len(cases) >= 30, "every child opened a case before it was killed"
    events, faults = verify_chains(region="329900")
    assert (faults, events > len(cases)) == ([], True)
    for case in cases:
        assert replay(events_of(case.id)) == (case.state, case.version)
        running = [clock.due_at for clock in case.clocks.filter(stopped_at=None)]
        assert case.due_at == min(running, default=None)
