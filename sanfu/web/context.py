"""What every template knows: platform name, demo mark, actor, menu, breadcrumb trail, type size."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sanfu.people.messages.queries import unread
from sanfu.records import jobs
from sanfu.records.holding import is_held
from sanfu.records.models import Job
from sanfu.records.states import JobState
from sanfu.web.help import help_url
from sanfu.web.navigation import address_of, current, menu, menu_html

LARGE_COOKIE = "large"
DEMO_HISTORY = "demo.history"  # the job that makes the closed orders of a demo county
_whole: set[str] = set()  # regions whose demo county is whole, as far as this process has seen


def being_made() -> Job | None:
    """The demo county's history while the worker is still making it; asked no more once it is there."""
    if not settings.DEMO or settings.REGION in _whole:
        return None
    newest = jobs.newest(settings.REGION, DEMO_HISTORY, 1)
    if newest and newest[0].state in (JobState.WAITING, JobState.RUNNING):
        return newest[0]
    _whole.add(settings.REGION)
    return None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    actor = getattr(request, "actor", None)
    held = actor.permissions if actor else frozenset()
    county = settings.COUNTY_NAME
    at_desk = actor is not None and any(label != "工作台" for label, _ in menu(held))
    return {
        "county_name": county,
        "platform_tail": "平台",
        "platform": f"{county}三服务平台",
        "demo": settings.DEMO,
        "being_made": being_made() if at_desk else None,
        "actor": actor,
        "restored_and_held": SimpleLazyObject(is_held) if "system.manage" in held else False,
        "unread": SimpleLazyObject(lambda: unread(actor)) if actor else 0,
        "now": getattr(request, "now", None),
        "large": request.COOKIES.get(LARGE_COOKIE) == "1",
        "menu": menu_html(held, current(held, request.path)) if at_desk else "",
        "help_url": help_url(request.resolver_match.view_name) if request.resolver_match else "",
        "layout": "shell.html" if at_desk else "portal.html",
        "root": address_of("home") if actor else address_of("portal"),
    }


def trail(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    """Breadcrumbs before the page itself: `(label, route name or path)`; a route that is not there is plain text."""
    return [(label, url if url.startswith("/") else address_of(url) or "") for label, url in crumbs]
