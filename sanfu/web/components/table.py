"""Lists: a `Table` declared once gives filters, sort, pages, export and the phone shape of every list page.

Fast on 100,000 rows: only the shown columns are read (`values`), rows become strings in one loop without
templates, small counts are exact and fresh, large ones are exact and at most half a minute old.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from sanfu.web.components import cells
from sanfu.web.components.export import send
from sanfu.web.components.filters import Choice, Dates, Filter, Flag, Rows, Search

__all__ = ["Choice", "Column", "Dates", "Filter", "Flag", "Listing", "Search", "Table"]

FRESH_COUNT = 2_000  # up to here a count is asked anew at every request
COUNT_SECONDS = 30
PER_PAGE = (20, 50, 100)
DEEPEST_ROW = 1_000_000
Tags = Mapping[Any, tuple[str, str]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column. `key` is the path for `values()`; a column made by `render` may name other paths in `needs`.

    kind: text, number, date, datetime, bool. `tags` maps a value to (word, tone). `link` is a route name
    whose arguments are the row's `link_args`. `render(row)` returns text or safe HTML for the page, `export_as(row)`
    the value for files (default: the value, or the tag's word). `sort` is True, or the path to sort by.
    """

    key: str
    label: str
    kind: str = "text"
    sort: bool | str = False
    link: str = ""
    link_args: tuple[str, ...] = ("id",)
    tags: Tags | None = None
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

    def cell(self, row: Row, link: str) -> Any:
        """The content of one cell; `link` is the route with %s for each argument, already reversed."""
        if self.render is not None:
            return self.render(row)
        shown = self.shown(row.get(self.key))
        if link:
            shown = format_html('<a href="{}">{}</a>', link % tuple(row[a] for a in self.link_args), shown)
        return shown

    def shown(self, value: Any) -> Any:
        """A value as the page shows it."""
        if self.tags is not None:
            word, tone = self.tags.get(value, (cells.plain(value), "muted"))
            return cells.tag(str(word), tone)
        if self.kind == "datetime":
            return cells.moment(value)
        return cells.plain(value)

    def exported(self, row: Row) -> Any:
        """The value for a file: tags as words, the rest as it is."""
        if self.export_as is not None:
            return self.export_as(row)
        value = row.get(self.key)
        if self.tags is not None:
            return str(self.tags.get(value, (value, ""))[0])
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
        self.params = _own(params, prefix) if prefix else params
        for narrowing in table.filters:
            rows = narrowing.apply_to(rows, self.params)
        self.matching = rows
        self.sort = self._sort()
        self.hidden = set(self.params.getlist("hide")) | {
            c.key for c in table.columns if c.hidden and c.key not in self.params.getlist("show")
        }
        self.columns = [c for c in table.columns if c.key not in self.hidden]
        self._total: int | None = None

    @property
    def dom_id(self) -> str:
        """The id of the element that htmx swaps."""
        return f"list-{self.prefix}{self.table.name}"

    # ---- order, count, page ----

    def _sort(self) -> str:
        asked = self.params.get("sort", "")
        allowed = {c.sort_path for c in self.table.columns if c.sort_path}
        return asked if asked.lstrip("-") in allowed and asked.count("-") <= 1 else self.table.default_sort

    @property
    def total(self) -> int:
        """How many rows match."""
        if self._total is None:
            self._total = count(self.matching) if isinstance(self.matching, QuerySet) else len(self.matching)
        return self._total

    @property
    def per_page(self) -> int:
        """Rows on one page, as asked within what is offered."""
        asked = self.params.get("per", "")
        return int(asked) if asked.isdigit() and int(asked) in PER_PAGE else self.table.per_page

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def page(self) -> int:
        """The page shown; beyond the end the last one is."""
        asked = self.params.get("page", "1")
        return min(max(1, int(asked)), self.pages) if asked.isdigit() and len(asked) < 8 else 1

    def _ordered(self) -> Rows:
        if not isinstance(self.matching, QuerySet):
            if not self.sort:
                return self.matching
            key = self.sort.lstrip("-")
            return sorted(
                self.matching,
                key=lambda r: (r.get(key) is not None, r.get(key)),
                reverse=self.sort.startswith("-"),
            )
        order = [self.sort] if self.sort else list(self.matching.query.order_by)
        if self.table.tie and not any(o.lstrip("-") in {self.table.tie, "pk", "id"} for o in order):
            order.append(("-" if self.sort.startswith("-") else "") + self.table.tie)
        return self.matching.order_by(*order)

    def _read(self, columns: Sequence[Column], rows: Rows) -> Iterable[Row]:
        if not isinstance(rows, QuerySet):
            return rows
        paths = dict.fromkeys(path for column in columns for path in column.paths)
        return rows.values(*paths)

    # ---- what the template shows ----

    @property
    def body(self) -> SafeString:
        """The rows of this page as HTML."""
        start = min((self.page - 1) * self.per_page, DEEPEST_ROW)
        rows = self._read(self.columns, self._ordered()[start : start + self.per_page])
        made = [self._maker(i, column) for i, column in enumerate(self.columns)]
        out = [
            "<tr>"
            + "".join(head + str(conditional_escape(c.cell(row, link))) + "</td>" for head, c, link in made)
            + "</tr>"
            for row in rows
        ]
        return mark_safe("\n".join(out))

    def _maker(self, position: int, column: Column) -> tuple[str, Column, str]:
        css = f"{column.css} stick-l".strip() if position == 0 else column.css
        head = format_html('<td class="{}" data-label="{}">', css, column.label)
        return head, column, _link(column.link, len(column.link_args)) if column.link else ""

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Column heads with the address that sorts by them."""
        return [self._head(i, column) for i, column in enumerate(self.columns)]

    def _head(self, position: int, column: Column) -> dict[str, Any]:
        path = column.sort_path
        current = path and self.sort.lstrip("-") == path
        direction = ("descending" if self.sort.startswith("-") else "ascending") if current else ""
        turned = path if direction == "descending" else f"-{path}"
        return {
            "label": column.label,
            "css": f"{column.css.replace('wide', '')} {'stick-l' if position == 0 else ''}".strip(),
            "url": self.url(sort=turned, page=None) if path else "",
            "direction": direction,
            "icon": {"ascending": "arrow-up", "descending": "arrow-down"}.get(direction, "arrow-up-down"),
        }

    @property
    def filters(self) -> list[dict[str, Any]]:
        """What the filter form shows."""
        return [f.state(self.params) for f in self.table.filters]

    @property
    def filtered(self) -> bool:
        """Whether any filter narrows the list."""
        return any(f["value"] for f in self.filters)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Parameters that the filter form must not lose: sort, columns, page size and whatever the page itself has."""
        own = {"page", "export"} | {
            k for f in self.table.filters for k in (f.key, f"{f.key}_from", f"{f.key}_to")
        }
        return [(k, v) for k in self.params if k not in own for v in self.params.getlist(k)]

    @property
    def choosable(self) -> list[dict[str, Any]]:
        """Columns for the column chooser; the first and the sticky one always stay."""
        return [
            {"key": c.key, "label": c.label, "on": c.key not in self.hidden, "default": not c.hidden}
            for c in self.table.columns[1:]
            if not c.sticky
        ]

    @property
    def links(self) -> list[dict[str, Any]]:
        """Pages to offer: first, around the current one, last; None where some are left out."""
        near = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        wanted = sorted({1, *near, self.pages})
        out: list[dict[str, Any]] = []
        for before, number in zip([0, *wanted], wanted, strict=False):
            if number - before > 1:
                out.append({"gap": True})
            far = abs(number - self.page) > 1
            out.append({"n": number, "url": self.url(page=number), "on": number == self.page, "far": far})
        return out

    @property
    def previous(self) -> str:
        """Address of the page before, or nothing."""
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def following(self) -> str:
        """Address of the page after, or nothing."""
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    def url(self, **changes: Any) -> str:
        """This list with some parameters changed (None removes)."""
        query = self.params.copy()
        for key, value in changes.items():
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


def count(rows: QuerySet[Any]) -> int:
    """How many rows: exact and fresh up to 2,000; above that exact but kept for half a minute."""
    few = rows.order_by()[: FRESH_COUNT + 1].count()
    if few <= FRESH_COUNT:
        return few
    sql, values = rows.order_by().values("pk").query.sql_with_params()
    key = "count:" + hashlib.sha256(f"{sql}{values}".encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        found = rows.order_by().count()
        cache.set(key, found, COUNT_SECONDS)
    return int(found)
