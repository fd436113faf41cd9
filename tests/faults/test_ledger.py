"""The short forms of the fault script and of the fuzzer; the long ones are commands (docs/security.md)."""

import os
import subprocess
import sys

import pytest

from tests.faults import ledger
from tests.platform import ROOT

pytestmark = pytest.mark.slow


def test_kills_of_every_process_lose_and_double_nothing() -> None:
    found = ledger.run(rounds=1, seconds=2.0, clients=2)
    assert found["wrong"] == []
    assert found["acknowledged"]
    assert set(found["killed"]) >= {
        "web_worker",
        "web_server",
        "background_worker",
        "database",
        "guard",
        "run",
    }  # type: ignore[call-overload]


def test_hostile_requests_end_in_no_server_error() -> None:
    words = [sys.executable, "-m", "tests.fuzz", "--requests", "600"]
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SANFU_TEST_SERVER"}}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
