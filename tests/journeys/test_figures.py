"""The leader's way: from the overview to one indicator, its formula, and the orders behind a figure."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.histories import two_months
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser
SPAN = "?from=2026-02&to=2026-05"


@pytest.fixture
def history(town: None) -> None:
    two_months(days=24)


@pytest.mark.usefixtures("history")
def test_a_leader_opens_a_figure_down_to_its_orders(
    signed_in: Callable[..., Visitor],
    shot: Callable[..., Path],
    serious_faults: Callable[[Visitor], list[str]],
) -> None:
    page = signed_in("zhengju")
    page.goto_path(f"/leader/figures/{SPAN}")
    expect(page.get_by_role("heading", name="指标总览", exact=True)).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "figures-overview", full=True)

    page.get_by_role("link", name="按时办结率", exact=True).last.click()
    expect(page.get_by_role("heading", name="按时办结率", exact=True)).to_be_visible()
    page.get_by_role("button", name="公式和口径").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("按时办结率 ＝ 按时办结 ÷ 应办结")
    expect(drawer).to_contain_text("来源")
    shot(page, "figures-formula")
    assert serious_faults(page) == []
    drawer.get_by_role("button", name="关闭").click()

    row = page.get_by_role("row").filter(has_text="市城管局")
    figure = row.locator("a.figure").last
    counted = int((figure.get_attribute("title") or "").split("÷")[1])
    figure.click()
    expect(page.get_by_role("status").first).to_contain_text(f"共 {counted} 件")
    shot(page, "figures-rows", full=True)
    page.get_by_role("tab", name="未计入分子").or_(page.get_by_role("link", name="未计入分子")).first.click()
    page.get_by_role("link", name="SQ2026").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/desk/tickets/" in page.url or "/tickets/" in page.url


@pytest.mark.usefixtures("history")
def test_the_wall_and_the_phone(
    signed_in: Callable[..., Visitor],
    shot: Callable[..., Path],
    serious_faults: Callable[[Visitor], list[str]],
) -> None:
    page = signed_in("zhengju")
    page.goto_path(f"/leader/figures/wall/{SPAN}")
    expect(page.locator("canvas, svg").first).to_be_visible()
    shot(page, "figures-wall")
    assert serious_faults(page) == []
    phone = signed_in("zhengju", phone=True)
    phone.goto_path(f"/leader/figures/on_time_rate/{SPAN}")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 375
    shot(phone, "figures-phone", full=True)
