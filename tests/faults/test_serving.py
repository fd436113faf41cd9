"""`./run` as a whole: another port when the first is taken, orderly stop, nothing left after kill -9."""

import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sanfu.adapters import serving
from sanfu.adapters.postgres import process, testing
from tests.platform import FIRST_PORT, Platform

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


def test_production_refuses_the_embedded_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sanfu.adapters.commandline.main import main

    monkeypatch.setenv("SANFU_MODE", "production")
    monkeypatch.delenv("DATABASE_URL")
    assert main(["manage", "check"]) == 2
    assert "production needs DATABASE_URL" in capsys.readouterr().err


def test_ports_run_out_with_a_sentence() -> None:
    with pytest.raises(OSError, match="name another with --port"):
        serving.free_port("203.0.113.7", 8000)  # an address that is not ours: no port of it is free
