"""A list that carries a day, in the browser: choose, look before doing, see what became of each; views, columns, keys."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from sanfu.adapters.demo_lists import seed_lists
from sanfu.grassroots.tickets.models import Ticket
from tests.histories import taken
from tests.rooms.test_tickets import AT

pytestmark = pytest.mark.browser
VIEW = {"width": 1280, "height": 900}
LIST = "/desk/tickets/"


@pytest.fixture
def orders(town: None, settings: Any) -> list[Ticket]:
    """Six orders that wait at the desk."""
    seed_lists(settings.CONTENT)
    return [taken(AT) for _ in range(6)]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_several_orders_are_sent_after_a_look_at_what_will_happen(
    orders: list[Ticket], signed_in: Callable, serious_faults: Callable, shot: Callable, phone: bool
) -> None:
    name = "375" if phone else "1280"
    page = signed_in("chenfang", phone=phone)
    page.goto_path(LIST + "?state=received")
    send = page.locator(".bulk").get_by_role("button", name="派单", exact=True)
    expect(send).to_be_disabled()
    for order in orders[:3]:
        page.get_by_label(f"选择 {order.case.number}").check()
    expect(page.locator("[data-picked]")).to_have_text("已选 3 条")
    shot(page, f"bulk-list-{name}", full=True)
    assert serious_faults(page) == []
    send.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("成批派单")
    page.get_by_label(f"选择 {orders[2].case.number}").uncheck()
    page.get_by_label("主办单位").select_option("CGJ")
    page.get_by_label("派单依据").fill("清单 CJ001：市政道路路灯")
    shot(page, f"bulk-preview-{name}", full=True)
    assert serious_faults(page) == []
    page.get_by_role("button", name="成批派单").click()
    expect(page.get_by_text("共 2 件，办成 2 件")).to_be_visible()
    shot(page, f"bulk-result-{name}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert Ticket.objects.filter(case__state="dispatched").count() == 2
    page.get_by_role("link", name="返回列表").click()
    assert "state=received" in page.url


def test_views_columns_keys_and_the_record_beside_the_list(
    orders: list[Ticket], signed_in: Callable, shot: Callable
) -> None:
    page = signed_in("chenfang")
    page.goto_path(LIST + "?state=received")
    page.get_by_text("视图", exact=True).click()
    page.get_by_label("把现在的条件存为").fill("等我派的")
    page.get_by_role("button", name="保存视图").click()
    page.get_by_text("视图“等我派的”已保存").wait_for()
    page.goto_path(LIST)
    page.get_by_text("视图", exact=True).click()
    page.get_by_role("link", name="等我派的").click()
    assert "state=received" in page.url
    page.get_by_text("列", exact=True).click()
    page.get_by_label("地点").check()
    page.get_by_role("button", name="应用并记住").click()
    page.goto_path(LIST)
    expect(page.get_by_role("columnheader", name="地点")).to_be_visible()

    page.keyboard.press("/")
    expect(page.get_by_label("关键字")).to_be_focused()
    page.get_by_label("关键字").blur()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("已选 1 条")
    page.keyboard.press("?")
    page.get_by_text("X 勾选").wait_for()

    page.set_viewport_size({"width": 1920, "height": 1000})
    page.goto_path(LIST)
    page.get_by_role("button", name="左右并排").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    beside = page.locator(".beside-pane")
    expect(beside.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith(LIST)
    shot(page, "list-beside-1920")
    page.get_by_role("button", name="左右并排").click()
    expect(beside).to_have_count(0)
