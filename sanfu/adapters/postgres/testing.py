"""A pytest plugin: plain `pytest` in a checkout has a database, and pays for it only when a test asks.

The server is our own, without durability (`fast`). Migrations run once into a template database, named by
a digest of what they depend on; every test process works in a clone of it and drops the clone at the end.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sanfu.adapters.postgres.cluster import Cluster, ensure
from sanfu.adapters.postgres.places import state_folder
from sanfu.adapters.postgres.process import is_alive

ROOT = Path(__file__).resolve().parents[3]
OWN_SERVER = "SANFU_TEST_SERVER"  # names the state folder when the server of the tests is ours
TEMPLATE = "sanfu_template_"
CLONE = "test_sanfu_"
# What a freshly migrated database depends on. Content is not part of it: tests load what they need.
SCHEMA_FILES = (
    "config/*.py",
    "requirements.lock",
    "sanfu/**/migrations/*.py",
    "sanfu/**/models*.py",
    "sanfu/**/sql/*.sql",
)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Name the database before Django reads its settings; the server itself starts later, if at all."""
    if not os.environ.get("DATABASE_URL"):
        state = state_folder(ROOT) / "postgres-tests"
        os.environ[OWN_SERVER] = str(state)
        os.environ["DATABASE_URL"] = Cluster(state.resolve()).url
    return (yield)


def schema_digest() -> str:
    """Digest over the files that decide what `migrate` makes; it names the template database."""
    digest = hashlib.sha256()
    for pattern in SCHEMA_FILES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def server() -> psycopg.Connection[tuple[object, ...]]:
    """An autocommit connection to the server's maintenance database, starting our server if it is ours."""
    if own := os.environ.get(OWN_SERVER):
        ensure(Path(own), fast=True)
    return psycopg.connect(address("postgres"), autocommit=True)


def address(database: str) -> str:
    return make_conninfo(os.environ["DATABASE_URL"], dbname=database)


def databases(connection: psycopg.Connection[tuple[object, ...]], prefix: str) -> list[str]:
    rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [str(name) for (name,) in rows]


def run(connection: psycopg.Connection[tuple[object, ...]], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def template(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """Name of the migrated template; the first process that needs it migrates, the others wait for it."""
    name = TEMPLATE + schema_digest()
    connection.execute("SELECT pg_advisory_lock(32990001)")
    try:
        known = databases(connection, TEMPLATE)
        if name not in known:
            for old in known:
                run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", old)
            building = f"{TEMPLATE}building"
            run(connection, "CREATE DATABASE {}", building)
            words = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
            settings = {"DATABASE_URL": address(building), "DJANGO_SETTINGS_MODULE": "config.settings"}
            subprocess.run(words, env=os.environ | settings, cwd=ROOT, check=True)
            run(connection, "ALTER DATABASE {} RENAME TO {}", building, name)
    finally:
        connection.execute("SELECT pg_advisory_unlock(32990001)")
    return name


def is_left_over(name: str) -> bool:
    """Whether a clone's process is gone; its number follows the prefix."""
    number = name.removeprefix(CLONE).partition("_")[0]
    return number.isdigit() and not is_alive(int(number))


@contextmanager
def clone(purpose: str = "tests") -> Iterator[str]:
    """Name of a migrated, empty database for this process and purpose; dropped at the end of the block."""
    name = f"{CLONE}{os.getpid()}_{purpose}"
    with server() as connection:
        for left in databases(connection, CLONE):
            if left == name or is_left_over(left):
                run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", left)
        run(connection, "CREATE DATABASE {} TEMPLATE {}", name, template(connection))
    try:
        yield name
    finally:
        with server() as connection:
            run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
