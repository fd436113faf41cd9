"""One value from a statement that PostgreSQL keeps prepared, at a third of what a cursor costs.

For the few statements that every move runs. Django's cursor writes its arguments into the text, so that
PostgreSQL parses and plans it every time; psycopg's own cursor prepares, but building it, finding a dumper
for each argument and waiting through a generator cost more than the network does. Here libpq is asked directly,
on the connection and in the transaction that Django has.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import connections
from psycopg import Error, errors
from psycopg.pq import ExecStatus, TransactionStatus
from pydantic_core import to_json

Argument = str | bytes | int | bool | uuid.UUID | datetime | None

_KEPT = "_sanfu_prepared"  # on psycopg's connection: the names that its server knows


class Statement:
    """A statement with $1, $2 … (each cast, because arguments travel as text) that answers one value."""

    def __init__(self, name: str, sql: str) -> None:
        self.name, self.sql = name.encode(), sql.encode()

    def value(self, arguments: Iterable[Argument]) -> str | None:
        """The first column of the first row as text; None when it is NULL or there is no row.

        Arguments travel as text; bytes are text that the caller has encoded before.
        """
        django = connections["default"]
        if django.connection is None:
            django.ensure_connection()
        if django.needs_rollback:
            django.validate_no_broken_transaction()
        line = django.connection
        given = [_TEXT.get(type(one), _other)(one) for one in arguments]
        try:
            if not line.autocommit and line.pgconn.transaction_status == TransactionStatus.IDLE:
                line.execute("SELECT")  # psycopg begins the transaction with its first statement
            if line.prepare_threshold is None:  # set so behind a pooler that loses prepared statements
                result = line.pgconn.exec_params(self.sql, given)
            else:
                self._prepare(line)
                result = line.pgconn.exec_prepared(self.name, given)
            if result.status != ExecStatus.TUPLES_OK:
                raise errors.error_from_result(result, encoding="utf-8")
        except Error:
            with django.wrap_database_errors:  # as Django's own errors, and a lost connection is noted
                raise
        found = result.get_value(0, 0) if result.ntuples else None
        return None if found is None else found.decode()

    def _prepare(self, line: "object") -> None:
        known = line.__dict__.setdefault(_KEPT, set())
        if self.name in known:
            return
        result = line.pgconn.prepare(self.name, self.sql)  # type: ignore[attr-defined]
        if result.status != ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result, encoding="utf-8")
        known.add(self.name)


def _other(value: Argument) -> bytes:
    """What is no plain type of the table, such as a member of an enum."""
    return str(value).encode()


def array(names: Iterable[str]) -> bytes:
    """A text[] literal of names that hold letters, digits, Chinese or `*` only."""
    return ("{" + ",".join(f'"{name}"' for name in names) + "}").encode()


def dumped(value: Any) -> bytes:
    """JSON, times in ISO form, what JSON does not know as text; several times faster than `json.dumps`."""
    return to_json(value, fallback=str)


_TEXT: dict[type, Callable[[Any], bytes | None]] = {
    bytes: lambda value: value,
    str: str.encode,
    uuid.UUID: lambda value: value.hex.encode(),
    datetime: lambda value: value.isoformat().encode(),
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    type(None): lambda value: None,
}
