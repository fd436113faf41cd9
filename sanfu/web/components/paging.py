"""How many rows a list has and the keys of one page of it, quick on 100,000 rows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

FRESH_COUNT = 2_000  # up to here a count is asked anew at every request
COUNT_SECONDS = 30
JOINED_WHOLE = 200  # matching rows up to which joining all of them is cheaper than asking twice


def keys_between(ordered: QuerySet[Any], start: int, end: int, total: int) -> list[Any]:
    """The keys of some rows, looked up from the nearer end."""
    if start >= end:
        return []
    keys = ordered.values_list("pk", flat=True)
    return (
        list(keys[start:end])
        if start <= total // 2
        else list(keys.reverse()[total - end : total - start])[::-1]
    )


def rows_by_keys(rows: QuerySet[Any], keys: Sequence[Any], paths: Iterable[str]) -> list[Mapping[str, Any]]:
    """What some paths say of the rows with these keys, in the order of the keys."""
    plain = rows.model._default_manager.all() if not rows.query.annotations else rows
    asked = dict.fromkeys(["pk", *paths])
    found: dict[Any, Mapping[str, Any]] = {
        row["pk"]: row for row in plain.filter(pk__in=keys).order_by().values(*asked)
    }
    return [found[key] for key in keys if key in found]


def known(rows: "QuerySet[Any] | list[Any]", keys: Sequence[Any] | None) -> QuerySet[Any] | None:
    """Matching rows by their keys where these are known, so that the scope is not asked again; else None."""
    if keys is None or not isinstance(rows, QuerySet) or rows.query.annotations:
        return None
    if len(set(keys)) < len(keys):  # a filter over a joined table meets a row twice
        return None
    plain: QuerySet[Any] = rows.model._default_manager.using(rows.db).filter(pk__in=keys)
    return plain.order_by(*rows.query.order_by)


def picks_rows(rows: QuerySet[Any]) -> bool:
    """Whether a queryset is plainly rows of its model: no groups, no distinct, no union, no chosen columns."""
    query = rows.query
    return query.group_by is None and not (query.distinct or query.combinator or query.values_select)


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows an answer has and, where they are few, their keys."""

    total: int
    keys: list[Any] | None = None


def found(rows: QuerySet[Any]) -> Found:
    """Number of rows and the keys of up to 2,000: exact and fresh up to there; above exact, at most half a minute old.

    The scope of the rows is asked once: a page of few rows is then picked by these keys.
    """
    plain = rows.order_by()
    picked = plain.values_list("pk") if picks_rows(rows) else plain
    try:
        sql, values = picked[: FRESH_COUNT + 1].query.sql_with_params()
    except EmptyResultSet:  # a filter that no row can meet, such as one of an empty set
        return Found(0, [])
    key = "count:" + hashlib.sha256(f"{sql}{values}".encode()).hexdigest()
    kept = cache.get(key)
    if kept is not None:
        return Found(int(kept))
    with connections[plain.db].cursor() as cursor:
        cursor.execute(sql, values)
        few = cursor.fetchall()
    if len(few) <= FRESH_COUNT:
        return Found(len(few), [row[0] for row in few] if picks_rows(rows) else None)
    total = plain.count()
    cache.set(key, total, COUNT_SECONDS)
    return Found(total)


def count(rows: QuerySet[Any]) -> int:
    """How many rows: exact and fresh up to 2,000; above that exact but at most half a minute old."""
    return found(rows).total
