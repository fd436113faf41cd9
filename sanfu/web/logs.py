"""The line of the access log (访问日志): what a request was, by route name, without anything that somebody typed."""

import logging
from typing import Any

from django.http import HttpRequest

log = logging.getLogger("sanfu.access")


def access_line(request: HttpRequest, status: int, seconds: float) -> None:
    """Write one line: route, method, status, time, reference, who (the account's id). No address, no query."""
    if not log.isEnabledFor(logging.INFO):
        return
    match, actor = request.resolver_match, getattr(request, "actor", None)
    said: dict[str, Any] = {
        "route": match.view_name if match else "",
        "method": request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other",
        "status": status,
        "milliseconds": round(seconds * 1000),
        "reference": getattr(request, "reference", ""),
        "account": str(actor.id) if actor and actor.id else "",
    }
    log.info("request", extra=said)
