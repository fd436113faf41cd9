"""Kills of every process under load, and a ledger of what was acknowledged: nothing lost, nothing doubled.

    .venv/bin/python -m tests.faults.ledger [--rounds 2] [--seconds 6] [--clients 4]
    .venv/bin/python -m tests.faults.ledger --kills 200 --seconds 1 [--minutes 20]     the long form

A database with durability of its own is made in a temporary folder and the platform is served on it. Citizens send
requests without pause; each keeps its key until a receipt comes, as a careful sender does. In every round each kind of
process is killed with -9 once: a web worker, the web server, the background worker, a database backend, the database, its
guard, and `./run` itself (which is then started again); a web worker, the database and the background worker are also
stopped for some seconds (SIGSTOP) and go on, and the database is restarted in order. With `--kills` kind and moment are
chosen by chance until so many processes were killed: the next harm comes as soon as requests are acknowledged again, not only
when all is whole. When the minutes are over, or the script is asked to end (SIGTERM), it compares what it has. At the end every acknowledged number must stand in the database
exactly once, every message at most once, every hash chain must hold, and no process may be left. Meanwhile `/ready/` is
asked: it may say yes only of a database that answers.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from sanfu.adapters.postgres import cluster, process
from tests.faults.citizens import Citizen, Ledger
from tests.limits import TimeLimit
from tests.platform import FIRST_PORT, ROOT, Platform

PATIENCE = 300.0  # seconds until the platform answers again after a kill
CHAINS = (
    "from sanfu.records.queries import verify_chains; print(*map(len, verify_chains(region='329900')[1:]))"
)


def family(pid: int) -> Iterator[int]:
    """All living descendants of a process."""
    for entry in process.PROC.glob(f"{pid}/task/*/children"):
        for child in map(int, entry.read_text().split()):
            yield child
            yield from family(child)


class Victims:
    """Finds the process of each kind, and kills it."""

    def __init__(self, platform: Platform, state: Path, chance: random.Random) -> None:
        self.platform, self.state, self.chance = platform, state, chance

    def _server(self, said: str) -> list[int]:
        assert self.platform.process is not None
        found = list(family(self.platform.process.pid))
        return [pid for pid in found if said in " ".join(process.command_line(pid))]

    def web_server(self) -> list[int]:
        return [
            pid for pid in self._server("granian") if "config.wsgi" in " ".join(process.command_line(pid))
        ][:1]

    def web_worker(self) -> list[int]:
        workers = [one for pid in self.web_server() for one in family(pid)]
        serving = [one for one in workers if "config.wsgi" in " ".join(process.command_line(one))]
        return [self.chance.choice(serving)] if serving else []

    def background_worker(self) -> list[int]:
        return self._server("procrastinate")[:1]

    def database(self) -> list[int]:
        pid = cluster.Cluster(self.state).server()
        return [pid] if pid else []

    def backend(self) -> list[int]:
        backends = [one for pid in self.database() for one in family(pid)]
        busy = [one for one in backends if "sanfu sanfu" in " ".join(process.command_line(one))]
        return [self.chance.choice(busy)] if busy else []

    def guard(self) -> list[int]:
        words = {"sanfu.adapters.postgres.guard", str(self.state.resolve())}
        pids = (int(entry.name) for entry in process.PROC.glob("[0-9]*"))
        return [pid for pid in pids if words <= set(process.command_line(pid))]


def until(what: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError("the platform does not come back")
        time.sleep(0.2)


def answers(address: str, state: Path) -> bool:
    """Whether the platform is healthy; keeps the database as `./run` does for its own."""
    cluster.revive(state)
    with suppress(OSError), urllib.request.urlopen(f"{address}/health/", timeout=5) as answer:
        return int(answer.status) == 200
    return False


def restart(platform: Platform, port: int) -> None:
    """`./run` was killed: start it again on its port, once nothing holds it any more."""
    until(lambda: process.listener_of(port) is None)
    platform.start(port=port, SANFU_PUBLIC_FORMS="1000000")


def check(ledger: Ledger, url: str) -> list[str]:
    """What is wrong with the database, in words."""
    wrong: list[str] = []
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT t.body, array_agg(c.number) FROM tickets_ticket t JOIN cases_case c ON c.id = t.case_id GROUP BY 1"
        ).fetchall()
        held: dict[str, list[str]] = {str(body): list(numbers) for body, numbers in rows}
    for message, number in ledger.acknowledged.items():
        if held.get(message) != [number]:
            wrong.append(f"acknowledged {number}, held {held.get(message)}")
    wrong += [f"doubled: {held[one]}" for one in ledger.sent if len(held.get(one, [])) > 1]
    words = [sys.executable, "-m", "django", "shell", "-v", "0", "-c", CHAINS]
    own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    faults = subprocess.run(words, cwd=ROOT, env=os.environ | own, capture_output=True, text=True)
    if faults.stdout.split() != ["0"]:
        wrong.append(f"hash chains: {faults.stdout} {faults.stderr[-500:]}")
    return wrong


KILLED = ("web_worker", "web_server", "background_worker", "backend", "database", "guard")
STOPPED = ("web_worker", "database", "background_worker")
STOP_SECONDS = 3.0


@dataclass
class Trial:
    """One platform under load: what is done to it, and how often."""

    platform: Platform
    state: Path
    chance: random.Random
    ledger: Ledger
    limit: TimeLimit
    enough: int  # receipts after a harm until the next one
    done: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.victims = Victims(self.platform, self.state, self.chance)
        self.port = int(self.platform.address.rpartition(":")[2])

    @property
    def killed(self) -> int:
        return sum(count for what, count in self.done.items() if " " not in what)

    def note(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def kill(self, kind: str) -> None:
        for pid in getattr(self.victims, kind)():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.note(kind)
        self.until_it_answers()

    def until_it_answers(self) -> None:
        """Wait until all is whole; in a trial by chance only until requests are acknowledged again."""
        before = len(self.ledger.acknowledged)

        def acknowledging() -> bool:
            self.keep_alive()
            return len(self.ledger.acknowledged) >= before + self.enough

        if self.enough:
            until(acknowledging)
        else:
            self.until_whole()

    def until_whole(self) -> None:
        """Wait until server, database and background worker work."""

        def healthy() -> bool:
            self.keep_alive()
            return answers(self.platform.address, self.state)

        until(healthy)

    def keep_alive(self) -> None:
        """Whoever is killed again and again gives up in the end, and is started anew as a service manager does."""
        cluster.revive(self.state)
        if self.platform.process and self.platform.process.poll() is not None:
            self.note("gave up and started anew")
            restart(self.platform, self.port)

    def kill_run(self) -> None:
        """`./run` itself dies, with all its children, and is started again."""
        assert self.platform.process is not None
        self.platform.process.kill()
        self.platform.process.wait()
        self.note("run")
        restart(self.platform, self.port)

    def stop_for_a_while(self, kind: str) -> None:
        """A process that neither works nor ends, as on a machine that is suspended or swaps."""
        pids = [one for pid in getattr(self.victims, kind)() for one in (pid, *family(pid))]
        for how in (signal.SIGSTOP, signal.SIGCONT):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
            if how is signal.SIGSTOP:
                time.sleep(STOP_SECONDS)
                if kind == "database" and says_ready(self.platform.address):
                    self.wrong.append("ready while the database was stopped")
        self.note(f"stopped {kind}")
        self.until_it_answers()

    def restart_database(self) -> None:
        """The administrator's way: sessions are ended, and the server comes back at once."""
        for pid in self.victims.database():
            os.kill(pid, signal.SIGINT)
            until(lambda pid=pid: not process.is_alive(pid))  # type: ignore[misc]
            self.note("restarted database")
        self.until_it_answers()

    def fill_disk(self) -> None:
        """The disk of the database has no room for some seconds; whatever it could not keep was not acknowledged."""
        ballast = self.state / "ballast"
        with ballast.open("wb") as file, suppress(OSError):
            while file.write(b"\x00" * 2**16):
                file.flush()
        time.sleep(STOP_SECONDS)
        ballast.unlink()
        self.note("filled disk")
        self.until_it_answers()

    def round(self, seconds: float) -> None:
        """Everything once, in order."""
        for kind in KILLED:
            time.sleep(seconds)
            self.kill(kind)
        for kind in STOPPED:
            time.sleep(seconds)
            self.stop_for_a_while(kind)
        time.sleep(seconds)
        self.restart_database()
        time.sleep(seconds)
        self.kill_run()

    def by_chance(self, kills: int, seconds: float) -> None:
        """Kinds and moments by chance until so many processes were killed; whole again at the end."""
        while self.killed < kills and not self.limit.over():
            time.sleep(self.chance.uniform(0, 2 * seconds))
            what = self.chance.choice((*KILLED * 3, "run", "stopped", "restarted"))
            if what == "run":
                self.kill_run()
            elif what == "stopped":
                self.stop_for_a_while(self.chance.choice(STOPPED))
            elif what == "restarted":
                self.restart_database()
            else:
                self.kill(what)
            print(f"{self.killed} killed after {self.limit.minutes():.1f} min", file=sys.stderr, flush=True)
        self.until_whole()


