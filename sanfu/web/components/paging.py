"""How many rows a list has and the keys of one page of it, quick on 100,000 rows."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

FRESH_COUNT = 2_000  # up to here a count is asked anew at every request
COUNT_SECONDS = 30


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


def picks_rows(rows: QuerySet[Any]) -> bool:
    """Whether a queryset is plainly rows of its model: no groups, no distinct, no union, no chosen columns."""
    query = rows.query
    return query.group_by is None and not (query.distinct or query.combinator or query.values_select)


def count(rows: QuerySet[Any]) -> int:
    """How many rows: exact and fresh up to 2,000; above that exact but at most half a minute old."""
    plain = rows.order_by()
    try:
        sql, values = plain.values("pk").query.sql_with_params()
    except EmptyResultSet:  # a filter that no row can meet, such as one of an empty set
        return 0
    key = "count:" + hashlib.sha256(f"{sql}{values}".encode()).hexdigest()
    kept = cache.get(key)
    if kept is not None:
        return int(kept)
    few = plain[: FRESH_COUNT + 1].count()
    if few <= FRESH_COUNT:
        return few
    found = plain.count()
    cache.set(key, found, COUNT_SECONDS)
    return found
