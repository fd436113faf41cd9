"""扣留 (hold): whether this database was restored and nothing may leave it before a person says so.

The mark is a table of its own, which the restore makes before the first row comes back: events that wait in the outbox and
notices that wait for mail or hook were perhaps sent by the system that was lost. It is never part of a backup.
"""

from django.db import connection

TABLE = "sanfu_hold"


def is_held() -> bool:
    """Whether outbox and notices are held since a restore."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        row = cursor.fetchone()
    return bool(row and row[0])
