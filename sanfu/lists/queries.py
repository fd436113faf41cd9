"""Reads of lists: the version of a day, its rows, history, and what an item is checked against."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.db.models import BooleanField, Count, F, Func, OuterRef, QuerySet, Subquery, Value

from sanfu.kernel.conditions import Vocabulary
from sanfu.lists.content import read_frame
from sanfu.lists.difference import Difference, compare
from sanfu.lists.items import RequestItem
from sanfu.lists.models import ListImport, ListItem, ListVersion
from sanfu.lists.rules import Frame, Level, Place, Problem, read_row
from sanfu.lists.states import ListKind
from sanfu.lists.units import Unit, Units
from sanfu.lists.versions import IN_FORCE
from sanfu.lists.versions import queries as of_versions
from sanfu.people.models import Organisation
from sanfu.records.content import CONTENT


def in_force(kind: ListKind, on: date, *, region: str) -> ListVersion | None:
    """The version by which a day is judged, or None when there was none."""
    return of_versions.in_force(ListVersion, on, region=region, kind=kind)


def versions(region: str, kind: ListKind) -> QuerySet[ListVersion]:
    """All versions of a list, newest number first."""
    rows = ListVersion.objects.filter(region=region, kind=kind)
    return rows.order_by("-number")


def version_of(region: str, version_id: uuid.UUID) -> ListVersion | None:
    """One version of the county, or None."""
    rows = ListVersion.objects.select_related("base")
    return rows.filter(region=region, id=version_id).first()


def imports(region: str, kind: ListKind) -> QuerySet[ListImport]:
    """Files that were brought in, newest first, usable or not."""
    rows = ListImport.objects.filter(region=region, kind=kind).select_related("file", "version", "by")
    return rows.order_by("-at")


def import_of(region: str, import_id: uuid.UUID) -> ListImport | None:
    """One import with its report, or None."""
    rows = ListImport.objects.select_related("file", "version", "by")
    return rows.filter(region=region, id=import_id).first()


def rows_of_version(version: ListVersion) -> QuerySet[ListItem]:
    """Rows of a version in list order, for list pages; `lead_short` names the lead unit when one leads always."""
    short = Organisation.objects.filter(region=OuterRef("region"), code=OuterRef("lead")).values("short")
    rows = ListItem.objects.filter(region=version.region, version=version)
    return rows.annotate(lead_short=Subquery(short[:1])).order_by("position")


def search(rows: QuerySet[ListItem], words: str) -> QuerySet[ListItem]:
    """Rows whose code, name, class, phrasings or keywords hold the words; two characters are enough."""
    for word in words.lower().split():
        rows = rows.filter(words__icontains=word)
        if len(word) >= 2 and "\\" not in word:  # the index narrows; the line above decides
            rows = rows.filter(_has_pairs(word))
    return rows


def codes_said(region: str, kind: ListKind, words: str) -> set[str]:
    """Codes of the items that words mean, in any version of the county's list: orders of old versions count too.

    A whole heading means its own item alone, not each one whose words hold it.
    """
    items = ListItem.objects.filter(region=region, version__kind=kind)
    named = set(items.filter(name=words.strip()).values_list("code", flat=True).order_by())
    return named or set(search(items, words).values_list("code", flat=True).order_by())


def headings(region: str, kind: ListKind) -> dict[str, str]:
    """Code → name of every item that was ever in force, as the newest version that has it says; in its order."""
    rows = ListItem.objects.filter(region=region, version__kind=kind, version__state__in=IN_FORCE)
    found: dict[str, str] = {}
    for code, name in rows.order_by("-version__effective_from", "position").values_list("code", "name"):
        found.setdefault(code, name)
    return found


def _has_pairs(word: str) -> Func:
    query = Func(Value(word), function="bigram_query")
    return Func(
        F("search"), query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField()
    )


@dataclass(frozen=True)
class ItemOf:
    """An item with its row and the version it stands in."""

    item: RequestItem
    row: ListItem
    version: ListVersion


@lru_cache(maxsize=16)
def _items(version_id: uuid.UUID, content_hash: str) -> tuple[RequestItem, ...]:
    del content_hash  # part of the key: a draft that changed is read again
    rows = ListItem.objects.filter(version_id=version_id).order_by("position")
    return tuple(item_from(row) for row in rows.values_list("payload", flat=True))


def item_from(payload: dict[str, Any]) -> RequestItem:
    """The item of a stored row. Its units are codes, so no directory is needed to read it."""
    item, problems = read_row(payload, Place("清单", 0), _stored_frame())
    errors = [str(problem) for problem in problems if problem.level is Level.ERROR]
    if item is None:
        raise ValueError(f"清单事项 {payload.get('code')} 读不出来：{'；'.join(errors)}")
    return item


def items_in_force(on: date, *, region: str) -> tuple[ListVersion, tuple[RequestItem, ...]] | None:
    """The responsibility list of a day: its version and its items, or None when there was none."""
    version = in_force(ListKind.REQUESTS, on, region=region)
    return (version, items_of(version)) if version else None


def items_of(version: ListVersion) -> tuple[RequestItem, ...]:
    """Items of a version. Read once per process: rows of a submitted version never change."""
    if not version.content_hash:
        rows = ListItem.objects.filter(version=version).order_by("position")
        return tuple(item_from(row) for row in rows.values_list("payload", flat=True))
    return _items(version.id, version.content_hash)


def item_of(version: ListVersion, code: str) -> ItemOf | None:
    """One item of a version by its code."""
    row = ListItem.objects.filter(region=version.region, version=version, code=code).first()
    return ItemOf(item_from(row.payload), row, version) if row else None


def history(region: str, kind: ListKind, code: str) -> list[ItemOf]:
    """The item in every version that was ever in force, oldest first."""
    rows = (
        ListItem.objects.filter(region=region, version__kind=kind, version__state__in=IN_FORCE, code=code)
        .select_related("version")
        .order_by("version__effective_from")
    )
    return [ItemOf(item_from(row.payload), row, row.version) for row in rows]


def payloads(version: ListVersion) -> list[dict[str, Any]]:
    """Rows of a version as plain data in list order."""
    rows = ListItem.objects.filter(region=version.region, version=version).order_by("position")
    return list(rows.values_list("payload", flat=True))


def faults_of(version: ListVersion) -> list[str]:
    """Errors of its rows in words; rows of another day are checked against the units of today."""
    rows = payloads(version)
    if not rows:
        return ["本版没有事项，请先导入或添加"]
    frame = frame_of(version.region)
    problems = [one for row in rows for one in read_row(row, Place("本版", 0), frame)[1]]
    return [f"{one.code} {text}" for one in problems for text in said_of([one])]


def said_of(problems: Iterable[Problem]) -> list[str]:
    """Errors among problems as sentences with an example and what to do."""
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    return [f"{one.what}{f'（例：{one.example}）' if one.example else ''}，{one.todo}" for one in errors]


def difference(old: ListVersion | None, new: ListVersion) -> Difference:
    """What a version changes; against nothing, everything is new."""
    return compare(payloads(old) if old else (), payloads(new))


def classes_of(version: ListVersion) -> list[tuple[str, int]]:
    """First-level classes of a version with their number of items, largest first."""
    rows = ListItem.objects.filter(region=version.region, version=version).values_list("l1")
    return list(rows.annotate(n=Count("id")).order_by("-n", "l1"))


def class_names(region: str) -> list[str]:
    """First-level classes that any version of the county's lists uses."""
    rows = ListItem.objects.filter(region=region).order_by("l1")
    return list(rows.values_list("l1", flat=True).distinct())


