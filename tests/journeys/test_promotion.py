"""协议体检 as the officer uses it: a draft pasted, each clause with its basis, decisions kept; a forbidden one not without a reason."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
DRAFT = "第一条 甲方按乙方纳税额的50%给予奖励。\n第二条 乙方享受本县同类企业最优惠待遇。\n第三条 甲方提供代办服务，不收取费用。"


@pytest.mark.usefixtures("town")
def test_from_a_draft_to_decisions_that_are_kept(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    page = visit("gaoda")
    page.goto_path("/desk/promotion/offers/")
    page.get_by_label("协议条款").fill(DRAFT)
    page.get_by_role("button", name="体检").click()
    expect(page.get_by_text("公平竞争审查条例").first).to_be_visible()
    shot(page, "offer-lint", full=True)
    assert serious_faults(page) == []
    page.get_by_label("处置").first.select_option("保留并说明理由")
    page.get_by_role("button", name="记下处置").click()
    expect(page.get_by_text("请写明理由")).to_be_visible()
    page.get_by_role("button", name="体检").click()
    page.get_by_label("处置").first.select_option("改写")
    page.get_by_label("处置").nth(1).select_option("送公平竞争审查")
    page.get_by_role("button", name="记下处置").click()
    expect(page.get_by_text("已记下 2 条处置")).to_be_visible()
    page.get_by_role("link", name="甲方按乙方纳税额").first.click()
    expect(page.get_by_text("当时的体检结论")).to_be_visible()
    shot(page, "lint-decision", full=True)
    assert serious_faults(page) == []
