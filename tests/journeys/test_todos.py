"""待办中心 in the browser: each of the cast opens the first page and gets to the thing that waits in one click."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_county import seed_today
from sanfu.adapters.demo_duties import seed_duties
from sanfu.adapters.demo_firms import seed_batch, seed_firms
from sanfu.adapters.demo_lists import seed_lists

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# who, what waits, what the page behind it shows
ONE_CLICK = (
    ("chenfang", "待会商裁定", "会商裁定"),
    ("xuheng", "清单版本待审核", "待审核"),
    ("luoqi", "政策版本待复核", "待审核"),
    ("luoqi", "兑付批次待审定", "待审定"),
    ("fangzheng", "兑付批次待拨付", "意愿确认"),
    ("songci", "联审联验待结论", "施工图联合审查"),
    ("tangbu", "超期的联办分支", "竣工"),
    ("shenbian", "待裁定的异议", "望江镇"),
    ("dongmi", "已预检待下发的文稿", "加油站"),
    ("wangqiang", "部门要求补正", "未缴销"),
    ("sunwei", "待签收", "待签收"),
)


@pytest.fixture
def whole_county(town: None) -> None:
    now = timezone.now()
    seed_lists(Path(settings.CONTENT))
    seed_duties(Path(settings.CONTENT), now=now)
    seed_firms(region=settings.REGION, at=now)
    seed_batch(region=settings.REGION, at=now)
    seed_today(region=settings.REGION, now=now)


@pytest.mark.usefixtures("whole_county")
def test_everybody_gets_to_what_waits_in_one_click(
    visit: Callable[..., Any], shot: Callable[..., Path], serious_faults: Callable[..., list[str]]
) -> None:
    pages: dict[str, Any] = {}
    for login, label, shown in ONE_CLICK:
        page = pages.setdefault(login, visit(login))
        page.goto_path("/home/")
        page.locator("a.tile", has_text=label).first.click()
        expect(page.locator("main")).to_contain_text(shown)
    desk = pages["chenfang"]
    desk.goto_path("/home/")
    expect(desk.get_by_role("heading", name="先办这些")).to_be_visible()
    assert serious_faults(desk) == []
    shot(desk, "todos-desk", full=True)
    desk.locator("#urgent a").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("SQ")

    phone = visit("tangbu", phone=True)
    phone.goto_path("/home/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 375, "no sideways scrolling on a phone"
    shot(phone, "todos-phone", full=True)

    town, other = visit("qianjin"), visit("hetao")
    town.goto_path("/home/")
    other.goto_path("/home/")
    own = {link.get_attribute("href") for link in town.locator("#urgent a").all()}
    others = {link.get_attribute("href") for link in other.locator("#urgent a").all()}
    assert own
    assert others
    assert not own & others, "no town sees what waits for another"
