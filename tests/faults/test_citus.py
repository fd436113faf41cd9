"""What schema-based sharding would refuse is found where it is planted, and our own schema has nothing of it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from sanfu.adapters.operations import citus
from sanfu.adapters.postgres import testing

pytestmark = pytest.mark.django_db

GUARD = "CREATE FUNCTION planted.guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
TABLE = "CREATE TABLE planted.a (id bigint PRIMARY KEY)"
PLANTED = {
    "inherits": [TABLE, "CREATE TABLE planted.b () INHERITS (planted.a)"],
    "partition of another schema": [
        "CREATE TABLE neighbour.p (id bigint) PARTITION BY RANGE (id)",
        "CREATE TABLE planted.p1 PARTITION OF neighbour.p FOR VALUES FROM (0) TO (9)",
    ],
    "key into another schema": [
        "CREATE TABLE planted.a (id bigint PRIMARY KEY REFERENCES neighbour.rows (id))"
    ],
    "view of another schema": ["CREATE VIEW planted.v AS SELECT id FROM neighbour.rows"],
    "type of another schema": [
        "CREATE TYPE neighbour.light AS ENUM ('red')",
        "CREATE TABLE planted.a (light neighbour.light)",
    ],
    "sequence of another schema": [
        "CREATE SEQUENCE neighbour.numbers",
        "CREATE TABLE planted.a (id bigint DEFAULT nextval('neighbour.numbers'))",
    ],
    "foreign table": [
        "CREATE FOREIGN DATA WRAPPER nowhere",
        "CREATE SERVER far FOREIGN DATA WRAPPER nowhere",
        "CREATE FOREIGN TABLE planted.a (id bigint) SERVER far",
    ],
    "trigger once a statement": [
        TABLE, GUARD, "CREATE TRIGGER g AFTER INSERT ON planted.a EXECUTE FUNCTION planted.guard()",
    ],
    "trigger with transition tables": [
        TABLE, GUARD,
        "CREATE TRIGGER g AFTER INSERT ON planted.a REFERENCING NEW TABLE AS fresh"
        " FOR EACH ROW EXECUTE FUNCTION planted.guard()",
    ],
    "sequence below bigint": ["CREATE TABLE planted.a (id integer GENERATED ALWAYS AS IDENTITY)"],
    "rule": [TABLE, "CREATE RULE quiet AS ON DELETE TO planted.a DO INSTEAD NOTHING"],
    "unlogged table": ["CREATE UNLOGGED TABLE planted.a (id bigint)"],
}  # fmt: skip


@pytest.fixture
def two_schemas() -> Iterator[psycopg.Connection[Any]]:
    """An open transaction with the schemas `planted` and `neighbour`; undone at the end."""
    address = testing.address(str(connection.settings_dict["NAME"]))
    with psycopg.connect(address) as opened:
        opened.execute("CREATE SCHEMA planted")
        opened.execute("CREATE SCHEMA neighbour")
        opened.execute("CREATE TABLE neighbour.rows (id bigint PRIMARY KEY)")
        yield opened
        opened.rollback()


def test_every_check_has_something_planted_for_it() -> None:
    assert set(PLANTED) == set(citus.CHECKS)


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_planted_is_found(what: str, two_schemas: psycopg.Connection[Any]) -> None:
    assert citus.look(two_schemas, "planted")[0] == []
    for statement in PLANTED[what]:
        two_schemas.execute(statement)
    assert {one.what for one in citus.look(two_schemas, "planted")[0]} == {what}


def test_what_sharding_takes_is_no_finding(two_schemas: psycopg.Connection[Any]) -> None:
    for statement in (
        TABLE, GUARD, "CREATE TABLE planted.b (id bigserial PRIMARY KEY, a bigint REFERENCES planted.a (id))",
        "CREATE TABLE planted.p (id bigint, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE planted.p1 PARTITION OF planted.p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE VIEW planted.v AS SELECT a.id FROM planted.a JOIN planted.b ON b.a = a.id",
        "CREATE TRIGGER g AFTER INSERT ON planted.a FOR EACH ROW EXECUTE FUNCTION planted.guard()",
    ):  # fmt: skip
        two_schemas.execute(statement)
    found, needs = citus.look(two_schemas, "planted")
    assert found == []
    assert list(needs.values()) == [1, 1]


def test_our_own_schema_has_nothing_that_sharding_refuses(two_schemas: psycopg.Connection[Any]) -> None:
    found, needs = citus.look(two_schemas, "public")
    assert [f"{one.what}: {one.where} ({one.says})" for one in found] == []
    assert all(needs.values())
