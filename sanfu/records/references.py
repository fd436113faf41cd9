"""What refers to a stored file: foreign keys, ids in columns of their own, and ids inside JSON of rows and events."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Exists, ForeignKey, JSONField, Model, OuterRef, QuerySet, UUIDField

from sanfu.records.models import Event, StoredFile

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def unreferred(*, region: str, before: datetime) -> list[StoredFile]:
    """Files older than a moment that no row, no job and no event names, oldest first."""
    rows = _without_rows_of_their_own(StoredFile.objects.filter(region=region, at__lt=before)).order_by("at")
    files = list(rows)
    named = _named({one.id for one in files}, since=files[0].at) if files else set()
    return [one for one in files if one.id not in named]


def _without_rows_of_their_own(files: "QuerySet[StoredFile]") -> "QuerySet[StoredFile]":
    for model, column in _foreign_keys():
        files = files.filter(~Exists(model._base_manager.filter(**{column: OuterRef("pk")})))
    return files


def _models() -> Iterator[type[Model]]:
    return (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)


def _foreign_keys() -> Iterator[tuple[type[Model], str]]:
    for model in _models():
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and field.related_model is StoredFile:
                yield model, field.attname


def _named(ids: set[uuid.UUID], since: datetime) -> set[uuid.UUID]:
    """Those of the ids that stand in a column without a foreign key, or anywhere inside JSON."""
    found: set[uuid.UUID] = set()
    for model in _models():
        for field in model._meta.local_fields:
            if isinstance(field, JSONField):
                found |= _inside(model, str(field.column), ids, since)
            elif isinstance(field, UUIDField) and not field.primary_key and field.model is not Event:
                rows = model._base_manager.filter(**{f"{field.attname}__in": ids})
                found |= set(rows.values_list(field.attname, flat=True))
            elif isinstance(field, ArrayField) and isinstance(field.base_field, UUIDField):
                rows = model._base_manager.filter(**{f"{field.attname}__overlap": list(ids)})
                found |= {one for several in rows.values_list(field.attname, flat=True) for one in several}
    return found & ids


def _inside(model: type[Model], column: str, ids: Iterable[uuid.UUID], since: datetime) -> set[uuid.UUID]:
    quote = connection.ops.quote_name
    # An event before the oldest of the files cannot name one of them.
    late = " AND (t.at >= %s OR t.recorded_at >= %s)" if model is Event else ""
    sql = (
        f"SELECT DISTINCT m[1]::uuid FROM {quote(model._meta.db_table)} t, "
        f"regexp_matches(t.{quote(column)}::text, '({_ID})', 'g') m WHERE m[1] = ANY(%s){late}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[str(one) for one in ids], *([since, since] if late else [])])
        return {row[0] for row in cursor.fetchall()}
