"""Whether the database answers, asked on a connection of its own and within a bound of time."""

import threading

import psycopg
from django.db import connection

PATIENCE = 0.8  # seconds: who asks for health wants the answer within one
_asking = threading.Lock()


def database_answers(patience: float = PATIENCE) -> bool:
    """Whether the database answers `SELECT 1` within `patience` seconds.

    The question runs in a thread of its own: opening a connection to a host that is gone cannot be bounded
    below two seconds otherwise. While an earlier question still hangs, the answer is no at once.
    """
    if not _asking.acquire(blocking=False):
        return False
    params = connection.get_connection_params()
    params = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
    answered = threading.Event()
    threading.Thread(target=_ask, args=(params, answered), daemon=True).start()
    return answered.wait(patience)


def _ask(params: dict[str, object], answered: threading.Event) -> None:
    try:
        with psycopg.connect(**params, connect_timeout=2) as one:  # type: ignore[arg-type]
            one.execute("SELECT 1")
        answered.set()
    except psycopg.Error:
        pass
    finally:
        _asking.release()
