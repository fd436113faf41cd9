"""Files that a page hands out."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseBase

from sanfu.web.components.export import send
from sanfu.web.request import Request


def as_file(content: Any, name: str, media_type: str) -> HttpResponse:
    """Bytes, text or data as a download."""
    if not isinstance(content, (bytes, str)):
        content = json.dumps(content, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def as_table(
    request: Request, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase | None:
    """The rows as Excel or CSV when the address asks for it (`?export=xlsx`), else None."""
    kind = request.GET.get("export")
    return send(kind, name, heads, rows) if kind in ("xlsx", "csv") else None
