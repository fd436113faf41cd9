"""Downloads: a table as Excel or CSV, a file of any kind, with a name that every browser keeps."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from sanfu.records.export import csv_lines, workbook
from sanfu.records.moments import said

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def send_file(name: str, content: bytes, kind: str = "application/octet-stream") -> HttpResponseBase:
    """Bytes as a download under a name."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def send(kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """The rows as a download named after the list and the day."""
    file = f"{name}-{said(timezone.now(), '%Y%m%d')}.{kind}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_lines(heads, rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = FileResponse(workbook(name, heads, rows), content_type=SHEET)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file)}"
    return response
