"""Upgrades: what would lock a big table is refused before it runs, a lock is waited for shortly, one command leads back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, migrations

from sanfu.adapters.operations import OperationFailed, upgrading
from sanfu.adapters.operations import migrations as looking
from sanfu.adapters.operations.migrations import CONTRACT, EXPAND, MIGRATE, heavy_in, is_contract, statements
from sanfu.adapters.postgres import testing

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BIG = {"cases_case": 1_000_000, "small": 10}


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "cases_case" ALTER COLUMN "number" TYPE integer USING "number"::integer',
        'ALTER TABLE "cases_case" ALTER COLUMN "number" SET NOT NULL',
        'ALTER TABLE "cases_case" ADD COLUMN "x" uuid DEFAULT gen_random_uuid() NOT NULL',
        'ALTER TABLE "cases_case" ADD CONSTRAINT "c" CHECK ("x" > 0)',
        'ALTER TABLE "cases_case" ADD CONSTRAINT "f" FOREIGN KEY ("x") REFERENCES "small" ("id")',
        'CREATE INDEX "i" ON "cases_case" ("x")',
        'CREATE UNIQUE INDEX "i" ON "public"."cases_case" ("x")',
        "UPDATE cases_case SET x = 1",
        "VACUUM FULL cases_case",
        "LOCK TABLE cases_case",
        "alter table only cases_case\n  alter column a type bigint",
    ],
)
def test_what_locks_or_rewrites_a_big_table_is_named(sql: str) -> None:
    assert len(heavy_in(statements(sql), BIG)) == 1
    assert heavy_in(statements(sql.replace("cases_case", "small")), BIG) == []


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "cases_case" ADD COLUMN "x" integer NULL',
        'ALTER TABLE "cases_case" ADD COLUMN "x" varchar(9) DEFAULT \'\' NOT NULL; '
        'ALTER TABLE "cases_case" ALTER COLUMN "x" DROP DEFAULT',
        'ALTER TABLE "cases_case" ADD CONSTRAINT "c" CHECK ("x" > 0) NOT VALID',
        'ALTER TABLE "cases_case" ADD CONSTRAINT "u" UNIQUE USING INDEX "i"',
        'CREATE INDEX CONCURRENTLY "i" ON "cases_case" ("x")',
        'CREATE TABLE "cases_case" ("id" int); CREATE INDEX "i" ON "cases_case" ("id")',
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE cases_case SET x = 1; END $$",
        "SELECT 'UPDATE cases_case SET x = 1; DROP TABLE cases_case'",
        "-- ALTER TABLE cases_case ALTER COLUMN a TYPE bigint",
    ],
)
def test_what_holds_a_lock_for_a_moment_passes(sql: str) -> None:
    assert heavy_in(statements(sql), BIG) == []


@pytest.mark.parametrize(
    ("sql", "contract"),
    [
        ('DROP TABLE "x"', True),
        ('ALTER TABLE "x" DROP COLUMN "y" CASCADE', True),
        ('ALTER TABLE "x" RENAME COLUMN "y" TO "z"', True),
        ('ALTER TABLE "x" ADD COLUMN "y" integer NULL', False),
        ('DROP INDEX "i"', False),
    ],
)
def test_what_the_release_before_needs_is_contract(sql: str, contract: bool) -> None:
    assert is_contract(statements(sql)) is contract


def migration(name: str, *operations: Any, **more: Any) -> Any:
    """A migration of an app of this test, never on disk."""
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), **more})
    return made(name, "records")


@pytest.mark.django_db
def test_a_migration_that_says_so_passes_in_a_window_only() -> None:
    index = migrations.RunSQL("CREATE INDEX x_by_at ON records_event (at)", "DROP INDEX x_by_at")
    silent = looking.look([(migration("x1", index), False)], {"records_event": 5_000_000})
    assert silent[0].heavy
    assert upgrading.refusals(silent, window=True)
    said = looking.look([(migration("x1", index, heavy="30 s for 5M"), False)], {"records_event": 5_000_000})
    assert upgrading.refusals(said, window=False)
    assert upgrading.refusals(said, window=True) == []
    small = looking.look([(migration("x1", index), False)], {"records_event": 5_000})
    assert upgrading.refusals(small, window=False) == []


@pytest.mark.django_db
def test_phases_and_the_way_back() -> None:
    plan = [
        migration("x1", migrations.RunSQL("CREATE TABLE x_new (id int)", "DROP TABLE x_new")),
        migration("x2", migrations.RunSQL("UPDATE x_new SET id = 1", "")),
        migration("x3", migrations.RunSQL("DROP TABLE x_new")),
    ]
    found = looking.look([(one, False) for one in plan], {})
    assert [(one.phase, one.reversible) for one in found] == [
        (EXPAND, True),
        (MIGRATE, True),
        (CONTRACT, False),
    ]


@pytest.mark.django_db
def test_python_that_does_not_say_what_it_locks_is_refused() -> None:
    work = migrations.RunPython(lambda *_: None, lambda *_: None)
    assert upgrading.refusals(looking.look([(migration("x1", work), False)], {}), window=True)
    told = looking.look([(migration("x1", work, heavy="10 rows"), False)], {})
    assert upgrading.refusals(told, window=True) == []


@pytest.mark.django_db
def test_this_checkout_has_nothing_pending_and_its_ledger_is_empty(tmp_path: Path) -> None:
    assert upgrading.check() == []
    assert upgrading.ledger(tmp_path / "files") == []
    with pytest.raises(OperationFailed, match="nothing to take back"):
        upgrading.back(tmp_path / "files")


def test_a_cut_line_of_the_ledger_costs_one_state_only(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    one = upgrading.Upgrade("2026-03-02", "0.1.0", "a.tar", {}, applied=["records.x"])
    upgrading.note(folder, one)
    one.ended = "done"
    upgrading.note(folder, one)
    with (tmp_path / upgrading.LEDGER).open("a") as out:
        out.write('{"at": "2026-0')
    assert [found.ended for found in upgrading.ledger(folder)] == ["done"]


def test_a_contracted_upgrade_names_its_backup(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    upgrading.note(
        folder, upgrading.Upgrade("2026-03-02", "0.1.0", "/b/before.tar", {}, ["records.x"], ["records.x"])
    )
    with pytest.raises(OperationFailed, match=r"sanfu restore /b/before\.tar"):
        upgrading.back(folder)


@pytest.fixture
def own_database(django_db_blocker: Any) -> Iterator[str]:
    """A database of its own, on which the default connection stands for one test."""
    with django_db_blocker.unblock(), testing.clone("upgrade") as name:
        kept = connection.settings_dict["NAME"]
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = name
        yield testing.address(name)
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = kept


@pytest.mark.slow
def test_upgrade_waits_for_a_lock_backs_up_and_leads_back(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a database that lacks the last migration of a room to this checkout, past a reader, and back again."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    last = next(key for key in executor.loader.graph.leaf_nodes() if key[0] == "people")
    before = max(
        parent.key for parent in executor.loader.graph.node_map[last].parents if parent.key[0] == "people"
    )
    executor.migrate([before])
    missing = [m.name for m, _ in looking.pending()]
    assert last[1] in missing
    monkeypatch.setattr(upgrading, "REST", 0.1)
    monkeypatch.setattr(upgrading, "LOCK_WAIT", "200ms")
    reader = psycopg.connect(own_database)
    reader.execute(
        "LOCK TABLE django_migrations IN SHARE MODE"
    )  # may be read, not written: every migration writes it
    kept = upgrading._apply
    tries: list[str] = []

    def applying(name: str) -> None:
        """The reader ends after the first try, not after a time."""
        tries.append(name)
        if len(tries) == 2:
            reader.close()
        kept(name)

    monkeypatch.setattr(upgrading, "_apply", applying)
    folder = tmp_path / "files"
    folder.mkdir()
    done = upgrading.upgrade(
        folder, tmp_path / "before.tar", address=own_database, region="329900", at=AT, window=True
    )
    assert (done.ended, done.waits > 0) == ("done", True)
    assert (tmp_path / "before.tar").stat().st_size > 0
    assert looking.pending() == []
    taken = upgrading.back(folder)
    assert taken.ended == "taken back"
    assert [m.name for m, _ in looking.pending()] == missing
