"""Lists: a `Table` declared once gives filters, sort, pages, export and the phone shape of every list page.

Fast on 100,000 rows: only the shown columns are read (`values`), rows become strings in one loop without
templates, small counts are exact and fresh, large ones are exact and at most half a minute old.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from sanfu.people.views import NOTHING_KEPT, Kept
from sanfu.people.views.queries import kept_of
from sanfu.records.actor import Actor
from sanfu.web.components import cells, paging
from sanfu.web.components.bulk import Bulk, Offered
from sanfu.web.components.column import Column, Row, escaped
from sanfu.web.components.export import send
from sanfu.web.components.filters import Choice, Dates, Filter, Flag, Rows, Search, Text, own_params
from sanfu.web.components.paging import Found, count, found, keys_between, known, picks_rows, rows_by_keys

__all__ = [
    "Choice",
    "Column",
    "Dates",
    "Filter",
    "Flag",
    "Listing",
    "Row",
    "Search",
    "Table",
    "Text",
]

PER_PAGE = (20, 50, 100)
SORT_ICONS = {"ascending": "arrow-up", "descending": "arrow-down", "": "arrow-up-down"}


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
    then: str = ""  # the order of rows without a value in the column of `default_sort`
    bulk: Bulk | None = None  # acts over several rows

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
        actor = getattr(request, "actor", None)
        return self.asked(request.GET, request.path, rows, actor, prefix)

    def asked(
        self, params: QueryDict, path: str, rows: Rows, actor: Actor | None, prefix: str = ""
    ) -> "Listing":
        """The list for a question that came otherwise than by the address."""
        kept = kept_of(actor, self.name) if actor is not None and not self.narrow else NOTHING_KEPT
        offered = self.bulk.offered(actor) if self.bulk and actor else []
        return Listing(self, params, path, rows, prefix, kept, offered)


class Listing:
    """A Table read with one request's parameters. Templates use it; nothing is read before it is shown."""

    def __init__(
        self,
        table: Table,
        params: QueryDict,
        path: str,
        rows: Rows,
        prefix: str = "",
        kept: Kept = NOTHING_KEPT,
        acts: Sequence[Offered] = (),
    ) -> None:
        self.table, self.path, self.prefix = table, path, prefix
        self.kept, self.acts = kept, acts
        self.whole = params  # with those of other lists on the page
        self.params = own_params(params, prefix) if prefix else params
        for narrowing in table.filters:
            rows = narrowing.apply_to(rows, self.params)
        self.matching = rows
        self.sort = self._sort()
        hide, show = self.params.getlist("hide"), self.params.getlist("show")
        if not (hide or show):
            hide, show = list(kept.hide), list(kept.show)
        self.hidden = set(hide) | {c.key for c in table.columns if c.hidden and c.key not in show}
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
        return self._found.total

    @cached_property
    def _found(self) -> Found:
        """How many rows match and, where they are few, which."""
        rows = self.matching
        return found(rows) if isinstance(rows, QuerySet) else Found(len(rows))

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
        return self._in_order(self.matching)

    def _in_order(self, rows: Rows) -> Rows:
        key, down = self.sort.lstrip("-"), self.sort.startswith("-")
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
        return own if own.lstrip("-") != self.sort.lstrip("-") else self.table.then

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
        own = ["pk"] if self.acts else []
        paths = dict.fromkeys([*own, *(path for column in columns for path in column.paths)])
        return rows.values(*paths)

    def _page_rows(self) -> Iterable[Row]:
        start = (self.page - 1) * self.per_page
        end = min(start + self.per_page, self.total)
        few = known(self.matching, self._found.keys)
        if few is not None:
            return self._page_of_few(self._in_order(few), start, end)
        ordered = self._ordered()
        if not isinstance(ordered, QuerySet) or self.total <= paging.FRESH_COUNT or not picks_rows(ordered):
            return self._read(self.columns, ordered[start : start + self.per_page])
        return self._found_first(ordered, start, end)

    def _found_first(self, ordered: QuerySet[Any], start: int, end: int) -> list[Row]:
        """A page of a large list: its keys first, from the nearer end, then only these rows with their joins."""
        if self._among is None:
            keys = keys_between(ordered, start, end, self.total)
        else:
            first = ordered.filter(self._among)
            few = count(first) if start else None  # on the first page it shows without being counted
            keys = list(first.values_list("pk", flat=True)[start : end if few is None else min(end, few)])
            if len(keys) < end - start:
                few = len(keys) if few is None else few
                others = ordered.exclude(self._among)
                others = others.order_by(*self._by(others.order_by(), self._own_sort))
                keys += keys_between(others, max(0, start - few), end - few, self.total - few)
        # The keys were picked within the row scope; saying the scope again would cost as much as picking them.
        return self._rows_of(ordered, keys)

    def _page_of_few(self, ordered: Rows, start: int, end: int) -> Iterable[Row]:
        """A page of rows whose keys are known; of many, only those shown are joined with what the columns say."""
        if not isinstance(ordered, QuerySet) or self.total <= paging.JOINED_WHOLE:
            return self._read(self.columns, ordered[start:end])
        return self._rows_of(ordered, list(ordered.values_list("pk", flat=True)[start:end]))

    def _rows_of(self, rows: QuerySet[Any], keys: Sequence[Any]) -> list[Row]:
        return rows_by_keys(rows, keys, [path for column in self.columns for path in column.paths])

    def keys(self, most: int) -> list[Any]:
        """The keys of the first rows that match, in the order of the list; for a list of rows of the database."""
        rows = self._ordered()
        return list(rows.values_list("pk", flat=True)[:most]) if isinstance(rows, QuerySet) else []

    # ---- what the template shows ----

    @property
    def body(self) -> SafeString:
        """The rows of this page as HTML."""
        rows = self._page_rows()
        cells_of = [(self._cell_head(i, column), column.renderer()) for i, column in enumerate(self.columns)]
        if self.acts:
            cells_of.insert(0, ('<td class="pick">', self._pick()))
        out = [
            "<tr>" + "".join([head + make(row) + "</td>" for head, make in cells_of]) + "</tr>"
            for row in rows
        ]
        return mark_safe("\n".join(out))

    def _pick(self) -> Callable[[Row], str]:
        form, name = f"{self.dom_id}-bulk", self.table.columns[0].key
        return lambda row: (
            f'<input type="checkbox" name="pick" value="{escaped(row["pk"])}" form="{form}"'
            f' aria-label="选择 {escaped(row.get(name, ""))}">'
        )

    def _cell_head(self, position: int, column: Column) -> str:
        css = f"{column.css} stick-l".strip() if position == 0 else column.css
        return format_html('<td class="{}" data-label="{}">', css, column.label)

    @property
    def heads(self) -> SafeString:
        """Column heads; those that sort are links."""
        pick = '<th scope="col" class="pick"><input type="checkbox" data-pick-page aria-label="选择本页全部"></th>'
        heads = "".join(self._head(i, column) for i, column in enumerate(self.columns))
        return mark_safe((pick if self.acts else "") + heads)

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

    @property
    def more_asked(self) -> bool:
        """Whether one of the folded filters narrows the list."""
        return any(f["value"] for f in self.filters[5:])

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

    @cached_property
    def query(self) -> str:
        """The question that the list answers, without its page: what a saved view keeps."""
        asked = [(k, v) for k in self.whole if k not in {"page", "export"} for v in self.whole.getlist(k)]
        return urlencode([(k, v) for k, v in asked if v])

    @property
    def views(self) -> list[dict[str, Any]]:
        """Saved views of the list, own and shared, as links; the one that is shown is marked."""
        return [
            {**view, "url": f"{self.path}?{view['query']}", "on": view["query"] == self.query}
            for view in self.kept.views
        ]

    @property
    def person(self) -> bool:
        """Whether somebody signed in reads it, who can keep views and columns."""
        return self.kept is not NOTHING_KEPT and not self.prefix

    @property
    def beside(self) -> bool:
        """Whether a record opens beside the list on a wide screen."""
        return any(c.link and c.link_args for c in self.table.columns)

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
