"""`./run`: database, migrations, demo county, background worker and web server, as one thing to stop.

The children die with this process, even when it is killed; Ctrl-C stops them in order.
"""

import argparse
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core import management
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sanfu.adapters.demo_cast import read_cast
from sanfu.adapters.postgres.places import state_folder
from sanfu.adapters.postgres.process import SERVED, dies_with_parent, listener_of

CHECKOUT = Path(__file__).resolve().parents[2]
PORTS_TRIED = 50
WAIT_SECONDS = 180.0
STOP_SECONDS = 10.0
REFUSERS = 12  # threads of a web process that only say “come back later” (see sanfu/web/admission.py)
EARLIER = (
    "the database is of an earlier release. Look at what has to be done: .venv/bin/sanfu upgrade --check; "
    "then .venv/bin/sanfu upgrade (counties side by side: .venv/bin/sanfu counties FILE --migrate)"
)
SHUT_SECONDS = 30.0  # a worker that is started again takes its time to warm up


def say(text: str) -> None:
    """A line of progress with the seconds since the first command (`./run` hands its own start down)."""
    began = float(os.environ.get("SANFU_STARTED") or 0) or time.time()
    os.environ.setdefault("SANFU_STARTED", str(began))
    print(f"[{time.time() - began:5.1f} s] {text}", file=sys.stderr, flush=True)


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run", description="Serve the platform with the demo county.")
    parser.add_argument("--setup-only", action="store_true", help="prepare everything, serve nothing")
    parser.add_argument("--port", type=int, default=8000, help="first port to try (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for every network")
    parser.add_argument("--workers", type=int, default=2, help="web server processes (default 2)")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo county (演示)")
    return parser.parse_args(words)


def free_port(host: str, first: int) -> int:
    """`first`, or the next port that nobody listens on.

    Raises:
        OSError: none of the next 50 ports is free.
    """
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        return port
    raise OSError(
        f"no free port from {first} to {first + PORTS_TRIED - 1} on {host}; name another with --port"
    )


def migrate(*, only_empty: bool) -> bool:
    """Apply what is missing; costs one query when nothing is. Returns whether the database is as this checkout wants it.

    only_empty: a database of an earlier release is left as it is, for `sanfu upgrade` to look at, back up and bring up.
    """
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing and only_empty and executor.loader.applied_migrations:
        return False
    if missing:
        say(f"applying {len(missing)} migrations")
        management.call_command("migrate", verbosity=0)
    return True


def seed_demo() -> None:
    """Load the demo county (演示) when the database holds nobody yet."""
    from django.contrib.auth import get_user_model  # the model exists only after django.setup()

    if "seed_demo" in management.get_commands() and not get_user_model().objects.exists():
        say("loading the demo county 演示县")
        management.call_command("seed_demo")


def prepare(arguments: argparse.Namespace) -> bool:
    """Bring the database to the state of this checkout; False when that takes an upgrade (升级), which is asked for by name."""
    django.setup()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    production = os.environ.get("SANFU_MODE") == "production"
    ready = migrate(only_empty=production or arguments.setup_only)
    if ready and not arguments.no_demo and not production:
        seed_demo()
    connection.close()
    if not ready:
        say(EARLIER)
    return ready