def says_ready(address: str) -> bool:
    """Whether the process says that it may get requests."""
    with suppress(OSError), urllib.request.urlopen(f"{address}/ready/", timeout=5) as answer:
        return int(answer.status) == 200
    return False


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[None]:
    """A file system in memory of a fixed size at a folder; needs root."""
    place.mkdir(mode=0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=False)


def run(
    rounds: int,
    seconds: float,
    clients: int,
    seed: int = 1,
    kills: int = 0,
    full: str = "",
    limit: TimeLimit | None = None,
) -> dict[str, object]:
    """Serve, load, do harm, and compare; returns the figures and what is wrong.

    full: size of a disk in memory for the database, such as "1500m", which is filled once at the end.
    limit: no kill by chance is begun when it is over.
    """
    folder = Path(tempfile.mkdtemp(prefix="sf"))
    folder.chmod(0o755)
    state, stop, ledger, limit = folder / "pg", threading.Event(), Ledger(), limit or TimeLimit()
    disk = ExitStack()
    if full:
        disk.enter_context(small_disk(state, full))
    url = cluster.ensure(state)
    platform = Platform(url, folder)
    try:
        platform.start(port=FIRST_PORT + 300, SANFU_PUBLIC_FORMS="1000000")
        citizens = [Citizen(platform.address, ledger, stop) for _ in range(clients)]
        for citizen in citizens:
            citizen.start()
        enough = 2 * clients if kills else 0  # more than may be on their way when the harm is done
        trial = Trial(platform, state, random.Random(seed), ledger, limit, enough)
        if kills:
            trial.by_chance(kills, seconds)
        else:
            for _ in range(rounds):
                trial.round(seconds)
        if full:
            trial.fill_disk()
        time.sleep(seconds)
        stop.set()
        for citizen in citizens:
            citizen.join(60)
        wrong = trial.wrong + check(ledger, url)
        platform.stop()
        if (holder := process.listener_of(trial.port)) is not None:
            wrong.append(f"left on the port: {holder}")
    finally:
        stop.set()
        platform.stop()
        cluster.stop(state)
        disk.close()
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "minutes": round(limit.minutes(), 1),
        "sent": len(ledger.sent),
        "acknowledged": len(ledger.acknowledged),
        "kills": trial.killed,
        "killed": trial.done,
        "wrong": wrong,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.ledger", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0, help="of load before each kill")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument(
        "--kills", type=int, default=0, help="kill so many processes by chance instead of rounds"
    )
    parser.add_argument(
        "--minutes", type=float, default=0, help="begin no kill by chance after so many; 0: no limit"
    )
    parser.add_argument("--seed", type=int, default=1, help="of what is done by chance, and when")
    parser.add_argument(
        "--full", default="", metavar="SIZE", help="database on a disk in memory (1500m), filled once"
    )
    said = parser.parse_args()
    if said.full and os.getuid() != 0:
        parser.error("--full mounts a disk in memory, which only root may")
    found = run(
        said.rounds,
        said.seconds,
        said.clients,
        said.seed,
        said.kills,
        said.full,
        TimeLimit(said.minutes).or_terminated(),
    )
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
