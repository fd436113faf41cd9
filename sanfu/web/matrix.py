"""The matrix (权限矩阵): roles × addresses × exports × rows as plain tables that a reviewer can read.

Made of what the platform itself goes by: the marks of the views, the roles of content, the scopes of case kinds. It is written to
`docs/matrix/` by `sanfu manage matrix`; a test compares the files and walks all of it with real ids of others.
"""

import csv
import inspect
import io
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from sanfu.people.roles import Role
from sanfu.people.scope import Parts
from sanfu.records.wires import case_kinds
from sanfu.web.access import Access
from sanfu.web.components.table import Table

MAY, MAY_NOT = "可", ""
API = "api/"  # django-ninja guards its routes by keys; a key is its account


def routes(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """(path, name with its namespace, view) of every page, in the order of the route table."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and not path.startswith(API):
            yield path, f"{space}{entry.name}", entry.callback


def exports(view: Any) -> bool:
    """Whether a page is a list that can be taken out as a table: it names a `Table` that may be exported."""
    inner = inspect.unwrap(view)
    known = getattr(inner, "__globals__", {})
    named = (known.get(name) for name in inner.__code__.co_names) if hasattr(inner, "__code__") else ()
    return any(isinstance(one, Table) and one.exportable for one in named)


def may_open(access: Access, role: Role) -> bool:
    """Whether a person with this role alone passes the mark of a page."""
    return access.kind in {"public", "signed_in"} or not role.permissions.isdisjoint(access.permissions)


def pages(roles: Mapping[str, Role]) -> list[list[str]]:
    """Heads and one row a page: name, path, who it is for, permissions, export, then one column a role."""
    rows = [
        ["route", "path", "for", "permissions", "export", *(role.display_name for role in roles.values())]
    ]
    for path, name, view in routes():
        access: Access = view.access
        marks = [MAY if may_open(access, role) else MAY_NOT for role in roles.values()]
        rows.append(
            [
                name,
                f"/{path}",
                access.kind,
                " | ".join(access.permissions),
                MAY if exports(view) else MAY_NOT,
                *marks,
            ]
        )
    return rows


def reach(parts: Parts, role: Role) -> str:
    """Whose cases of a kind somebody with this role alone sees."""
    if parts.see_all and parts.see_all in role.permissions:
        return "全市"
    found = []
    if (parts.units or parts.unit) and parts.see in role.permissions:
        found.append("本单位")
    if parts.firm and role.code == "firm":
        found.append("本企业")
    if parts.person and found in ([], ["本企业"]) and role.code in {"citizen", "firm"}:
        found.append("本人")
    return "、".join(found)


def rows_of(roles: Mapping[str, Role]) -> list[list[str]]:
    """Heads and one row a kind of case: which rows each role sees. `more` says where a room adds to its scope."""
    table = [["kind", "label", "more", *(role.display_name for role in roles.values())]]
    for kind in case_kinds().values():
        parts = import_string(kind.scope)
        table.append([kind.code, kind.label, kind.seen, *(reach(parts, role) for role in roles.values())])
    return table


def text_of(table: list[list[str]]) -> str:
    """A table as CSV text. Nothing in it is typed by a person, so it needs no guard against formulas."""
    return "\n".join(",".join(_cell(value) for value in row) for row in table) + "\n"


def _cell(value: str) -> str:
    return f'"{value}"' if "," in value else value


def read(text: str) -> list[list[str]]:
    """The table of a CSV text."""
    return list(csv.reader(io.StringIO(text)))
