"""The furniture of pages in a browser: the component overview, the map and its picker, at two widths."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("town")]
Visit = Callable[..., Any]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_place_is_chosen_by_a_tap_or_from_the_list(
    visit: Visit, shot: Visit, serious_faults: Visit, phone: bool
) -> None:
    page = visit("linadmin", phone=phone)
    page.goto_path("/design/")
    picker = page.locator("[data-picker]")
    picker.get_by_label("村、社区或道路").select_option(index=3)
    expect(picker.locator("output")).to_contain_text("已选")
    first = picker.locator("[data-lon]").input_value()
    picker.locator("svg.map-svg").click(position={"x": 120, "y": 120})
    expect(picker.locator("output")).to_contain_text("地图上的一点")
    assert picker.locator("[data-lon]").input_value() not in ("", first)
    picker.get_by_role("button", name="清除").click()
    expect(picker.locator("output")).to_contain_text("还没有选位置")
    shot(page, f"design-{'phone' if phone else 'desk'}", full=True)
    assert not serious_faults(page)
