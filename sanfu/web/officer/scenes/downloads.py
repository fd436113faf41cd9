"""Files that a page hands out."""

import json
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse


def as_file(content: Any, name: str, media_type: str) -> HttpResponse:
    """Bytes, text or data as a download."""
    if not isinstance(content, (bytes, str)):
        content = json.dumps(content, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
