"""The process that owns a PostgreSQL server: starts or adopts it, restarts it, stops it when unused.

Run as `python -m sanfu.adapters.postgres.guard STATE [--fast]`; see `cluster.py` for the lock it watches.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sanfu.adapters.postgres import process
from sanfu.adapters.postgres.cluster import PORT, Cluster, server_folder
from sanfu.adapters.postgres.places import SOCKET_NAME

POLL_SECONDS = 0.1
RESTARTS = 5  # within one minute; then give up and let the users see the error

SETTINGS = {
    "listen_addresses": "",  # unix socket only
    "port": PORT,
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "random_page_cost": "1.0",  # a county fits into memory: a page by its index costs what the next page costs
    # Many readers of small pages: a query that takes helpers or compiles itself costs the others more than it gains.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def say(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}", flush=True)


def clear_remains(cluster: Cluster) -> None:
    """After a kill -9: wait for the last server processes to notice, then drop the two stale lock files.

    PostgreSQL itself would refuse to start while the number in them belongs to a zombie or a stranger.
    """
    deadline = time.monotonic() + 10
    while (left := list(process.working_in(cluster.data))) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for pid in left:
        say(f"killing left-over server process {pid}")
        os.kill(pid, signal.SIGKILL)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    (cluster.socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


class Server:
    """The postmaster: our child, or one found running and adopted."""

    def __init__(self, cluster: Cluster, fast: bool) -> None:
        self.cluster = cluster
        self.account = process.account_for(cluster.data)
        settings = SETTINGS | {"unix_socket_directories": str(cluster.socket)} | (FAST if fast else {})
        folder = server_folder(cluster, self.account)
        self.command = [str(folder / "postgres"), "-D", str(cluster.data)]
        self.command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.cluster.server() is not None:
            say("adopting a server that was left running")
            return
        clear_remains(self.cluster)
        arguments: dict[str, Any] = self.account.popen_arguments()
        with self.cluster.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                preexec_fn=process.dies_with_parent(signal.SIGINT),
                **arguments,
            )
        say(f"started {self.command[0]} as process {self.child.pid}")

    def runs(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None
        return self.cluster.server() is not None

    def stop(self) -> None:
        """Fast shutdown; immediate after 30 s (the next start recovers from the log)."""
        for how, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
            pid = self.child.pid if self.child else self.cluster.server()
            if not self.runs() or pid is None:
                break
            os.kill(pid, how)
            deadline = time.monotonic() + seconds
            while self.runs() and time.monotonic() < deadline:
                time.sleep(0.02)
        say("stopped")


def nobody_needs_it(lease: Any) -> bool:
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def watch(server: Server, lease: Any) -> int:
    """Keep the server running while the lease is held; returns the exit code."""
    starts = [time.monotonic()]
    while not nobody_needs_it(lease):
        time.sleep(POLL_SECONDS)
        if server.runs():
            continue
        starts = [moment for moment in starts if moment > time.monotonic() - 60]
        if len(starts) > RESTARTS:
            say("the server keeps stopping; giving up")
            return 1
        say("the server stopped by itself; starting it again")
        starts.append(time.monotonic())
        server.start()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="guard")
    parser.add_argument("state", type=Path)
    parser.add_argument("--fast", action="store_true")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    cluster = Cluster(args.state)
    with (cluster.state / "lease").open("a") as lease, (cluster.state / "guard").open("a") as only_one:
        fcntl.flock(only_one, fcntl.LOCK_EX)
        server = Server(cluster, args.fast)
        try:
            server.start()
            code = watch(server, lease)
        finally:
            server.stop()
        # The guard's lock is free before the lease is: whoever waits for the lease can start a new guard.
    return code


if __name__ == "__main__":
    sys.exit(main())
