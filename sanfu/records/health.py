"""How the platform is (健康): whether the database answers in time, workers live, and this process is warm."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

PATIENCE = 0.8  # seconds: who asks for health wants the answer within one
WORKERS = (
    "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds')"
)
_asking = threading.Lock()


@dataclass
class Seen:
    """What was seen within the bound of time: the database answers, a background worker gives signs of life."""

    database: bool = False
    workers: bool = False
    done: threading.Event = field(default_factory=threading.Event, repr=False)


def database_answers(patience: float = PATIENCE) -> bool:
    """Whether the database answers within `patience` seconds."""
    return look(patience).database


def look(patience: float = PATIENCE) -> Seen:
    """What the database says within `patience` seconds, asked on a connection of its own.

    The question runs in a thread: opening a connection to a host that is gone cannot be bounded below two seconds
    otherwise. While an earlier question still hangs, the answer is no at once.
    """
    if not _asking.acquire(blocking=False):
        return Seen()
    params = connection.get_connection_params()
    params = {
        key: params[key]
        for key in ("dbname", "user", "password", "host", "port", "options")
        if params.get(key)
    }
    seen = Seen()
    threading.Thread(target=_ask, args=(params, seen), daemon=True).start()
    return seen if seen.done.wait(patience) else Seen()


def _ask(params: dict[str, object], seen: Seen) -> None:
    try:
        with psycopg.connect(**params, connect_timeout=2) as one:  # type: ignore[arg-type]
            one.execute("SELECT 1")
            seen.database = True
            found = one.execute(WORKERS).fetchone()
            seen.workers = bool(found and found[0])
    except psycopg.Error:
        pass
    finally:
        _asking.release()
        seen.done.set()


class Warmth:
    """Whether this process has done what must be done before it answers, and does it again until it has."""

    AGAIN = 5.0  # seconds between two tries

    def __init__(self) -> None:
        self.warm = False
        self._work: Callable[[], None] | None = None
        self._trying = threading.Lock()
        self._tried = 0.0

    def begin(self, work: Callable[[], None]) -> None:
        """Do the work now, and keep it for later tries.

        Raises:
            DatabaseError: the database does not answer yet; `warm` stays False.
        """
        self._work = work
        work()
        self.warm = True

    def again(self) -> None:
        """Try once more beside the requests, when the first try failed and the last one is some seconds ago."""
        if self.warm or self._work is None or time.monotonic() - self._tried < self.AGAIN:
            return
        if self._trying.acquire(blocking=False):
            self._tried = time.monotonic()
            threading.Thread(target=self._try, daemon=True).start()

    def _try(self) -> None:
        try:
            if self._work is not None:
                self.begin(self._work)
        except DatabaseError:
            pass
        finally:
            connections.close_all()
            self._trying.release()


warmth = Warmth()
_migrated = threading.Event()


def migrated() -> bool:
    """Whether the database has all migrations of this checkout; asked until it has, then never again."""
    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.set()
    return True


def not_ready() -> list[str]:
    """Why this process should get no requests now, in words for whoever keeps the platform; empty when it may."""
    if not look().database:
        return ["the database does not answer"]
    if not warmth.warm:
        warmth.again()
        return ["the matcher is not built yet"]
    return [] if migrated() else ["the database lacks migrations of this checkout"]
