"""Lists: a `Table` declared once gives filters, sort, pages, export and the phone shape of every list page.

Fast on 100,000 rows: only the shown columns are read (`values`), rows become strings in one loop without
templates, small counts are exact and fresh, large ones are exact and at most half a minute old.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sanfu.kernel.flow import Labelled
from sanfu.web.components import cells
from sanfu.web.components.export import send
from sanfu.web.components.filters import Choice, Dates, Filter, Flag, Rows, Search

__all__ = ["Choice", "Column", "Dates", "Filter", "Flag", "Listing", "Search", "Table"]

FRESH_COUNT = 2_000  # up to here a count is asked anew at every request
COUNT_SECONDS = 30
PER_PAGE = (20, 50, 100)
SORT_ICONS = {"ascending": "arrow-up", "descending": "arrow-down", "": "arrow-up-down"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column. `key` is the path for `values()`; a column made by `render` may name other paths in `needs`.

    kind: text, number, date, datetime, bool. `tags` is the enum of its states, or the word and tone of values that are no state (yes and no). `link` is a route name
    whose arguments are the row's `link_args`. `render(row)` returns text or safe HTML for the page, `export_as(row)`
    the value for files (default: the value, or the tag's word). `sort` is True, or the path to sort by. Where few rows
    have a value, `among` says which: sorted by it they come first both ways, and the others in the list's own order.
    """

    key: str
    label: str
    kind: str = "text"
    sort: bool | str = False
    among: Q | None = None
    link: str = ""
    link_args: tuple[str, ...] = ("id",)
    tags: type[Labelled] | Mapping[Any, tuple[str, str]] | None = None
    render: Callable[[Row], Any] | None = None
    export_as: Callable[[Row], Any] | None = None
    needs: tuple[str, ...] = ()
    wide: bool = False
    hidden: bool = False
    sticky: bool = False
    virtual: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """What must be read for this column."""
        own = () if self.virtual else (self.key,)
        return own + self.needs + (self.link_args if self.link else ())

    @property
    def sort_path(self) -> str:
        """The path to order by, or nothing."""
        return self.sort if isinstance(self.sort, str) else (self.key if self.sort else "")

    def renderer(self) -> Callable[[Row], str]:
        """A function from a row to the escaped content of this cell, chosen once per list and not per row."""
        if self.render is not None:
            made = self.render
            return lambda row: escaped(made(row))
        key, shown = self.key, self.shown
        if not self.link:
            return lambda row: escaped(shown(row.get(key)))
        link, arguments = _link(self.link, len(self.link_args)), self.link_args
        return lambda row: (
            f'<a href="{link % tuple(quote(str(row[a]), safe="") for a in arguments)}">{escaped(shown(row.get(key)))}</a>'
        )

    def shown(self, value: Any) -> Any:
        """A value as the page shows it."""
        if self.tags is not None:
            word, tone = self._tag(value)
            return cells.tag(str(cells.plain(word)), tone)
        if self.kind == "datetime":
            return cells.moment(value)
        return cells.plain(value)

    def _tag(self, value: Any) -> tuple[Any, str]:
        if isinstance(self.tags, Mapping):
            return self.tags.get(value, (value, "muted"))
        state = self.tags.of(value) if self.tags else None
        return (state.label, state.tone) if state else (value, "muted")

    def exported(self, row: Row) -> Any:
        """The value for a file: tags as words, the rest as it is."""
        if self.export_as is not None:
            return self.export_as(row)
        value = row.get(self.key)
        if self.tags is not None:
            return self._tag(value)[0]
        return value

    @property
    def css(self) -> str:
        """Classes of its cells."""
        flags = {"num": self.kind == "number", "wide": self.wide, "stick-r act": self.sticky}
        return " ".join(name for name, on in flags.items() if on)


