"""What Citus schema-based sharding would not take of a county's schema (分片检查), read from PostgreSQL's catalogue.

A schema that lives on one node keeps joins, transactions and row locks. Refused there: whatever ties it to another schema
(inheritance, partitions, keys, views, types, sequences), triggers that fire once a statement or read transition tables,
sequences below bigint, foreign tables. Without `citus.enable_unsafe_triggers` row triggers are refused too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

# Relations of the county; schemas that every node has of itself.
OWN = "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = %(schema)s"
ELSEWHERE = "NOT IN (%(schema)s, 'pg_catalog', 'information_schema', 'pg_toast')"

# finding → rows (object, what it is); %(schema)s is the county's
CHECKS: dict[str, str] = {
    "inherits": """
        SELECT i.inhrelid::regclass::text, 'inherits ' || i.inhparent::regclass FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(schema)s AND NOT c.relispartition""",
    "key into another schema": """
        SELECT k.conrelid::regclass::text, k.conname || ' → ' || k.confrelid::regclass FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class t ON t.oid = k.confrelid
        WHERE k.contype = 'f' AND n.nspname = %(schema)s AND t.relnamespace <> c.relnamespace""",
    "partition of another schema": """
        SELECT i.inhrelid::regclass::text, 'a partition of ' || i.inhparent::regclass FROM pg_inherits i
        JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
        WHERE p.relnamespace <> c.relnamespace AND %(schema)s::regnamespace IN (p.relnamespace, c.relnamespace)""",
    "view of another schema": f"""
        SELECT DISTINCT c.oid::regclass::text, 'reads ' || t.oid::regclass FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm') {OWN}
        JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace o ON o.oid = t.relnamespace
        WHERE o.nspname {ELSEWHERE}""",
    "type of another schema": f"""
        SELECT c.oid::regclass::text, a.attname || ' ' || t.oid::regtype FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') {OWN}
        JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace o ON o.oid = t.typnamespace
        LEFT JOIN pg_depend e ON e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e'
        WHERE a.attnum > 0 AND NOT a.attisdropped AND o.nspname {ELSEWHERE} AND e.objid IS NULL""",
    "sequence of another schema": f"""
        SELECT c.oid::regclass::text, 'counts by ' || s.oid::regclass FROM pg_attrdef f
        JOIN pg_class c ON c.oid = f.adrelid {OWN}
        JOIN pg_depend d ON d.objid = f.oid AND d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' AND s.relnamespace <> c.relnamespace""",
    "foreign table": f"""
        SELECT c.oid::regclass::text, 'lies on another server' FROM pg_class c {OWN} WHERE c.relkind = 'f'""",
    "trigger with transition tables": f"""
        SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid {OWN}
        WHERE NOT t.tgisinternal AND coalesce(t.tgoldtable, t.tgnewtable) IS NOT NULL""",
    "trigger once a statement": """
        SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND n.nspname = %(schema)s AND t.tgtype & 1 = 0""",
    "sequence below bigint": """
        SELECT s.sequencename, s.data_type::text FROM pg_sequences s
        WHERE s.schemaname = %(schema)s AND s.data_type <> 'bigint'::regtype""",
    "rule": """
        SELECT r.ev_class::regclass::text, r.rulename FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p')""",
    "unlogged table": """
        SELECT c.oid::regclass::text, 'unlogged' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(schema)s AND c.relkind = 'r' AND c.relpersistence = 'u'""",
}
NEEDS: dict[str, str] = {
    "row triggers (citus.enable_unsafe_triggers = on)": """
        SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND n.nspname = %(schema)s AND t.tgtype & 1 = 1""",
    "functions (connect to the node that holds the schema)": """
        SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s""",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that would be refused."""

    what: str
    where: str
    says: str


def check(address: str, schema: str) -> tuple[list[Finding], dict[str, int]]:
    """What would be refused of a schema, and what it needs to be set; nothing is changed."""
    with psycopg.connect(address) as connection:
        return look(connection, schema)


def look(connection: psycopg.Connection[Any], schema: str) -> tuple[list[Finding], dict[str, int]]:
    """As `check`, on a connection that is open."""
    asked: Mapping[str, str] = {"schema": schema}
    found = [
        Finding(what, str(where), str(says))
        for what, query in CHECKS.items()
        for where, says in connection.execute(query, asked).fetchall()
    ]
    needs = {}
    for what, query in NEEDS.items():
        row = connection.execute(query, asked).fetchone()
        needs[what] = int(row[0]) if row else 0
    return found, needs
