"""Reads of versions: which one holds on a day, and how a reader understands its state on that day."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from sanfu.lists.versions.models import IN_FORCE, Version
from sanfu.lists.versions.states import VersionState

V = TypeVar("V", bound=Version)


def holding(on: date) -> Q:
    """The condition that a version holds on a day."""
    ends = Q(effective_to__isnull=True) | Q(effective_to__gt=on)
    return Q(state__in=IN_FORCE, effective_from__lte=on) & ends


def in_force_rows(model: type[V], on: date, *, region: str, **key: Any) -> "QuerySet[V]":
    """Every version of a kind that holds on a day: one a line."""
    return model._default_manager.filter(holding(on), region=region, **key)


def in_force(model: type[V], on: date, *, region: str, **key: Any) -> V | None:
    """The version of one line that holds on a day, or None: a task of March is judged by March's list."""
    return in_force_rows(model, on, region=region, **key).order_by("-effective_from").first()


def stands(version: Version, on: date) -> tuple[str, str]:
    """Word and tone of a version on a day: published is not yet in force, replaced may still be."""
    start, end = version.effective_from, version.effective_to
    state = VersionState(version.state)
    if version.state not in IN_FORCE or start is None or (end is not None and end <= on):
        return state.label, state.tone
    if on < start:
        return f"{start} 起执行", "info"
    return ("现行", "ok") if end is None else (f"现行，{end} 起不再执行", "ok")