@dataclass(frozen=True)
class Table:
    """A list page, declared once at module level. See README.md of this room for a whole page."""

    name: str
    title: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    default_sort: str = ""
    per_page: int = 20
    unit: str = "条"
    empty: str = "还没有数据。"
    exportable: bool = True
    tie: str = "pk"  # last key of every order, so that pages never overlap; a plain list keeps its own order
    cards: bool = True  # on a phone each row becomes a card
    narrow: bool = field(default=False)  # no filter bar, no tools: a short list inside another page

    def respond(
        self, request: HttpRequest, rows: Rows, template: str, context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The page with the list as `table`, only the list when htmx asks for it, or a file when `export` is asked."""
        listing = self.read(request, rows)
        if request.GET.get("export") in {"xlsx", "csv"} and self.exportable:
            return listing.export(request.GET["export"])
        if request.headers.get("HX-Target") == listing.dom_id:
            response: HttpResponse = render(request, "components/table.html", {"t": listing})
        else:
            response = render(request, template, {"title": self.title, **(context or {}), "table": listing})
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def read(self, request: HttpRequest, rows: Rows, prefix: str = "") -> "Listing":
        """The filtered, sorted, paged list, for pages with more than one list (`prefix` keeps parameters apart)."""
        return Listing(self, request.GET, request.path, rows, prefix)


class Listing:
    """A Table read with one request's parameters. Templates use it; nothing is read before it is shown."""

    def __init__(self, table: Table, params: QueryDict, path: str, rows: Rows, prefix: str = "") -> None:
        self.table, self.path, self.prefix = table, path, prefix
        self.whole = params  # with those of other lists on the page
        self.params = _own(params, prefix) if prefix else params
        for narrowing in table.filters:
            rows = narrowing.apply_to(rows, self.params)
        self.matching = rows
        self.sort = self._sort()
        self.hidden = set(self.params.getlist("hide")) | {
            c.key for c in table.columns if c.hidden and c.key not in self.params.getlist("show")
        }
        self.columns = [c for c in table.columns if c.key not in self.hidden]

    @cached_property
    def dom_id(self) -> str:
        """The id of the element that htmx swaps."""
        return f"list-{self.prefix}{self.table.name}"

    # ---- order, count, page ----

    def _sort(self) -> str:
        asked = self.params.get("sort", "")
        allowed = {c.sort_path for c in self.table.columns if c.sort_path}
        return asked if asked.lstrip("-") in allowed and asked.count("-") <= 1 else self.table.default_sort

    @cached_property
    def total(self) -> int:
        """How many rows match."""
        return count(self.matching) if isinstance(self.matching, QuerySet) else len(self.matching)

    @cached_property
    def per_page(self) -> int:
        """Rows on one page, as asked within what is offered."""
        asked = self.params.get("per", "")
        return int(asked) if asked.isdecimal() and int(asked) in PER_PAGE else self.table.per_page

    @cached_property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))

    @cached_property
    def page(self) -> int:
        """The page shown; beyond the end the last one is."""
        asked = self.params.get("page", "1")
        return min(max(1, int(asked)), self.pages) if asked.isdecimal() and len(asked) < 8 else 1

    def _ordered(self) -> Rows:
        rows, key, down = self.matching, self.sort.lstrip("-"), self.sort.startswith("-")
        if not isinstance(rows, QuerySet):
            if not key:
                return rows
            return sorted(rows, key=lambda r: (r.get(key) is not None, r.get(key)), reverse=down)
        if self._among is None:
            return rows.order_by(*self._by(rows, self.sort))
        first = F(key).desc(nulls_last=True) if down else F(key).asc(nulls_last=True)
        return rows.order_by(first, *self._by(rows, self._own_sort))

    @property
    def _own_sort(self) -> str:
        """The list's own order, for rows without a value in the column that it is sorted by."""
        own = self.table.default_sort
        return own if own.lstrip("-") != self.sort.lstrip("-") else ""

    @cached_property
    def _among(self) -> Q | None:
        """Which rows have a value in the column that the list is sorted by; None when all may have one."""
        path = self.sort.lstrip("-")
        return next((c.among for c in self.table.columns if c.sort_path == path), None)

    def _by(self, rows: QuerySet[Any], sort: str) -> list[str]:
        """The keys of an order, so that no two rows are equal."""
        order = [sort] if sort else [str(o) for o in rows.query.order_by]
        if self.table.tie and not any(o.lstrip("-") in {self.table.tie, "pk", "id"} for o in order):
            order.append(("-" if sort.startswith("-") else "") + self.table.tie)
        return order

    def _read(self, columns: Sequence[Column], rows: Rows) -> Iterable[Row]:
        if not isinstance(rows, QuerySet):
            return rows
        paths = dict.fromkeys(path for column in columns for path in column.paths)
        return rows.values(*paths)

    def _page_rows(self) -> Iterable[Row]:
        start = (self.page - 1) * self.per_page
        end = min(start + self.per_page, self.total)
        ordered = self._ordered()
        if not isinstance(ordered, QuerySet) or self.total <= FRESH_COUNT or not _picks_rows(ordered):
            return self._read(self.columns, ordered[start : start + self.per_page])
        return self._found_first(ordered, start, end)

    def _found_first(self, ordered: QuerySet[Any], start: int, end: int) -> list[Row]:
        """A page of a large list: its keys first, from the nearer end, then only these rows with their joins."""
        if self._among is None:
            keys = _keys(ordered, start, end, self.total)
        else:
            first = ordered.filter(self._among)
            few = count(first)
            keys = _keys(first, min(start, few), min(end, few), few)
            if end > few:
                others = ordered.exclude(self._among)
                others = others.order_by(*self._by(others.order_by(), self._own_sort))
                keys += _keys(others, max(0, start - few), end - few, self.total - few)
        paths = dict.fromkeys(["pk", *(path for column in self.columns for path in column.paths)])
        found = {row["pk"]: row for row in ordered.filter(pk__in=keys).order_by().values(*paths)}
        return [found[key] for key in keys if key in found]

    # ---- what the template shows ----

    @property
    def body(self) -> SafeString:
        """The rows of this page as HTML."""
        rows = self._page_rows()
        cells_of = [(self._cell_head(i, column), column.renderer()) for i, column in enumerate(self.columns)]
        out = [
            "<tr>" + "".join([head + make(row) + "</td>" for head, make in cells_of]) + "</tr>"
            for row in rows
        ]
        return mark_safe("\n".join(out))

    def _cell_head(self, position: int, column: Column) -> str:
        css = f"{column.css} stick-l".strip() if position == 0 else column.css
        return format_html('<td class="{}" data-label="{}">', css, column.label)

    @property
    def heads(self) -> SafeString:
        """Column heads; those that sort are links."""
        return mark_safe("".join(self._head(i, column) for i, column in enumerate(self.columns)))

    def _head(self, position: int, column: Column) -> SafeString:
        css = f"{column.css.replace('wide', '')} {'stick-l' if position == 0 else ''}".strip()
        path = column.sort_path
        if not path:
            return format_html('<th scope="col" class="{}">{}</th>', css, column.label)
        direction = ""
        if self.sort.lstrip("-") == path:
            direction = "descending" if self.sort.startswith("-") else "ascending"
        url = self.url(sort=path if direction == "descending" else f"-{path}", page=None)
        return format_html(
            '<th scope="col" class="{0}"{1}><a href="{2}" hx-get="{2}" hx-target="#{3}" hx-select="#{3}"'
            ' hx-swap="outerHTML" hx-push-url="true">{4}{5}</a></th>',
            css, mark_safe(f' aria-sort="{direction}"' if direction else ""), url, self.dom_id, column.label,
            cells.icon(SORT_ICONS[direction]),
        )  # fmt: skip

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        """What the filter form shows."""
        return [f.state(self.params) for f in self.table.filters]

    @cached_property
    def filtered(self) -> bool:
        """Whether any filter narrows the list."""
        return any(f["value"] for f in self.filters)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Parameters that the filter form must not lose: sort, columns, page size and whatever the page itself has."""
        fields = {k for f in self.table.filters for k in (f.key, f"{f.key}_from", f"{f.key}_to")}
        own = {self.prefix + key for key in {"page", "export"} | fields}
        return [(k, v) for k in self.whole if k not in own for v in self.whole.getlist(k)]

    @cached_property
    def choosable(self) -> list[dict[str, Any]]:
        """Columns for the column chooser; the first and the sticky one always stay."""
        return [
            {"key": c.key, "label": c.label, "on": c.key not in self.hidden, "default": not c.hidden}
            for c in self.table.columns[1:]
            if not c.sticky
        ]

    @property
    def page_links(self) -> SafeString:
        """The pager: before, first, around the current one, last, after."""
        near = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        wanted = sorted({1, *near, self.pages})
        out = [self._turn("上一页", self.page - 1, "prev")]
        for before, number in zip([0, *wanted], wanted, strict=False):
            if number - before > 1:
                out.append(mark_safe('<span class="far" aria-hidden="true">…</span>'))
            out.append(self._page_link(number))
        return mark_safe("".join([*out, self._turn("下一页", self.page + 1, "next")]))

    def _page_link(self, number: int) -> SafeString:
        if number == self.page:
            return format_html('<span class="on" aria-current="page">{}</span>', number)
        far = "far" if abs(number - self.page) > 1 else ""
        return format_html(
            '<a class="{0}" href="{1}" hx-get="{1}" aria-label="第 {2} 页">{2}</a>',
            far,
            self.url(page=number),
            number,
        )

    def _turn(self, label: str, number: int, rel: str) -> SafeString:
        if not 1 <= number <= self.pages:
            return format_html('<span class="off">{}</span>', label)
        return format_html('<a href="{0}" hx-get="{0}" rel="{1}">{2}</a>', self.url(page=number), rel, label)

    def url(self, **changes: Any) -> str:
        """This list with some parameters changed (None removes)."""
        query = self.whole.copy()
        for name, value in changes.items():
            key = self.prefix + name
            query.pop(key, None)
            if value is not None:
                query[key] = str(value)
        return f"{self.path}?{query.urlencode()}" if query else self.path

    @property
    def as_xlsx(self) -> str:
        """Address of the Excel file of the filtered rows."""
        return self.url(export="xlsx", page=None)

    @property
    def as_csv(self) -> str:
        """Address of the CSV file of the filtered rows."""
        return self.url(export="csv", page=None)

    def export(self, kind: str) -> HttpResponseBase:
        """All filtered rows, in the order shown, as a file."""
        columns = [c for c in self.columns if not c.sticky and not (c.virtual and c.export_as is None)]
        rows = self._read(columns, self._ordered())
        stream = rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else iter(rows)
        heads = [c.label for c in columns]
        return send(kind, self.table.title, heads, ([c.exported(row) for c in columns] for row in stream))


def escaped(value: Any) -> str:
    """Text made safe for HTML; what is safe already stays. (Django's own helper costs four times as much.)"""
    return str(value) if hasattr(value, "__html__") else escape(str(value))


def _own(params: QueryDict, prefix: str) -> QueryDict:
    own = QueryDict(mutable=True)
    for key in params:
        if key.startswith(prefix):
            own.setlist(key.removeprefix(prefix), params.getlist(key))
    return own


def _link(route: str, arguments: int) -> str:
    """The route with %s for each argument: reversed once per list, not once per row."""
    marks = [f"00000000-0000-0000-0000-{i:012d}" for i in range(arguments)]
    path = reverse(route, args=marks).replace("%", "%%")
    for mark in marks:
        path = path.replace(mark, "%s")
    return path


def _keys(ordered: QuerySet[Any], start: int, end: int, total: int) -> list[Any]:
    """The keys of some rows, looked up from the nearer end."""
    if start >= end:
        return []
    keys = ordered.values_list("pk", flat=True)
    return (
        list(keys[start:end])
        if start <= total // 2
        else list(keys.reverse()[total - end : total - start])[::-1]
    )


def _picks_rows(rows: QuerySet[Any]) -> bool:
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
