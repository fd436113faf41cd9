"""Browser stories: a live server, the demo cast signed in by cookie, screenshots, accessibility."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, TimeoutError, expect

from sanfu.adapters.demo import seed_people
from sanfu.people.models import User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # synchronous Playwright holds an event loop
SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
PHONE = {"width": 375, "height": 812}
DESK = {"width": 1440, "height": 900}  # a module of tests may say another one, as VIEW
expect.set_options(timeout=8_000)


@pytest.fixture
def town(transactional_db: None) -> None:
    """The demo county's organisations and cast. A room's own journeys build on it."""
    seed_people(settings.CONTENT, region=settings.REGION, at=timezone.now())


def session_of(login: str) -> str:
    """A signed-in session of one of the cast, without the form."""
    user = User.objects.get(login=login)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Visitor:
    """A browser page of one person: paths instead of addresses, and every script error is a failure."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.faults: list[str] = []
        page.on("pageerror", lambda e: self.faults.append(str(e)))
        page.on("console", lambda m: self.faults.append(m.text) if _is_fault(m) else None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def goto_path(self, path: str) -> Any:
        """Open a path of the live server and wait until it is drawn."""
        return self.page.goto(self.server + path, wait_until="load")


def _is_fault(message: Any) -> bool:
    """An error on the console, except answers 4xx (tests ask for them) and requests that leaving a page ends."""
    expected = ("status of 4", "htmx:sendAbort", "htmx:afterRequest")
    return message.type == "error" and not any(word in message.text for word in expected)


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, town: None, live_server: Any, new_context: Callable[..., BrowserContext]
) -> Iterator[Callable[..., Visitor]]:
    """Open a browser page as nobody; `phone=True` for 375 px."""
    made: list[Visitor] = []
    desk = getattr(request.module, "VIEW", DESK)

    def start(login: str = "", phone: bool = False) -> Visitor:
        context = new_context(viewport=PHONE if phone else desk)
        if login:
            cookie = {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session_of(login),
                "url": live_server.url,
            }
            context.add_cookies([cookie])
        made.append(Visitor(context.new_page(), live_server.url))
        return made[-1]

    yield start
    faults = [fault for visitor in made for fault in visitor.faults]
    assert not faults, f"script or policy errors on the page: {faults}"


@pytest.fixture
def signed_in(visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """`signed_in("chenfang")`: a page of one of the cast, signed in by cookie; `phone=True` for 375 px."""
    return visit


@pytest.fixture
def shot() -> Callable[..., Path]:
    """`shot(page, "tickets-list")` writes screenshots/tickets-list.png; the whole page with `full=True`."""

    def take(page: Visitor, name: str, full: bool = False) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / (re.sub(r"[^\w-]+", "-", name) + ".png")
        page.screenshot(path=path, full_page=full)
        return path

    return take


def settle(page: Visitor) -> None:
    """Wait until no piece of the page is being fetched or put in: what is half faded has no contrast to judge."""
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def fits_its_width(page: Visitor) -> bool:
    """Whether nothing stands outside the page once drawings have followed a new width; False after five seconds."""
    settle(page)
    try:
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=5_000)
    except TimeoutError:
        return False
    return True


@pytest.fixture
def serious_faults() -> Callable[[Visitor], list[str]]:
    """`serious_faults(page)`: what axe finds that is serious or critical, one line each; should be empty."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page: Visitor) -> list[str]:
        settle(page)
        found = Axe().run(page.page).response["violations"]
        return [
            f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:160]}"
            for v in found
            if v["impact"] in {"serious", "critical"}
        ]

    return look


@pytest.fixture
def same_when_fresh() -> Callable[[Visitor, str], None]:
    """`same_when_fresh(page, "#list-tickets")`: after an htmx swap, the element equals the one of a fresh load."""

    def compare(page: Visitor, selector: str) -> None:
        settle(page)
        swapped = page.inner_text(selector)
        page.reload()
        assert page.inner_text(selector) == swapped

    return compare
