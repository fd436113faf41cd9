"""Filters of a list: each reads its own query parameters, narrows the rows, and says what it did.

A filter works on a queryset and on plain rows (dicts) alike, so that a list from `content/` behaves as one
from the database.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from sanfu.records.moments import day_of

Rows = QuerySet[Any] | list[dict[str, Any]]
Choices = Iterable[tuple[Any, str]] | Callable[[], Iterable[tuple[Any, str]]]

SELECTED = mark_safe(" selected")


def _pick(row: Mapping[str, Any], path: str) -> Any:
    return row.get(path)


@dataclass(frozen=True)
class Filter:
    """What all filters share: the query parameter and the label."""

    key: str
    label: str
    kind = "text"

    def apply_to(self, rows: Rows, params: QueryDict) -> Rows:
        """The rows that pass; all of them when the parameter is absent or makes no sense."""
        raise NotImplementedError

    def state(self, params: QueryDict) -> dict[str, Any]:
        """What the form shows."""
        return {"key": self.key, "label": self.label, "kind": self.kind, "value": params.get(self.key, "")}


@dataclass(frozen=True)
class Search(Filter):
    """Key words (关键字). `apply(queryset, words)` is the room's own indexed search; else `fields`, contains.

    `offers` are words to choose from while typing: headings of a long list, which nobody knows by heart.
    """

    key: str = "q"
    label: str = "关键字"
    fields: Sequence[str] = ()
    apply: Callable[[Any, str], Rows] | None = None
    hint: str = "编号、标题、内容"
    offers: Sequence[str] | Callable[[], Sequence[str]] = ()
    kind = "search"

    def apply_to(self, rows: Rows, params: QueryDict) -> Rows:
        words = params.get(self.key, "").strip().replace("\x00", "")[:100]
        if not words:
            return rows
        if self.apply is not None:
            return self.apply(rows, words)
        if isinstance(rows, QuerySet):
            for word in words.split():
                rows = rows.filter(_any_contains(self.fields, word))
            return rows
        return [r for r in rows if all(_row_contains(r, self.fields, w) for w in words.lower().split())]

    def state(self, params: QueryDict) -> dict[str, Any]:
        offered = self.offers() if callable(self.offers) else self.offers
        return {**super().state(params), "hint": self.hint, "offers": _offered(tuple(offered))}


@lru_cache(maxsize=64)
def _offered(words: tuple[str, ...]) -> SafeString:
    return format_html_join("", '<option value="{}">', ((word,) for word in words))


def _any_contains(fields: Sequence[str], word: str) -> Q:
    condition = Q()
    for name in fields:
        condition |= Q(**{f"{name}__icontains": word})
    return condition


def _row_contains(row: Mapping[str, Any], fields: Sequence[str], word: str) -> bool:
    return any(word in str(_pick(row, f) or "").lower() for f in (fields or row.keys()))


@dataclass(frozen=True)
class Choice(Filter):
    """One of some values. `choices` may be a function, called at each request. `lookup` if it is not the key.

    `conditions` maps a value to a Q when the choice is not a plain equality (已超期, 临期 …).
    """

    choices: Choices = ()
    lookup: str = ""
    conditions: Mapping[str, Callable[[], Q]] | None = None
    kind = "choice"

    def options(self) -> list[tuple[str, str]]:
        """The choices as strings."""
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in found]

    def apply_to(self, rows: Rows, params: QueryDict) -> Rows:
        value = params.get(self.key, "")
        if not value or value not in {v for v, _ in self.options()}:
            return rows
        if isinstance(rows, QuerySet):
            if self.conditions and value in self.conditions:
                return rows.filter(self.conditions[value]())
            return rows.filter(**{self.lookup or self.key: value})
        return [r for r in rows if str(_pick(r, self.lookup or self.key)) == value]

    def state(self, params: QueryDict) -> dict[str, Any]:
        return {**super().state(params), "options": _options(tuple(self.options()), params.get(self.key, ""))}


@lru_cache(maxsize=1024)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    marked = ((value, SELECTED if value == chosen else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


@dataclass(frozen=True)
class Text(Filter):
    """What a column begins with, as typed (事项编号, 地点)."""

    lookup: str = ""
    hint: str = ""
    contains: bool = False
    kind = "words"

    def apply_to(self, rows: Rows, params: QueryDict) -> Rows:
        typed = params.get(self.key, "").strip().replace("\x00", "")[:100]
        name = self.lookup or self.key
        if not typed:
            return rows
        if isinstance(rows, QuerySet):
            return rows.filter(**{f"{name}__{'icontains' if self.contains else 'istartswith'}": typed})
        return [r for r in rows if typed.lower() in str(_pick(r, name) or "").lower()]

    def state(self, params: QueryDict) -> dict[str, Any]:
        return {**super().state(params), "hint": self.hint}


@dataclass(frozen=True)
class Dates(Filter):
    """From and to, both days included, on a date or a date-time column."""

    lookup: str = ""
    kind = "dates"

    def apply_to(self, rows: Rows, params: QueryDict) -> Rows:
        first, last = _date(params.get(f"{self.key}_from", "")), _date(params.get(f"{self.key}_to", ""))
        name = self.lookup or self.key
        if isinstance(rows, QuerySet):
            moment = _is_moment(rows, name)
            if first:
                rows = rows.filter(**{f"{name}__gte": _start(first) if moment else first})
            if last == date.max:  # no day comes after it: every row with a day
                rows = rows.filter(**{f"{name}__isnull": False})
            elif last:
                after = last + timedelta(days=1)
                rows = rows.filter(**{f"{name}__lt": _start(after) if moment else after})
            return rows
        return [r for r in rows if _within(_pick(r, name), first, last)]

    def state(self, params: QueryDict) -> dict[str, Any]:
        first, last = params.get(f"{self.key}_from", ""), params.get(f"{self.key}_to", "")
        return {**super().state(params), "from": first, "to": last, "value": first or last}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _is_moment(rows: QuerySet[Any], name: str) -> bool:
    """Whether a column holds date-times; an annotation is judged by its name, which ends in `_at` in this house."""
    *path, last = name.split("__")
    options = rows.model._meta
    try:
        for part in path:
            options = options.get_field(part).related_model._meta
        return bool(options.get_field(last).get_internal_type() == "DateTimeField")
    except FieldDoesNotExist:
        return last.endswith("_at")


def _within(value: Any, first: date | None, last: date | None) -> bool:
    if not first and not last:
        return True
    if isinstance(value, str):
        value = _date(value[:10])
    if isinstance(value, datetime):
        value = day_of(value)
    return isinstance(value, date) and (first or date.min) <= value <= (last or date.max)


@dataclass(frozen=True)
class Flag(Filter):
    """A tick box that narrows to a condition."""

    condition: Callable[[], Q] | None = None
    kind = "flag"

    def apply_to(self, rows: Rows, params: QueryDict) -> Rows:
        if params.get(self.key) != "1":
            return rows
        if isinstance(rows, QuerySet):
            return rows.filter(self.condition()) if self.condition else rows.filter(**{self.key: True})
        return [r for r in rows if _pick(r, self.key)]


def own_params(params: QueryDict, prefix: str) -> QueryDict:
    """The parameters of one list among several on a page, without its prefix."""
    own = QueryDict(mutable=True)
    for key in params:
        if key.startswith(prefix):
            own.setlist(key.removeprefix(prefix), params.getlist(key))
    return own
