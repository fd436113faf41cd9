"""Every address says who may open it, and the menu leads to pages that its reader may open."""

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from sanfu.people.roles import ROLES
from sanfu.web.access import Access
from sanfu.web.navigation import navigation

KINDS = {"public", "signed_in", "permission", "firm"}
CODES = frozenset().union(*(role.permissions for role in ROLES.values()))


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def access_of(pattern: URLPattern) -> Access | None:
    return getattr(pattern.callback, "access", None)


def belongs_to_the_api(path: str) -> bool:
    """django-ninja guards its own routes; its meta-test lies with the API."""
    return path.startswith("api/")


def test_every_route_says_who_may_open_it() -> None:
    unmarked = [p for p, r in routes() if access_of(r) is None and not belongs_to_the_api(p)]
    assert not unmarked, f"no @page, @firm_page, @signed_in_page or @public_page: {unmarked}"
    assert {access_of(r).kind for p, r in routes() if access_of(r)} <= KINDS


def test_every_permission_asked_for_is_held_by_some_role() -> None:
    asked = {code: p for p, r in routes() if access_of(r) for code in access_of(r).permissions}
    unknown = {code: path for code, path in asked.items() if code not in CODES}
    assert not unknown, f"no role holds these, so nobody can open the page: {unknown}"


def test_every_view_tells_what_it_is_for() -> None:
    silent = [p for p, r in routes() if access_of(r) and not (r.callback.__doc__ or "").strip()]
    assert not silent, f"views without a docstring: {silent}"


def test_the_menu_asks_for_permissions_that_exist() -> None:
    asked = {c for group in navigation() for e in group.entries for c in e.permission.split("|") if c}
    assert asked <= CODES, f"unknown permissions in navigation.py: {asked - CODES}"


def test_the_menu_leads_to_pages_its_reader_may_open() -> None:
    by_name = {r.name: access_of(r) for _, r in routes()}
    missing = []
    for entry in (e for group in navigation() for e in group.entries):
        try:
            reverse(entry.url_name)
        except NoReverseMatch:
            missing.append(f"{entry.label} → {entry.url_name}")
            continue
        access = by_name.get(entry.url_name.rpartition(":")[2])
        if access and access.permissions:
            shown = set(entry.permission.split("|"))
            assert shown <= set(access.permissions), (
                f"{entry.label}: shown to {shown}, page asks {access.permissions}"
            )
    if missing:
        warnings.warn(f"menu entries without a page yet: {missing}", stacklevel=1)


# These only hand on to what asks for the method itself: the steps of a version, the one form of an organisation.
HANDED_ON = {"act", "policy_act", "unit", "unit_new"}


def test_what_runs_once_runs_for_a_post_alone() -> None:
    open_to_get = []
    for path in sorted((Path(settings.ROOT) / "sanfu" / "web").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for view in ast.walk(ast.parse(text)):
            if not isinstance(view, ast.FunctionDef) or view.name in HANDED_ON:
                continue
            marks = {ast.unparse(one).partition("(")[0] for one in view.decorator_list}
            if "once" not in marks or marks & {"require_POST", "require_http_methods"}:
                continue
            body = ast.get_source_segment(text, view) or ""
            if "request.method" not in body and "request.POST or None" not in body:
                open_to_get.append(f"{path.name}:{view.lineno} {view.name}")
    assert not open_to_get, f"a link would do what only a form may: add @require_POST: {open_to_get}"


def test_no_page_takes_a_word_that_every_page_shares() -> None:
    """A context of a page goes over the shell's: a page once named a sentence `held` and wore the notice of a restore."""
    root = Path(settings.ROOT) / "sanfu" / "web"
    shell = next(
        one
        for one in ast.walk(ast.parse((root / "context.py").read_text(encoding="utf-8")))
        if isinstance(one, ast.FunctionDef) and one.name == "shell"
    )
    shared = set[str]().union(*(_words(one) for one in ast.walk(shell) if isinstance(one, ast.Dict)))
    assert "restored_and_held" in shared
    taken = [
        f"{path.name}:{one.lineno} {sorted(_words(one) & shared)}"
        for path in sorted(root.rglob("*.py"))
        if path.name != "context.py"
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.Dict) and {"title", "crumbs"} <= _words(one) and _words(one) & shared
    ]
    assert not taken, f"choose another word: {taken}"


def _words(mapping: ast.Dict) -> set[str]:
    return {str(key.value) for key in mapping.keys if isinstance(key, ast.Constant)}
