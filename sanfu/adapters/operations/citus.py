"""What Citus schema-based sharding would not take of a county's schema (分片检查), read from PostgreSQL's catalogue.

A schema that lives on one node keeps joins, transactions and row locks. Refused there: inheritance, keys into other schemas,
triggers that fire once a statement, sequences below bigint. Without `citus.enable_unsafe_triggers` row triggers are refused too.
"""

from dataclasses import dataclass

import psycopg

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
        found = [
            Finding(what, str(where), str(says))
            for what, query in CHECKS.items()
            for where, says in connection.execute(query, {"schema": schema}).fetchall()
        ]
        needs = {}
        for what, query in NEEDS.items():
            row = connection.execute(query, {"schema": schema}).fetchone()
            needs[what] = int(row[0]) if row else 0
    return found, needs