class Child:
    """One process of the platform; started again when it stops by itself, but not in a tight loop."""

    def __init__(
        self,
        name: str,
        words: list[str],
        orphaned: signal.Signals = signal.SIGTERM,
        door: tuple[str, int] | None = None,
    ) -> None:
        """orphaned: the signal that it gets when we are killed and cannot stop it any more; door: host and port of
        which it must take connections once it has taken one."""
        self.name, self.words, self.orphaned, self.door = name, words, orphaned, door
        self.opened_at: float | None
        self.process = self._start()
        self.restarts = 0

    def _start(self) -> subprocess.Popen[bytes]:
        self.started = time.monotonic()
        self.opened_at = None
        return subprocess.Popen(
            self.words,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            env=os.environ | {SERVED: "1", "PROMETHEUS_MULTIPROC_DIR": str(metrics_folder())},
            start_new_session=True,  # Ctrl-C reaches only us; we stop the others in order
            preexec_fn=dies_with_parent(self.orphaned),
        )

    def keep_running(self) -> bool:
        """Restart if it stopped; False when it stopped five times within a minute of starting."""
        if self._is_shut():
            say(f"{self.name} takes no connection any more: its workers are gone")
            self._kill_group()
            self.process.wait()
        code = self.process.poll()
        if code is None:
            return True
        self.restarts = self.restarts + 1 if time.monotonic() - self.started < 60 else 1
        if self.restarts > 5:
            return False
        say(f"{self.name} stopped by itself (exit code {code}); starting it again")
        self._kill_group()  # a killed parent leaves its workers: they would hold the port and answer with old code
        time.sleep(self.restarts)
        self.process = self._start()
        return True

    def _is_shut(self) -> bool:
        """Whether a server that has been open refuses connections for a while: granian, whose workers were killed
        at one moment, may miss one of the deaths and wait for ever."""
        if self.door is None:
            return False
        try:
            socket.create_connection(self.door, timeout=1).close()
            self.opened_at = time.monotonic()
        except OSError:
            return self.opened_at is not None and time.monotonic() - self.opened_at > SHUT_SECONDS
        return False

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        """End whatever is left of the session that this child leads."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def metrics_folder() -> Path:
    """Where the web processes count together, one file a process; emptied when the platform starts."""
    return state_folder(CHECKOUT) / "metrics" / str(os.getpid())


def empty_metrics() -> None:
    """Make the folder of the counters, and clear those of platforms that have ended."""
    folder = metrics_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in folder.parent.iterdir():
        if other == folder or not (other.name.isdigit() and Path("/proc", other.name).exists()):
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def start_children(arguments: argparse.Namespace, port: int) -> list[Child]:
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    granian += ["--host", arguments.host, "--port", str(port), "--workers", str(arguments.workers)]
    threads = settings.WORKING + settings.WAITING + REFUSERS
    granian += ["--blocking-threads", str(threads), "--log-level", "warning", "--respawn-failed-workers"]
    granian += ["--workers-kill-timeout", "5"]  # one that is still starting does not hear the request to stop
    worker = [sys.executable, "-m", "django", "procrastinate", "worker"]
    # A worker that is asked to stop ends its job first, which may take minutes; a killed one loses nothing, its job
    # goes on at the row it had reached.
    door = ("127.0.0.1" if arguments.host == "0.0.0.0" else arguments.host, port)
    return [
        Child("web server", granian, door=door),
        Child("background worker", worker, orphaned=signal.SIGKILL),
    ]


def own_hosts() -> list[str]:
    """Host names that this installation answers to; none when it answers to every one."""
    return [] if "*" in settings.ALLOWED_HOSTS else [one.lstrip(".") for one in settings.ALLOWED_HOSTS]


def answers(address: str) -> bool:
    """Whether the first page comes (any answer that is not a server error), asked as its proxy would ask."""
    said = urlsplit(address)
    headers = {"Host": (own_hosts() or [said.netloc])[0], "X-Forwarded-Proto": "https"}
    line = http.client.HTTPConnection(said.hostname or "", said.port, timeout=10)
    try:
        line.request("GET", "/", headers=headers)
        return line.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def announce(address: str, demo: bool) -> None:
    lines = [f"三服 sanfu: {address}", "Ctrl-C stops everything."]
    if hosts := own_hosts():
        lines.append(f"It answers to {', '.join(hosts)} alone: a proxy leads there (deploy/nginx.conf).")
    if demo:
        lines += ["", "演示账号 demo accounts (password = login + @demo):"]
        for person in read_cast(Path(settings.CONTENT)):
            lines.append(f"  {person['login']:<10} {person['name']}  {person['sees']}")
    print("\n" + "\n".join(lines) + "\n", flush=True)


class Stopped(Exception):
    """Somebody asked us to stop."""


def _stop(signum: int, _frame: object) -> None:
    raise Stopped(signal.Signals(signum).name)


def taken(port: int, instead: int) -> str:
    """The sentence that says who holds a port."""
    holder = listener_of(port)
    who = f"process {holder[0]} ({holder[1]})" if holder else "a process that we may not look at"
    return f"port {port} is taken by {who}; using {instead}. End that process first to have {port}."


def supervise(children: list[Child], address: str, demo: bool, keep_database: Callable[[], object]) -> int:
    """Wait for the first page, say where it is, keep the children running. Returns the exit code."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not answers(address):
        keep_database()
        if time.monotonic() > deadline or not all(child.keep_running() for child in children):
            say("the first page does not come; see the messages above")
            return 1
        time.sleep(0.05)
    say("first page served")
    announce(address, demo)
    while all(child.keep_running() for child in children):
        keep_database()
        time.sleep(0.5)
    say("a part of the platform keeps stopping; giving up (see the messages above)")
    return 1


def serve(
    arguments: argparse.Namespace, open_database: Callable[[], str], keep_database: Callable[[], object]
) -> int:
    """Run the platform until it is stopped. Returns the exit code.

    keep_database: called twice a second; has the database served again when its guard was killed.
    """
    # SIGINT also when a background shell ignores it: it is how we are told to stop. A hang-up that is ignored
    # (nohup) is meant to be survived.
    asked = {signal.SIGINT, signal.SIGTERM}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        asked.add(signal.SIGHUP)
    for each in asked:
        signal.signal(each, _stop)
    children: list[Child] = []
    try:
        open_database()
        say("database ready")
        ready = prepare(arguments)
        if arguments.setup_only:
            say("set up; ./run serves it" if ready else "packages are ready; no row was touched")
            return 0
        if not ready:
            return 1
        port = free_port(arguments.host, arguments.port)
        if port != arguments.port:
            say(taken(arguments.port, port))
        empty_metrics()
        children += start_children(arguments, port)
        shown = "127.0.0.1" if arguments.host == "0.0.0.0" else arguments.host
        demo = not arguments.no_demo and os.environ.get("SANFU_MODE") != "production"
        return supervise(children, f"http://{shown}:{port}/", demo, keep_database)
    except Stopped as how:
        say(f"stopping ({how})")
        return 0
    finally:
        for each in asked:
            signal.signal(each, signal.SIG_IGN)
        for child in children:
            child.stop()
