"""Search of cases by number and words: finds every kind of case that has a page, in every room."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from sanfu.cases.models import Case
from sanfu.cases.queries import find_text, visible
from sanfu.people.scope import Parts
from sanfu.records.actor import Actor
from sanfu.records.finding import SHORTEST, Hit, beginning, folded
from sanfu.records.manifest import CaseKind
from sanfu.records.wires import case_kinds

NUMBER = re.compile(
    r"[a-z]{1,4}\d{4,}", re.ASCII
)  # a business number or its beginning, as a person copies it


@dataclass(frozen=True, slots=True)
class Found:
    """Cases of one kind that were found, the newest first; `exact` when the words are the number of the only one."""

    kind: CaseKind
    hits: tuple[Hit, ...]
    exact: bool = False


def find(actor: Actor, words: str, limit: int) -> list[Found]:
    """Visible cases that hold the words, by kind; a number finds its case alone, its beginning those that go on so."""
    words = folded(words)
    if len(words) < SHORTEST:
        return []
    kinds = {kind.code: kind for kind in case_kinds().values() if kind.page and _may(actor, kind)}
    if not kinds:
        return []
    if NUMBER.fullmatch(words):
        begun = [beginning(_scope(actor, kind), "number", words.upper()) for kind in kinds.values()]
        rows = _read([some.order_by("-number") for some in begun], limit)
        same = [row for row in rows if row["number"] == words.upper()]
        if rows:
            return _by_kind(kinds, same or rows, exact=len(same) == 1)
    newest = [find_text(_scope(actor, kind), words).order_by("-opened_at", "-id") for kind in kinds.values()]
    return _by_kind(kinds, _read(newest, limit), exact=False)


def _parts(kind: CaseKind) -> Parts:
    parts: Parts = import_string(kind.scope)
    return parts


def _may(actor: Actor, kind: CaseKind) -> bool:
    """Whether the actor may have any case of the kind: by permission, or as person or firm."""
    parts = _parts(kind)
    return actor.may(*(one for one in (parts.see, parts.see_all) if one)) or bool(kind.seen)


def _scope(actor: Actor, kind: CaseKind) -> "QuerySet[Case]":
    return visible(actor, kind.code, _parts(kind))


def _read(some: list["QuerySet[Case]"], limit: int) -> list[dict[str, Any]]:
    """The first rows of each kind, in one question to the database."""
    columns = ("id", "kind", "number", "title", "state", "opened_at")
    first, *others = [rows.values(*columns)[:limit] for rows in some]
    return list(first.union(*others, all=True) if others else first)


def _by_kind(kinds: dict[str, CaseKind], rows: list[dict[str, Any]], exact: bool) -> list[Found]:
    found: dict[str, list[Hit]] = {}
    for row in sorted(rows, key=lambda row: row["opened_at"], reverse=True):
        kind = kinds[row["kind"]]
        state = import_string(kind.flow).states(row["state"]).label
        hit = Hit(f"{row['number']} {row['title']}", kind.page, (row["id"],), about=state)
        found.setdefault(kind.code, []).append(hit)
    return [Found(kinds[code], tuple(hits), exact) for code, hits in found.items()]
