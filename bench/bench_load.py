"""Load: citizens' requests at fixed moments, whether or not the platform keeps up, and a flood that it must turn away."""

import argparse
import asyncio
import json
import re
import shutil
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import psycopg

from bench.bench_list_page import PLACES, THINGS
from bench.report import Row, publish
from sanfu.adapters.postgres import cluster
from tests.faults.citizens import Ledger
from tests.faults.ledger import check
from tests.platform import FIRST_PORT, Platform

PATIENCE = 30.0  # seconds until a sender gives up
GOOD_SECONDS = 1.0  # an answer within this, without refusal, counts as recovered
SLOW_SECONDS = 0.2  # printed by the second in which they were due, to tell a stall from too much work
IDLE_SECONDS = 15.0  # a connection idle for longer is not used again: the server closes it after 30
NUMBER = re.compile(rb"\r\nlocation: /ask/received/(\w+)/", re.I)
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.I)


@dataclass
class Sent:
    """One request: the moment it was due, seconds from then to the answer, its status (0 when none came)."""

    due: float
    seconds: float = 0.0
    status: int = 0
    retry_after: bool = False


@dataclass
class Senders:
    """An open model: each request leaves at its own moment, on a connection that is idle or new."""

    address: str
    ledger: Ledger
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = field(default_factory=list)
    count: int = 0

    async def phase(self, rate: float, seconds: float) -> list[Sent]:
        """Send `rate` a second for `seconds`; returns when the last answer is there."""
        loop = asyncio.get_running_loop()
        begin, tasks = loop.time() + 0.05, []
        for n in range(int(rate * seconds)):
            due = begin + n / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            tasks.append(loop.create_task(self._one(due)))
        return list(await asyncio.gather(*tasks))

    async def _one(self, due: float) -> Sent:
        self.count += 1
        n, told = self.count, Sent(due)
        body = f"{PLACES[n % len(PLACES)]}{THINGS[n % len(THINGS)]}，第{uuid.uuid4().hex}号来信，请尽快处理"
        self.ledger.sent.add(body)
        try:
            head = await asyncio.wait_for(self._answer(body), PATIENCE)
            told.status, told.retry_after = int(head[9:12]), b"\r\nretry-after: " in head.lower()
            if told.status == 302 and (number := NUMBER.search(head)):
                self.ledger.acknowledged[body] = number[1].decode()
        except (OSError, ValueError, TimeoutError, EOFError, asyncio.LimitOverrunError):
            pass
        told.seconds = asyncio.get_running_loop().time() - due
        return told

    async def _answer(self, body: str) -> bytes:
        said = urlsplit(self.address)
        mark = uuid.uuid4().hex
        form = urlencode({"body": body, "kind": "求助", "_once": uuid.uuid4().hex}).encode()
        head = (
            f"POST /ask/ HTTP/1.1\r\nHost: {said.netloc}\r\nCookie: csrftoken={mark}\r\nX-CSRFToken: {mark}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        reader, writer = self._connection() or await asyncio.open_connection(said.hostname, said.port)
        try:
            writer.write(head.encode() + form)
            answer = await reader.readuntil(b"\r\n\r\n")
            if (length := LENGTH.search(answer)) is not None:
                await reader.readexactly(int(length[1]))
            else:
                await reader.readuntil(b"0\r\n\r\n")
        except BaseException:
            writer.close()
            raise
        self.idle.append((reader, writer, asyncio.get_running_loop().time()))
        return answer

    def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The connection that was used last; None when every one has been idle for too long, as a browser would see it."""
        if self.idle and asyncio.get_running_loop().time() - self.idle[-1][2] < IDLE_SECONDS:
            return self.idle.pop()[:2]
        for _, writer, _ in self.idle:
            writer.close()
        self.idle.clear()
        return None


def until_idle(url: str) -> None:
    """Wait until the background jobs that a fresh demo county begins with are done: their work is no citizen's.

    Raises:
        TimeoutError: they are still there after half an hour.
    """
    deadline = time.monotonic() + 1800
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(
            "SELECT 1 FROM records_job WHERE state IN ('waiting', 'running') LIMIT 1"
        ).fetchone():
            if time.monotonic() > deadline:
                raise TimeoutError("background jobs of the demo county do not end")
            time.sleep(1)


def processor_seconds(platform: Platform, state: Path) -> dict[str, float]:
    """Processor seconds so far of the web processes, the background worker and the database with all their threads."""
    found = dict.fromkeys(("web", "background", "database"), 0.0)
    assert platform.process is not None
    roots = [(platform.process.pid, ""), (cluster.Cluster(state).server() or 0, "database")]
    for root, kind in roots:
        top = psutil.Process(root)
        for one in [top, *top.children(recursive=True)]:
            try:
                words, spent = " ".join(one.cmdline()), one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            part = kind or ("background" if "procrastinate" in words else "web")
            found[part] += spent.user + spent.system
    top = psutil.Process(roots[1][0]).cpu_times()
    found["database"] += top.children_user + top.children_system
    return found


def share(values: list[float], part: float) -> float | None:
    """The value that `part` of them do not exceed, in milliseconds; None of nothing."""
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))] * 1000 if values else None


def line(name: str, rate: float, sent: list[Sent], cpu: dict[str, float]) -> Row:
    taken = [one.seconds for one in sent if one.status == 302]
    turned = [one.seconds for one in sent if one.status == 503 and one.retry_after]
    row: dict[str, float | int | str | None] = {
        "phase": name, "a second": rate, "sent": len(sent), "taken in": len(taken), "turned away": len(turned),
        "neither": len(sent) - len(taken) - len(turned), "p50 ms": share(taken, 0.5), "p99 ms": share(taken, 0.99),
        "p99 ms of 503": share(turned, 0.99),
    }  # fmt: skip
    return {**row, **{f"{part} ms each": spent * 1000 / max(1, len(taken)) for part, spent in cpu.items()}}


def slow_by_second(sent: list[Sent]) -> dict[int, int]:
    """How many slow answers were due in each second of a phase: one bunch is a stall, a spread is too much work."""
    return dict(
        sorted(Counter(int(one.due - sent[0].due) for one in sent if one.seconds > SLOW_SECONDS).items())
    )


def recovered_after(sent: list[Sent]) -> float:
    """Seconds after the first of these requests from which on every one was taken in quickly."""
    late = [one.due for one in sent if one.status != 302 or one.seconds > GOOD_SECONDS]
    return max(late) - sent[0].due if late else 0.0


def run(given: argparse.Namespace) -> tuple[list[Row], dict[str, object]]:
    """Serve on a database of its own that waits for its disk, load, and compare what was acknowledged."""
    folder = Path(tempfile.mkdtemp(prefix="sl"))
    folder.chmod(0o755)
    state, ledger, rows = folder / "pg", Ledger(), list[Row]()
    url = cluster.ensure(state)
    platform = Platform(url, folder)
    more: dict[str, object] = {}

    async def load() -> None:
        senders = Senders(platform.address, ledger)
        phases = [
            ("first requests", given.rate, 20 / given.rate), ("steady", given.rate, given.seconds),
            ("peak", given.peak, given.peak_seconds), ("flood", given.flood, given.flood_seconds),
            ("after it", given.rate, given.after),
        ]  # fmt: skip
        for name, rate, seconds in phases:
            before = processor_seconds(platform, state)
            sent = await senders.phase(rate, seconds)
            after = processor_seconds(platform, state)
            rows.append(line(name, rate, sent, {part: after[part] - before[part] for part in after}))
            strange = Counter(one.status for one in sent if one.status not in (302, 503))
            told = {**rows[-1], "other answers": strange, "slow by second": slow_by_second(sent)}
            print(json.dumps(told, ensure_ascii=False), flush=True)
        more["recovered after s"] = round(recovered_after(sent), 1)

    try:
        platform.start(port=FIRST_PORT + 400, SANFU_PUBLIC_FORMS="1000000")
        until_idle(url)
        time.sleep(given.rest)
        asyncio.run(load())
        more["lost or doubled"] = check(ledger, url)
    finally:
        platform.stop()
        cluster.stop(state)
        shutil.rmtree(folder, ignore_errors=True)
    return rows, more | {"sent": len(ledger.sent), "acknowledged": len(ledger.acknowledged)}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="load", description=__doc__)
    parser.add_argument("--rate", type=float, default=20, help="requests a second of the steady part")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--peak", type=float, default=40)
    parser.add_argument("--peak-seconds", type=float, default=20)
    parser.add_argument("--flood", type=float, default=150)
    parser.add_argument("--flood-seconds", type=float, default=10)
    parser.add_argument("--after", type=float, default=30, help="seconds of the steady rate after the flood")
    parser.add_argument(
        "--rest",
        type=float,
        default=10,
        help="seconds of rest before the load, once the demo county is whole",
    )
    given = parser.parse_args(words)
    rows, more = run(given)
    publish(
        "load", "Requests at fixed moments", rows, label="phase", value="p99 ms", raw=more, only_quiet=True,
        notes=[
            "The public form `/ask/` as served by two web processes, with classification, on a database that waits for its"
            " disk, once the demo county is whole and the worker idle. Each request has its moment; time counts from it, not from when a sender was free. Sender, platform and"
            " database share the machine.",
            f"Afterwards: {more['sent']} sent, {more['acknowledged']} acknowledged, lost or doubled: {more['lost or doubled']};"
            f" taken in within {GOOD_SECONDS:.0f} s again {more['recovered after s']} s after the flood.",
        ],
    )  # fmt: skip
    return 1 if more["lost or doubled"] else 0
