"""基金与上市 in the browser: a firm enters, is blocked, and its figures are checked clause by clause."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.enterprise.registry.models import Enterprise
from sanfu.records.moments import day_of

pytestmark = pytest.mark.browser


@pytest.fixture
def visit_firms(visit: Callable[..., Any], settings: Any, tmp_path: Path) -> Callable[..., Any]:
    """The demo county with its enterprises."""
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    return visit


def look(page: Any, name: str, shot: Callable[..., Path]) -> None:
    """Screenshots on a desk and on a phone; neither scrolls sideways."""
    for width, height in ((375, 812), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)  # the menu slides away
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        shot(page, f"{name}-{width}", full=True)


def test_a_firm_enters_is_blocked_and_is_checked(
    visit_firms: Callable[..., Any], shot: Callable[..., Path]
) -> None:
    firm = Enterprise.objects.order_by("credit_code")[3]
    desk = visit_firms("rongcheng")
    desk.goto_path("/desk/capital/listings/new/")
    desk.get_by_label("企业").fill(firm.credit_code)
    desk.get_by_label("拟上板块").select_option("北交所")
    desk.get_by_role("button", name="列入").click()
    expect(desk.get_by_text("各阶段停留").first).to_be_visible()
    desk.get_by_role("link", name="记录阻滞").first.click()
    desk.get_by_label("说明").fill("一次出资待会计师说明")
    desk.get_by_role("button", name="记录阻滞").click()
    expect(desk.get_by_text("一次出资待会计师说明").first).to_be_visible()
    look(desk, "capital-listing", shot)
    desk.get_by_role("link", name="对照北交所标准").click()
    year = day_of(timezone.now()).year
    for label, value in (
        (f"{year - 2} 年净利润（扣非前后孰低）", "1600"),
        (f"{year - 1} 年净利润（扣非前后孰低）", "2400"),
    ):
        desk.get_by_label(label, exact=True).fill(value)
    desk.get_by_label("新三板挂牌月数").fill("10")
    desk.get_by_role("button", name="对照", exact=True).click()
    expect(desk.get_by_text("差2个月").first).to_be_visible()
    look(desk, "capital-check", shot)
    desk.goto_path("/desk/capital/funds/")
    desk.get_by_label("所处阶段").select_option("成长")
    desk.get_by_label("产业领域").fill("机器人")
    desk.get_by_role("button", name="匹配").click()
    expect(desk.get_by_text("投向核对").first).to_be_visible()
    look(desk, "capital-funds", shot)
