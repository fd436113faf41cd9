"""`./run` as a whole: another port when the first is taken, orderly stop, nothing left after kill -9."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from sanfu.adapters import serving
from sanfu.adapters.postgres import process, testing
from tests.platform import FIRST_PORT, ROOT, Platform

pytestmark = pytest.mark.slow


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Platform]:
    with testing.clone("serving") as name:
        platform = Platform(testing.address(name), tmp_path)
        yield platform
        if platform.process and platform.process.poll() is None:
            platform.stop()


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def family(pid: int) -> set[int]:
    """All living descendants of `pid`."""
    found: set[int] = set()
    for entry in process.PROC.glob(f"{pid}/task/*/children"):
        for child in map(int, entry.read_text().split()):
            found |= {child} | family(child)
    return found


def wait_until_gone(pids: set[int], seconds: float = 40) -> dict[int, str]:
    """Those that still live after a while, with their command lines."""
    deadline = time.monotonic() + seconds
    while (left := {pid for pid in pids if process.is_alive(pid)}) and time.monotonic() < deadline:
        time.sleep(0.1)
    return {pid: " ".join(process.command_line(pid)) for pid in left}


def test_serves_the_demo_county_and_stops_in_order(served: Platform) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", FIRST_PORT))
        taken.listen()
        served.start(port=FIRST_PORT)
    assert f"port {FIRST_PORT} is taken" in served.printed()
    assert not served.address.endswith(f":{FIRST_PORT}")
    assert status(served.address) < 500
    assert "chenfang" in served.printed()
    with psycopg.connect(served.database_url) as connection:
        accounts = connection.execute("SELECT count(*) FROM people_user").fetchone()
    assert accounts is not None
    assert accounts[0] >= 20
    children = family(served.process.pid)
    assert len(children) >= 4, "web server with two workers, and the background worker"
    assert served.stop(signal.SIGINT) == 0
    assert not wait_until_gone(children)


def test_kill_leaves_no_process_and_no_second_seed(served: Platform) -> None:
    served.start()
    children = family(served.process.pid)
    served.process.kill()
    served.process.wait()
    assert not wait_until_gone(children)
    served.start()
    assert "loading the demo county" not in served.printed()
    assert status(served.address) < 500


def web_parent(served: Platform) -> int:
    """The process that started the web workers."""
    found = [pid for pid in family(served.process.pid) if "granian" in " ".join(process.command_line(pid))]
    return next(pid for pid in found if family(pid) & set(found))


def test_a_killed_web_server_leaves_no_worker_on_the_port(served: Platform) -> None:
    served.start()
    parent = web_parent(served)
    old = family(parent)
    os.kill(parent, signal.SIGKILL)
    assert not wait_until_gone(old | {parent}, 10)
    deadline = time.monotonic() + 240
    while status_or_none(served.address) != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert status(served.address) == 200
    port = int(served.address.rpartition(":")[2])
    holder = process.listener_of(port)
    assert holder is not None
    assert holder[0] in family(served.process.pid)
    assert served.stop(signal.SIGTERM) == 0
    assert process.listener_of(port) is None


def status_or_none(address: str) -> int | None:
    try:
        return status(address)
    except OSError:
        return None


def first_uses(address: str, at_once: int = 8) -> list[int | None]:
    """Answers to that many first uses of the matcher in parallel; None for a connection that was reset."""
    with urllib.request.urlopen(f"{address}/ask/", timeout=60) as form:
        cookie = form.headers["Set-Cookie"].partition(";")[0]
    headers = {"Cookie": cookie, "X-CSRFToken": cookie.partition("=")[2]}

    def one(n: int) -> int | None:
        body = urllib.parse.urlencode({"body": f"第{n}条：小区门口路灯不亮，晚上看不见路"}).encode()
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"{address}/ask/hints/", body, headers), timeout=60
            ) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return None

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(at_once)))


def test_fresh_workers_bear_parallel_first_uses_of_the_matcher(served: Platform) -> None:
    """OpenBLAS with threads of its own killed two of three fresh workers here (A2)."""
    port = serving.free_port("127.0.0.1", FIRST_PORT + 500)
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    words += ["--port", str(port), "--workers", "1", "--blocking-threads", "8", "--log-level", "warning"]
    own = {"DATABASE_URL": served.database_url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    for _ in range(5):
        with subprocess.Popen(words, cwd=ROOT, env=os.environ | own, start_new_session=True) as server:
            try:
                deadline = time.monotonic() + 240
                while status_or_none(f"http://127.0.0.1:{port}/ready/") != 200:
                    assert server.poll() is None
                    assert time.monotonic() < deadline, "the server does not get ready"
                    time.sleep(0.1)
                assert first_uses(f"http://127.0.0.1:{port}") == [200] * 8
            finally:
                os.killpg(server.pid, signal.SIGKILL)


def test_a_web_server_whose_workers_are_gone_is_started_again(served: Platform) -> None:
    served.start()
    for pid in family(web_parent(served)):
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 240
    while status_or_none(f"{served.address}/health/") != 200:
        assert time.monotonic() < deadline, "nobody answers any more"
        time.sleep(0.2)


def test_production_refuses_the_embedded_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sanfu.adapters.commandline.main import main

    monkeypatch.setenv("SANFU_MODE", "production")
    monkeypatch.delenv("DATABASE_URL")
    assert main(["manage", "check"]) == 2
    assert "production needs DATABASE_URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("mode", "words", "code"),
    [("demo", ["--setup-only"], 0), ("production", [], 1)],
    ids=["set-up", "service"],
)
def test_a_database_of_an_earlier_release_is_left_to_the_upgrade(
    served: Platform, mode: str, words: list[str], code: int
) -> None:
    with psycopg.connect(served.database_url) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'registry' AND name >= '0006'")
        before = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    own = {"DATABASE_URL": served.database_url, "SANFU_MODE": mode, "SANFU_HOSTS": "sanfu.example.gov.cn"}
    ran = subprocess.run(
        [sys.executable, "-m", "sanfu.adapters.commandline.main", "manage", "serve", "--no-demo", *words],
        cwd=ROOT,
        env=os.environ | own | {"SANFU_SECRET": "x7" * 20},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == code, ran.stderr
    assert "sanfu upgrade --check" in ran.stderr
    with psycopg.connect(served.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() == before


def test_ports_run_out_with_a_sentence() -> None:
    with pytest.raises(OSError, match="name another with --port"):
        serving.free_port("203.0.113.7", 8000)  # an address that is not ours: no port of it is free
