"""The shell itself: every component, the doors, the phone, the large type; nothing serious for axe."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("login", "path", "name"),
    [
        ("linadmin", "/design/", "design"),
        ("", "/login/", "login"),
        ("", "/", "portal"),
        ("chenfang", "/home/", "home"),
        ("linadmin", "/design/wall/", "design-wall"),
        ("linadmin", "/design/paper/", "design-paper"),
        ("chenfang", "/design/", "error-403"),
        ("", "/nowhere/", "error-404"),
    ],
)
def test_page_is_accessible_and_fits(
    visit: Callable, serious_faults: Callable, shot: Callable, phone: bool, login: str, path: str, name: str
) -> None:
    page = visit(login, phone=phone)
    page.goto_path(path)
    page.wait_for_load_state("networkidle")
    shot(page, f"{name}-{'375' if phone else '1440'}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert serious_faults(page) == []
