"""Functions, views and triggers: the database holds what the files in `sql/` say, and nothing else."""

import re

import pytest
from django.db import connection, transaction

from sanfu.records.sqlfiles import SANFU, all_files

pytestmark = pytest.mark.django_db
NAMED = re.compile(r"CREATE OR REPLACE (?:FUNCTION|VIEW|TRIGGER) (\w+)")
THEIRS = re.compile(r".*pgtrigger|procrastinate_")
HELD = {
    "function": """SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
                   WHERE nspname = 'public' AND NOT EXISTS (
                       SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "view": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "trigger": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


def held() -> dict[tuple[str, str], str]:
    """(what, name) → its text as PostgreSQL gives it; what pgtrigger and procrastinate bring themselves is left out."""
    with connection.cursor() as cursor:
        found = {}
        for what, sql in HELD.items():
            cursor.execute(sql)
            found |= {(what, name): text for name, text in cursor.fetchall()}
    return {key: text for key, text in found.items() if not THEIRS.match(key[1])}


def test_the_database_holds_what_the_files_say() -> None:
    before = held()
    with transaction.atomic(), connection.cursor() as cursor:
        for path in all_files():
            cursor.execute(path.read_text(encoding="utf-8"))
        after = held()
        transaction.set_rollback(True)
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    assert changed == [], "a new migration must name the file (SqlFile)"


def test_each_is_in_one_file() -> None:
    named = [name for path in all_files() for name in NAMED.findall(path.read_text(encoding="utf-8"))]
    assert sorted(named) == sorted(name for _, name in held())


def test_no_migration_writes_a_function_of_its_own() -> None:
    """Such a text would be a second one beside the file."""
    for path in SANFU.glob("**/migrations/[0-9]*.py"):
        assert not re.search(
            r"CREATE (OR REPLACE )?(FUNCTION|VIEW|PROCEDURE)\b", path.read_text(encoding="utf-8")
        ), path
