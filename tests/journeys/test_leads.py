"""Two zones and the city over one firm: report, later report, offers that differ, the award, the funnel."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def _report(page: Any, investor: str) -> None:
    page.goto_path("/desk/leads/new/")
    page.get_by_label("投资方（全称）").fill(investor)
    page.get_by_label("产品").fill("激光镜头模组")
    page.get_by_label("计划总投资（万元）").fill("26000")
    page.get_by_label("对方联系人").fill("来访代表")
    page.get_by_label("接触证据").select_option("会谈纪要")
    page.get_by_label("证据说明").fill("周二在会议室会谈")
    page.get_by_label("投资强度").fill("620")
    page.get_by_role("button", name="登记", exact=True).click()


def _offer(page: Any, rent: str) -> None:
    page.get_by_text("登记拟给条件").click()
    page.get_by_label("厂房租金").fill(rent)
    page.get_by_role("button", name="登记并比对").click()


@pytest.mark.usefixtures("town")
def test_two_zones_and_the_city_over_one_firm(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    east, west, city = visit("yuanjun"), visit("yuangao", phone=True), visit("gaoda")
    _report(east, "澄光科技有限公司")
    expect(east.get_by_text("已受首报保护")).to_be_visible()
    _offer(east, "按标准")
    expect(east.get_by_text("条件已登记")).to_be_visible()
    _report(west, "澄光科技（二期）")
    expect(west.get_by_text("这条记为后报")).to_be_visible()
    expect(west.get_by_text("名称去掉组织形式和期次后相同")).to_be_visible()
    _offer(west, "首年减半")
    expect(west.get_by_text("厂房租金：云澄高新区 首年减半，云澄经开区 按标准")).to_be_visible()
    shot(west, "lead-behind", full=True)
    assert serious_faults(west) == []
    city.goto_path("/desk/leads/all/?state=behind")
    city.get_by_role("link", name="ZS").first.click()
    city.get_by_role("link", name="裁定归属").click()
    city.get_by_label("理由").fill("首报证据经核不实")
    city.get_by_role("button", name="裁定归属").click()
    expect(city.get_by_text("首报保护").first).to_be_visible()
    shot(city, "lead", full=True)
    assert serious_faults(city) == []
    city.goto_path("/desk/leads/funnel/")
    expect(city.get_by_text("停留中位数")).to_be_visible()
    shot(city, "lead-funnel", full=True)
    assert serious_faults(city) == []
