"""A firm finds programmes for one person, applies, supplies; the officer asks and answers."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("town")
def test_from_facts_to_the_answer(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    firm, officer = visit("wangqiang", phone=True), visit("caiqin")
    firm.goto_path("/firm/talent/")
    firm.get_by_label("申报人代号").fill("代号一")
    firm.get_by_label("技能等级").select_option("高级技师")
    firm.get_by_role("button", name="看能报哪些").click()
    expect(firm.get_by_text("还要知道：本地社保月数")).to_be_visible()
    firm.get_by_label("本地社保月数").fill("很多")
    firm.get_by_role("button", name="看能报哪些").click()
    expect(firm.get_by_text("不是数")).to_be_visible()
    firm.get_by_label("本地社保月数").fill("24")
    firm.get_by_role("button", name="看能报哪些").click()
    shot(firm, "talent-match", full=True)
    assert serious_faults(firm) == []
    firm.locator("button[value=rc-3]").click()
    expect(firm.get_by_text("已申报")).to_be_visible()
    officer.goto_path("/desk/talent/all/?state=sent")
    officer.get_by_role("link", name="RC").first.click()
    officer.get_by_role("button", name="受理").click()
    officer.get_by_role("link", name="要求补充").click()
    officer.get_by_label("缺什么").fill("请补证书编号")
    officer.get_by_role("button", name="要求补充").click()
    shot(officer, "talent", full=True)
    assert serious_faults(officer) == []
    firm.reload()
    firm.get_by_label("补充了什么").fill("证书编号 演示-1")
    firm.get_by_role("button", name="补充", exact=True).click()
    expect(firm.get_by_text("已补充")).to_be_visible()
    officer.reload()
    officer.get_by_role("link", name="通过", exact=True).click()
    officer.get_by_label("答复").fill("核实无误，予以通过")
    officer.get_by_role("button", name="通过", exact=True).click()
    firm.reload()
    expect(firm.get_by_text("核实无误，予以通过").first).to_be_visible()
    shot(firm, "talent-firm", full=True)
    assert serious_faults(firm) == []
