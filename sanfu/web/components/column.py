"""One column of a list: what it reads, how a cell looks on the page and in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from sanfu.kernel.flow import Labelled
from sanfu.web.components import cells

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
        flags = {
            "num": self.kind == "number",
            "when": self.kind == "datetime",
            "wide": self.wide,
            "stick-r act": self.sticky,
        }
        return " ".join(name for name, on in flags.items() if on)


def escaped(value: Any) -> str:
    """Text made safe for HTML; what is safe already stays. (Django's own helper costs four times as much.)"""
    return str(value) if hasattr(value, "__html__") else escape(str(value))


def _link(route: str, arguments: int) -> str:
    """The route with %s for each argument: reversed once per list, not once per row."""
    marks = [f"00000000-0000-0000-0000-{i:012d}" for i in range(arguments)]
    path = reverse(route, args=marks).replace("%", "%%")
    for mark in marks:
        path = path.replace(mark, "%s")
    return path
