"""Intake: requests a second through the one action that every channel uses, and what one costs."""

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from tempfile import TemporaryDirectory

from bench.bench_list_page import PLACES, THINGS
from bench.database import own_database, server_pids, server_seconds
from bench.report import Row, publish

THREADS = 4
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def texts(count: int, salt: int) -> list[str]:
    """Short requests, no two alike."""
    return [
        f"{PLACES[n % len(PLACES)]}{THINGS[n % len(THINGS)]}，第{salt}批第{n}件，请尽快处理"
        for n in range(count)
    ]


def one_by_one(count: int, salt: int, threads: int) -> None:
    """Each request is its own transaction, spread over threads with a connection each."""
    from django.conf import settings
    from django.db import connection

    from sanfu.grassroots.tickets.actions import Submission, submit
    from sanfu.grassroots.tickets.states import Channel, RequestType
    from sanfu.records.actor import machine

    by, bodies, faults = machine(settings.REGION), texts(count, salt), []

    def work(start: int) -> None:
        try:
            for n in range(start, count, threads):
                sent = Submission(
                    body=bodies[n],
                    kind=RequestType.HELP,
                    channel=Channel.WEB,
                    key=f"{salt}-{n}",
                    phone="",
                    name="演示",
                )
                submit(sent, by=by, at=AT + timedelta(seconds=n))
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    if threads == 1:
        work(0)
    else:
        lines = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
        for line in lines:
            line.start()
        for line in lines:
            line.join()
    if faults:
        raise faults[0]


def as_batch(count: int, salt: int) -> None:
    """The same as a CSV file through the background job, fifty rows to a transaction."""
    from django.conf import settings

    from sanfu.adapters.tasks import PIECE
    from sanfu.grassroots.tickets import batch
    from sanfu.people.models import User
    from sanfu.people.queries import actor_of
    from sanfu.records import files, jobs
    from sanfu.records.states import JobState

    with TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        by = actor_of(User.objects.get(login="chenfang"), on=AT.date())
        sheet = "\n".join(["内容,类型", *(f"{text},求助" for text in texts(count, salt))])
        stored = files.store(name="诉求.csv", content=BytesIO(sheet.encode()), by=by, at=AT)
        job = batch.plan(stored, by=by, at=AT)
        ended = jobs.run(job.id, lambda a, b: batch.piece(job, a, b), size=PIECE, clock=lambda: AT)
        job.refresh_from_db()
        if ended is not JobState.DONE or job.result["taken"] != count:
            raise SystemExit(f"the batch did not take everything: {job.message} {job.result}")


def measured(way: str, work: Callable[[], None], count: int) -> Row:
    pids = server_pids()
    server, program, began = server_seconds(pids), time.process_time(), time.perf_counter()
    work()
    seconds, program = time.perf_counter() - began, time.process_time() - program
    server = server_seconds(sorted({*pids, *server_pids()})) - server
    each = {"program ms": program / count * 1e3, "database ms": server / count * 1e3}
    return {"way": way, "orders": count, "orders/s": count / seconds, **each}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="intake", description=__doc__)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(words)
    runs: dict[str, list[Row]] = {}
    with own_database("bench_intake"):
        from django.conf import settings

        from sanfu.adapters.demo import seed_people
        from sanfu.cases.models import Case
        from sanfu.grassroots.tickets.models import Ticket
        from sanfu.records.queries import verify_chains

        seed_people(settings.CONTENT, region=settings.REGION, at=datetime(2024, 1, 2, tzinfo=UTC))
        one_by_one(20, 0, 1)  # calendar, clock tables, matcher
        for turn in range(given.rounds):
            ways: dict[str, Callable[[int], None]] = {
                "one thread": lambda salt: one_by_one(given.orders, salt, 1),
                f"{THREADS} threads": lambda salt: one_by_one(given.orders, salt, THREADS),
                "batch of a file": lambda salt: as_batch(given.orders, salt),
            }
            for n, (way, work) in enumerate(ways.items()):
                salt = 1 + turn * len(ways) + n
                runs.setdefault(way, []).append(measured(way, lambda: work(salt), given.orders))  # noqa: B023
        expected = 20 + given.rounds * len(runs) * given.orders
        faults = verify_chains(region=settings.REGION)[1]
        if Case.objects.count() != expected or Ticket.objects.count() != expected or faults:
            raise SystemExit(
                f"{expected} orders were sent, {Case.objects.count()} are there; faults: {faults[:3]}"
            )
    rows = [
        {key: statistics.median(r[key] for r in lines) if isinstance(value, float) else value
         for key, value in lines[0].items()}
        for lines in runs.values()
    ]  # fmt: skip
    publish(
        "intake", "Requests taken in", rows, label="way", value="orders/s", raw=runs,
        only_quiet=True, notes=[
            f"`tickets.actions.submit` in one process, median of {given.rounds} rounds in turn: number, case, clock,"
            " order, contact, chained event and receipt in one transaction. The county has no list in force here, so"
            " the matcher suggests nothing. Afterwards every order is counted and every chain verified.",
            "The server does not wait for the disk: on a disk, orders/s of one thread is bounded by its syncs.",
        ],
    )  # fmt: skip
    return 0
