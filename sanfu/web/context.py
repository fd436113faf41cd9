"""What every template knows: platform name, demo mark, actor, menu, breadcrumb trail, type size."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sanfu.web.navigation import address_of, menu

LARGE_COOKIE = "large"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    actor = getattr(request, "actor", None)
    county = settings.COUNTY_NAME
    groups = menu(actor, request.path)
    at_desk = any(entry["url"] != address_of("home") for group in groups for entry in group["entries"])
    return {
        "county_name": county,
        "platform_tail": "平台",
        "platform": f"{county}三服务平台",
        "demo": settings.DEMO,
        "actor": actor,
        "now": getattr(request, "now", None),
        "large": request.COOKIES.get(LARGE_COOKIE) == "1",
        "groups": groups if at_desk else [],
        "layout": "shell.html" if at_desk else "portal.html",
        "root": address_of("home") if actor else address_of("portal"),
    }


def trail(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    """Breadcrumbs before the page itself: `(label, route name or path)`; a route that is not there is plain text."""
    return [(label, url if url.startswith("/") else address_of(url) or "") for label, url in crumbs]
