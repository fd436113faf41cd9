"""Limits of tries (限次), kept in PostgreSQL: all processes count together and a restart forgets nothing.

Two ways: `spend` counts every use of a quota within a window; `failed` counts what went wrong, and each failure
beyond the free ones doubles the wait. Call both outside the transaction of the work: what is rolled back is not counted.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from sanfu.records.actor import Actor

FORGET = timedelta(days=1)  # a limit that nobody touched for a day is deleted by the nightly sweep


@dataclass(frozen=True, slots=True)
class Quota:
    """So many uses within a window that begins with the first of them."""

    scope: str
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How failures are borne: `free` without a wait, then `first`, doubled by each further one, `longest` at most.

    After `forget` without a failure the count begins anew.
    """

    scope: str
    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta


def spend(quota: Quota, key: str, *, region: str, at: datetime) -> datetime | None:
    """Count one use; None while the quota holds, else the moment from which it holds again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_limit AS l (region, scope, key, count, since, last) "
            "VALUES (%(region)s, %(scope)s, %(key)s, 1, %(at)s, %(at)s) "
            "ON CONFLICT (region, scope, key) DO UPDATE SET last = %(at)s, "
            "count = CASE WHEN l.since <= %(begin)s THEN 1 ELSE l.count + 1 END, "
            "since = CASE WHEN l.since <= %(begin)s THEN %(at)s ELSE l.since END "
            "RETURNING count, since",
            {**_row(quota.scope, key, region), "at": at, "begin": at - quota.window},
        )
        row: tuple[int, datetime] = cursor.fetchone()
    return row[1] + quota.window if row[0] > quota.most else None


def failed(patience: Patience, key: str, *, region: str, at: datetime) -> datetime | None:
    """Count one failure; the moment until which the next try must wait, None while failures are free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_limit AS l (region, scope, key, count, since, last) "
            "VALUES (%(region)s, %(scope)s, %(key)s, 1, %(at)s, %(at)s) "
            "ON CONFLICT (region, scope, key) DO UPDATE SET last = %(at)s, "
            "count = CASE WHEN l.last <= %(old)s THEN 1 ELSE l.count + 1 END RETURNING count",
            {**_row(patience.scope, key, region), "at": at, "old": at - patience.forget},
        )
        count = int(cursor.fetchone()[0])
        beyond = count - patience.free
        if beyond < 0:
            return None
        wait: timedelta = min(patience.first * 2 ** min(beyond, 20), patience.longest)
        cursor.execute(
            "UPDATE records_limit SET until = %(until)s "
            "WHERE region = %(region)s AND scope = %(scope)s AND key = %(key)s",
            {**_row(patience.scope, key, region), "until": at + wait},
        )
    return at + wait


def waits_until(scope: str, key: str, *, region: str, at: datetime) -> datetime | None:
    """The moment until which tries under a key must wait; None when they need not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT until FROM records_limit WHERE region = %(region)s AND scope = %(scope)s AND key = %(key)s "
            "AND until > %(at)s",
            {**_row(scope, key, region), "at": at},
        )
        row: tuple[datetime] | None = cursor.fetchone()
    return row[0] if row else None


def forgive(scope: str, key: str, *, region: str) -> bool:
    """Forget the failures under a key; returns whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM records_limit WHERE region = %(region)s AND scope = %(scope)s AND key = %(key)s",
            _row(scope, key, region),
        )
        return bool(cursor.rowcount)


def forget_old(*, region: str, by: Actor, at: datetime) -> int:
    """Forget limits that nobody touched for a day; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_limit WHERE region = %s AND last < %s", [region, at - FORGET])
        return int(cursor.rowcount)


def _row(scope: str, key: str, region: str) -> dict[str, str]:
    return {"region": region, "scope": scope, "key": hashlib.sha256(key.encode()).hexdigest()}