def conditional_items(version: ListVersion) -> list[RequestItem]:
    """Items of a version whose lead unit depends on facts."""
    rows = ListItem.objects.filter(region=version.region, version=version, conditional=True)
    return [item_from(payload) for payload in rows.order_by("position").values_list("payload", flat=True)]


def units_of(region: str) -> Units:
    """The county's organisations as the units that a list may name."""
    rows = Organisation.objects.filter(region=region)
    return Units(Unit(row.code, row.name, row.short, tuple(row.aliases)) for row in rows)


def frame_of(region: str) -> Frame:
    """What a new row is checked against: the county's units and the attributes and replies in content/."""
    return read_frame(CONTENT / "requests", units_of(region))


def vocabulary() -> Vocabulary:
    """Attributes that conditions of the responsibility list may test."""
    return _stored_frame().vocabulary


def replies() -> Mapping[str, str]:
    """Reply templates by name."""
    return _stored_frame().replies


def words_of(payload: dict[str, Any]) -> str:
    """What a search of the item looks through."""
    parts: Iterable[Any] = (
        payload.get("code", ""),
        payload.get("name", ""),
        payload.get("l1", ""),
        payload.get("l2", ""),
        payload.get("l3", ""),
        *payload.get("says", ()),
        *payload.get("keys", ()),
    )
    return " ".join(str(part) for part in parts)


class _AnyUnits(Units):
    """Accepts every code: stored rows were checked when they came in."""

    def __init__(self) -> None:
        super().__init__(())

    def resolve(self, word: str) -> str | None:
        return word


@cache
def _stored_frame() -> Frame:
    return read_frame(CONTENT / "requests", _AnyUnits())
