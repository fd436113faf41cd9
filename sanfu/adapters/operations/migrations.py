"""Migrations looked at before they run (升级检查): which would rewrite or lock a big table, and what cannot be taken back.

The SQL of each pending migration is read statement by statement. A table that the same migrations make is nobody's yet. What
locks a big table for longer than a moment is refused unless the migration says so: `heavy = "why, how long"` in its class.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython

BIG = 100_000  # rows from which a scan under a lock is felt
EXPAND, MIGRATE, CONTRACT = "expand", "migrate", "contract"

_TABLE = r'(?:IF (?:NOT )?EXISTS )?(?:ONLY )?(?:"?public"?\.)?"?(\w+)"?'
# pattern of a statement → what it does to its table; the first that fits speaks
HEAVY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I | re.S), says)
    for pattern, says in (
        (rf"^(?:VACUUM FULL|CLUSTER)\s+{_TABLE}", "rewrites the table under a lock that nobody reads through"),
        (rf"^ALTER TABLE {_TABLE}.*\bALTER COLUMN\b.*\bTYPE\b", "may rewrite the table under a lock that nobody reads through"),
        (rf"^ALTER TABLE {_TABLE}.*\bSET NOT NULL\b", "reads the whole table under a lock that nobody reads through"),
        (rf"^ALTER TABLE {_TABLE}.*\bADD COLUMN\b.*\bDEFAULT\s+(?:gen_random_uuid|random|clock_timestamp|nextval)\b",
         "writes every row under a lock that nobody reads through"),
        (rf"^ALTER TABLE {_TABLE}.*\bADD COLUMN\b.*\bGENERATED ALWAYS\b.*\bSTORED\b",
         "writes every row under a lock that nobody reads through"),
        (rf"^ALTER TABLE {_TABLE}.*\bADD CONSTRAINT\b(?!.*\bNOT VALID\b)(?!.*\bUSING INDEX\b)",
         "reads the whole table while nobody writes"),
        (rf"^ALTER TABLE {_TABLE}.*\bSET (?:TABLESPACE|LOGGED|UNLOGGED)\b", "rewrites the table"),
        (rf"^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*?\bON\s+{_TABLE}", "nobody writes until the index is built"),
        (rf"^LOCK TABLE {_TABLE}", "locks the table"),
        (rf"^UPDATE {_TABLE}", "writes rows in one transaction"),
        (rf"^DELETE FROM {_TABLE}", "deletes rows in one transaction"),
        (rf"^REINDEX TABLE (?!CONCURRENTLY){_TABLE}", "nobody writes until the indexes are built"),
    )
)  # fmt: skip
# What the release before needs: afterwards only the backup leads back.
GONE = re.compile(
    r"^(?:DROP TABLE|TRUNCATE|ALTER TABLE .*(?:\bDROP COLUMN\b|\bRENAME (?:TO|COLUMN)\b|\bSET NOT NULL\b))",
    re.I | re.S,
)
CREATES = re.compile(rf"^CREATE (?:UNLOGGED )?TABLE {_TABLE}", re.I)
ALTERS_TYPE_FREELY = re.compile(
    r"\bTYPE (?:text|varchar(?:\((\d+)\))?|character varying(?:\((\d+)\))?)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One migration: its phase, what is heavy in it, what it says of that itself, whether it can be taken back."""

    name: str
    phase: str
    heavy: tuple[str, ...]
    says: str
    reversible: bool


def statements(sql: str) -> list[str]:
    """Statements of a script; bodies between dollar quotes stay whole, comments are dropped."""
    found, kept, quote = [], "", ""
    for part in re.split(r"(\$\w*\$|;|--[^\n]*|'(?:[^']|'')*')", sql):
        if re.fullmatch(r"\$\w*\$", part):
            quote = "" if quote == part else quote or part
        elif not quote and part.startswith("--"):
            continue
        elif part == ";" and not quote:
            found.append(kept.strip())
            kept = ""
            continue
        kept += part
    return [" ".join(one.split()) if "$" not in one else one for one in [*found, kept.strip()] if one]


def heavy_in(script: Iterable[str], sizes: dict[str, int], big: int = BIG) -> list[str]:
    """What in these statements rewrites or locks a big table; sizes: rows of the tables that stand."""
    made: set[str] = set()
    found = []
    for one in script:
        if (created := CREATES.match(one)) is not None:
            made.add(created[1].lower())
            continue
        for pattern, says in HEAVY:
            fits = pattern.match(one)
            if fits is None:
                continue
            table = next(group for group in fits.groups() if group).lower()
            if table not in made and sizes.get(table, 0) >= big:
                found.append(f"{table} ({sizes[table]:,} rows): {says} — {one[:120]}")
            break
    return found


def is_contract(script: Iterable[str]) -> bool:
    """Whether the release before could not work on what these statements leave."""
    return any(GONE.match(one) for one in script)


def table_sizes() -> dict[str, int]:
    """Rows of every table as the planner believes; never counted, so never slow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, greatest(c.reltuples, s.n_live_tup)::bigint FROM pg_class c "
            "LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p') AND n.nspname = current_schema()"
        )
        return {name: int(rows) for name, rows in cursor.fetchall()}


def pending() -> list[tuple[Any, bool]]:
    """Migrations of this checkout that the database has not seen, in order (Django's plan)."""
    executor = MigrationExecutor(connection)
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def look(plan: list[tuple[Any, bool]], sizes: dict[str, int], big: int = BIG) -> list[Looked]:
    """All migrations of a plan, looked at in order; nothing is run.

    Raises:
        OperationFailed: the SQL of one cannot be made.
    """
    loader, made = MigrationExecutor(connection).loader, dict(sizes)
    state = loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes])
    found = []
    for migration, _ in plan:
        script, state = _script(migration, state)
        created = {match[1].lower() for one in script if (match := CREATES.match(one))}
        standing = {table: rows for table, rows in made.items() if table not in created}
        python = [one for one in migration.operations if isinstance(one, RunPython)]
        heavy = heavy_in(script, standing, big)
        says = str(getattr(migration, "heavy", ""))
        if python and not says:
            heavy += [
                f"{migration.app_label}.{migration.name}: runs Python of which nobody knows how long it holds locks"
            ]
        contract = is_contract(script)
        back = all(one.reversible for one in migration.operations) and not contract
        phase = (
            CONTRACT if contract else MIGRATE if python or any(_moves_rows(one) for one in script) else EXPAND
        )
        found.append(Looked(f"{migration.app_label}.{migration.name}", phase, tuple(heavy), says, back))
        made |= dict.fromkeys(created, 0)
    return found


def _moves_rows(statement: str) -> bool:
    return bool(re.match(r"^(?:UPDATE|DELETE|INSERT)\b", statement, re.I))


def _script(migration: Any, state: Any) -> tuple[list[str], Any]:
    """The statements of a migration as they would be run, and the models after it; nothing is run."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        after = migration.apply(state.clone(), editor, collect_sql=True)
    return statements("\n".join(map(str, editor.collected_sql))), after
