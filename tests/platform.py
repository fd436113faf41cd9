"""The served platform as a test sees it: a process, an address and what it printed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 18000 + os.getpid() % 10000  # the server takes the next free one
START_SECONDS = 600  # a busy machine needs minutes for migrations and the demo county


class Platform:
    """`sanfu manage serve` on one database; what it prints is in `log`."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url, self.folder = database_url, folder
        self.log = folder / "serve.log"
        self.address = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, port: int = FIRST_PORT, **environment: str) -> None:
        """Serve, and wait until the address is printed."""
        words = [
            sys.executable,
            "-m",
            "sanfu.adapters.commandline.main",
            "manage",
            "serve",
            "--port",
            str(port),
        ]
        own = {"DATABASE_URL": self.database_url, "SANFU_FILES": str(self.folder / "files")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                words,
                cwd=ROOT,
                env=os.environ | own | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.search(r"sanfu: (http\S+)/\s", self.printed())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the platform did not start:\n{self.printed()}")
            time.sleep(0.1)
        self.address = found[1]

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does; returns its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(how)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()  # nothing is left behind even when the test fails
            raise
