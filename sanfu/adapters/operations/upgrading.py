"""升级 (upgrade): check, backup, migrations one by one under a short lock wait, a ledger, and the way back."""

import json
import os
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from sanfu.adapters.operations import OperationFailed, backup, migrations, release
from sanfu.adapters.operations.migrations import CONTRACT, Looked

LEDGER = "upgrades.jsonl"
LOCK_WAIT = "900ms"  # others queue behind a waiting ALTER TABLE: it gives up within a second and tries again
TRIES, REST = 20, 1.5  # times, and seconds between
LOCKED = {"55P03"}  # lock_not_available


@dataclass
class Upgrade:
    """One upgrade in the ledger. before: the last migration of each app, to which `back` returns."""

    at: str
    version: str
    archive: str
    before: dict[str, str]
    applied: list[str] = field(default_factory=list)
    contract: list[str] = field(default_factory=list)
    waits: int = 0
    ended: str = ""  # done, failed or taken back
    says: str = ""


def ledger(folder: Path) -> list[Upgrade]:
    """Upgrades of this installation, oldest first, as its ledger beside the files folder has them."""
    try:
        lines = (folder.parent / LEDGER).read_text("utf-8").splitlines()
    except OSError:
        return []
    newest: dict[str, Upgrade] = {}
    for line in lines:
        with suppress(ValueError, TypeError):  # a line that a full disk cut is no upgrade
            one = Upgrade(**json.loads(line))
            newest[one.at] = one
    return list(newest.values())


def note(folder: Path, one: Upgrade) -> None:
    """Append the state of an upgrade; the newest line of a moment counts."""
    path = folder.parent / LEDGER
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8") as out:
        out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")


def check(big: int = migrations.BIG) -> list[Looked]:
    """What an upgrade would do, looked at; nothing is changed."""
    return migrations.look(migrations.pending(), migrations.table_sizes(), big)


def refusals(found: list[Looked], *, window: bool) -> list[str]:
    """Why the upgrade would be refused; heavy ones that say so pass in a window (维护时段)."""
    said = []
    for one in found:
        if one.heavy and not (one.says and window):
            rest = (
                "say --window when nobody works" if one.says else "the migration does not say so (heavy = …)"
            )
            said += [f"{one.name}: {heavy}; {rest}" for heavy in one.heavy]
    return said


def upgrade(folder: Path, archive: Path, *, address: str, region: str, at: datetime, window: bool) -> Upgrade:
    """Back up, then apply what is missing, one migration after the other; each step is in the ledger.

    Raises:
        OperationFailed: refused, or a migration failed; what was applied before it stands, and `back` leads back.
    """
    found = check()
    if wrong := refusals(found, window=window):
        raise OperationFailed("refused, nothing was changed:\n  " + "\n  ".join(wrong))
    backup.make(archive, address=address, folder=folder, region=region, at=at)
    one = Upgrade(at.isoformat(), release.version(), str(archive.resolve()), applied_last())
    note(folder, one)
    for looked in found:
        try:
            one.waits += _patiently(lambda name=looked.name: _apply(name))  # type: ignore[misc]
        except Exception as error:
            one.ended, one.says = "failed", f"{looked.name}: {type(error).__name__}"
            note(folder, one)
            raise OperationFailed(
                f"{looked.name} failed: {error}. {len(one.applied)} migrations before it stand. "
                "Mend and run it again, or: sanfu upgrade --back"
            ) from error
        one.applied.append(looked.name)
        if looked.phase == CONTRACT or not looked.reversible:
            one.contract.append(looked.name)
        note(folder, one)
    one.ended = "done"
    note(folder, one)
    return one


def back(folder: Path) -> Upgrade:
    """Take the last upgrade back, migration by migration; afterwards the release before works here again.

    Raises:
        OperationFailed: there is none, or it has contracted: then only its backup leads back, and it is named.
    """
    open_ones = [one for one in ledger(folder) if one.ended != "taken back"]
    if not open_ones:
        raise OperationFailed("no upgrade is in the ledger; nothing to take back")
    one = open_ones[-1]
    if one.contract:
        raise OperationFailed(
            f"{', '.join(one.contract)} took something away that the release before needs. Restore the backup of before "
            f"into an empty place with that release: sanfu restore {one.archive}"
        )
    apps = {name.partition(".")[0] for name in one.applied}
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan([(app, one.before.get(app)) for app in sorted(apps)]):
        _patiently(partial(_move, _below(executor, migration)))
    one.ended = "taken back"
    note(folder, one)
    return one


def applied_last() -> dict[str, str]:
    """The last migration of each app that the database has seen."""
    loader = MigrationExecutor(connection).loader
    done = set(MigrationRecorder(connection).applied_migrations())
    nodes: dict[str, str] = {}
    for app, name in sorted(done):
        below = loader.graph.node_map.get((app, name))
        children = {child.key for child in below.children if child.key[0] == app} if below else set()
        if not children & done:
            nodes[app] = name
    return nodes


def _apply(name: str) -> None:
    app, _, migration = name.partition(".")
    _move((app, migration))


def _below(executor: MigrationExecutor, migration: Migration) -> tuple[str, str | None]:
    """Where an app stands when this migration of it is taken back."""
    app = migration.app_label
    parents = (one.key for one in executor.loader.graph.node_map[app, migration.name].parents)
    return app, next((name for of, name in parents if of == app), None)


def _move(target: tuple[str, str | None]) -> None:
    """Apply or take back, and write it down: both or neither, so that what met a lock at its end is tried again whole.

    Django writes down a migration with deferred statements after its transaction. One that says it is not atomic stays so.
    """
    executor = MigrationExecutor(connection)
    whole = all(one.atomic for one, _ in executor.migration_plan([target]))
    with transaction.atomic() if whole else nullcontext():
        executor.migrate([target])


def _patiently(work: Callable[[], Any]) -> int:
    """Do work under a short lock wait, again when a lock was not to be had; returns how often it waited."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WAIT])
    try:
        for waited in range(TRIES):
            try:
                work()
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") not in LOCKED or waited == TRIES - 1:
                    raise
                time.sleep(REST)
            else:
                return waited
        return TRIES
    finally:
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', '0', false)")
