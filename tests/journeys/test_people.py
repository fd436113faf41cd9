"""The administrator's way: a unit, an account, the password that is handed over, a post that ends."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import fits_its_width

pytestmark = pytest.mark.browser


def test_an_account_is_opened_and_its_person_chooses_a_password(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    admin = visit("linadmin")
    admin.goto_path("/manage/people/")
    expect(admin.get_by_role("link", name="孙伟")).to_be_visible()
    shot(admin, "people-accounts", full=True)
    assert serious_faults(admin) == []
    admin.get_by_role("link", name="新增账号").click()
    admin.get_by_label("姓名").fill("周新")
    admin.locator("input[name=login]").fill("sunwei")
    admin.get_by_label("任职单位").select_option("CGJ")
    admin.get_by_label("角色").select_option("handler")
    admin.get_by_role("button", name="开户").click()
    expect(admin.get_by_text("已被使用")).to_be_visible()
    shot(admin, "people-account-taken")
    admin.locator("input[name=login]").fill("zhouxin")
    admin.get_by_role("button", name="开户").click()
    expect(admin.get_by_text("密码只显示这一次")).to_be_visible()
    password = admin.locator("#password").inner_text()
    shot(admin, "people-password")

    person = visit(phone=True)
    person.goto_path("/login/")
    person.get_by_label("账号").fill("zhouxin")
    person.get_by_label("密码").fill(password)
    person.keyboard.press("Enter")
    expect(person.get_by_text("请先改成自己的密码")).to_be_visible()
    shot(person, "people-choose-phone", full=True)
    assert serious_faults(person) == []
    person.get_by_label("原密码").fill(password)
    person.get_by_label("新密码").fill("qinghe-2026-lu")
    person.get_by_label("再输一遍").fill("qinghe-2026-lu")
    person.get_by_role("button", name="修改").click()
    expect(person.get_by_role("heading", name="待办中心")).to_be_visible()

    admin.get_by_role("link", name="看这个账号").click()
    expect(admin.get_by_text("本人改密码")).to_be_visible()
    shot(admin, "people-account", full=True)
    admin.get_by_text("免职", exact=True).first.click()
    admin.get_by_role("button", name="免去这个角色").click()
    expect(admin.get_by_text("任职结束日已记下")).to_be_visible()
    admin.get_by_role("button", name="停用").click()
    admin.get_by_label("为什么停用").fill("调离本单位")
    admin.get_by_role("button", name="停用账号").click()
    expect(admin.get_by_text("这个账号不能登录")).to_be_visible()
    person.goto_path("/home/")
    expect(person.get_by_role("heading", name="登录")).to_be_visible()


def test_units_are_kept_in_order(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    admin = visit("linadmin")
    admin.goto_path("/manage/people/units/")
    shot(admin, "people-units", full=True)
    admin.get_by_role("link", name="新增组织").click()
    admin.get_by_label("编码").fill("WHJ")
    admin.get_by_label("全称").fill("市文化和旅游体育广播电视局")
    admin.get_by_label("别名").fill("文化部门、文旅")
    shot(admin, "people-unit", full=True)
    assert serious_faults(admin) == []
    admin.get_by_role("button", name="保存").click()
    expect(admin.get_by_text("已保存")).to_be_visible()
    admin.goto_path("/manage/people/units/?q=WHJ")
    expect(admin.get_by_role("link", name="市文化和旅游体育广播电视局")).to_be_visible()
    phone = visit("linadmin", phone=True)
    phone.goto_path("/manage/people/units/?kind=town")
    shot(phone, "people-units-phone", full=True)
    assert fits_its_width(phone)


def test_a_list_of_people_is_corrected_and_opened(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    def sheet(*lines: str) -> dict[str, Any]:
        text = "\n".join(["姓名,单位,角色", *lines])
        return {"name": "名单.csv", "mimeType": "text/csv", "buffer": text.encode()}

    admin = visit("linadmin")
    admin.goto_path("/manage/people/")
    admin.get_by_role("link", name="批量开户").click()
    file = admin.locator("input[type=file]")
    file.set_input_files(sheet("褚一,市城管局,承办人", "卫二,火星局,承办人"))
    admin.get_by_role("button", name="检查并开户").click()
    expect(admin.get_by_text("没有“火星局”这个单位")).to_be_visible()
    shot(admin, "people-sheet-faults", full=True)
    assert serious_faults(admin) == []
    file.set_input_files(sheet("褚一,市城管局,承办人", "卫二,市水务局,承办人、审核人"))
    admin.get_by_role("button", name="检查并开户").click()
    expect(admin.get_by_role("heading", name="已开2个账号")).to_be_visible()
    expect(admin.locator("code.password")).to_have_count(2)
    shot(admin, "people-sheet-opened", full=True)
    assert serious_faults(admin) == []
