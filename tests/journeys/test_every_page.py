"""axe on every page of every menu of the cast: nothing serious, and none of them is wider than a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.manifest import all_rooms
from sanfu.records.moments import day_of

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def pages() -> dict[str, str]:
    """Address of every menu page → a login that may open it: whoever has most of the others comes first."""
    on = day_of(timezone.now())
    held = {user.login: actor_of(user, on=on).permissions for user in User.objects.filter(is_active=True)}
    lines = [line for room in all_rooms() for line in room.menu]
    reach = {login: sum(line.shown_to(rights) for line in lines) for login, rights in held.items()}
    found: dict[str, str] = {}
    for line in lines:
        who = [login for login, rights in held.items() if line.shown_to(rights)]
        found[reverse(line.url_name)] = max(who, key=lambda login: (reach[login], login))
    return found


@pytest.mark.usefixtures("town")
def test_axe_finds_nothing_serious_on_any_menu_page(
    visit: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    assert settings.DEMO
    faults: dict[str, list[str]] = {}
    by_login: dict[str, list[str]] = {}
    for address, login in pages().items():
        by_login.setdefault(login, []).append(address)
    assert len(by_login) > 3
    for login, addresses in by_login.items():
        page = visit(login)
        for address in addresses:
            page.set_viewport_size(DESK)
            page.goto_path(address)
            if found := serious_faults(page):
                faults[f"{address} ({login})"] = found
            page.set_viewport_size(PHONE)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                faults.setdefault(f"{address} ({login}, 375)", []).append("wider than the phone")
        page.page.close()
    assert not faults, "\n".join(f"{where}: {what}" for where, what in faults.items())
