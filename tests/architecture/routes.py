"""The addresses of the platform with who may open them, for tests."""

from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from sanfu.web.access import Access


def routes(
    resolver: URLResolver | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """(path, name with its namespace, pattern) of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            below = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, path, below)
        else:
            yield path, f"{space}{entry.name}", entry


@cache
def named() -> dict[str, tuple[str, Access]]:
    """Name → (path, who may open it), for routes that carry a mark."""
    return {name: (path, r.callback.access) for path, name, r in routes() if hasattr(r.callback, "access")}


def access_of(name: str) -> Access:
    """Who may open a route."""
    return named()[name][1]


def routes_without_arguments() -> list[str]:
    """Names of the routes that ask for a permission and take no arguments."""
    return [
        name
        for name, (path, access) in named().items()
        if "<" not in path and access.kind in {"permission", "firm"}
    ]
