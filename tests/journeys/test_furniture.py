"""The furniture of pages in a browser: the component overview, the map and its picker, at two widths."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.grassroots.tickets.actions import Submission, submit
from sanfu.grassroots.tickets.states import Channel
from sanfu.lists.items import RequestType
from sanfu.people.messages.actions import Telling, tell
from sanfu.people.messages.states import MessageKind
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("town")]
VIEW = {"width": 1280, "height": 900}
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


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_message_leads_to_its_page_and_is_read(
    visit: Visit, shot: Visit, serious_faults: Visit, phone: bool
) -> None:
    page = visit("chenfang", phone=phone)
    me = User.objects.get(login="chenfang")
    telling = Telling(MessageKind.DUE, "SQ2026000001 办结快到期：路灯不亮", "/home/")
    tell([me.pk], telling, region=me.region, at=timezone.now())
    page.goto_path("/home/")
    page.get_by_role("link", name="消息，1 条未读").click()
    expect(page.get_by_role("heading", name="消息")).to_be_visible()
    shot(page, f"messages-{'phone' if phone else 'desk'}")
    assert not serious_faults(page)
    page.get_by_role("link", name="SQ2026000001").click()
    page.wait_for_url("**/home/")
    expect(page.get_by_role("link", name="消息", exact=True)).to_be_visible()
    page.goto_path("/messages/choices/")
    page.get_by_label("外发快到期、到期、超期").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("请填写邮箱或手机号")
    shot(page, f"messages-choices-{'phone' if phone else 'desk'}", full=True)
    assert not serious_faults(page)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_draft_survives_a_closed_tab_and_goes_with_the_form(
    visit: Visit, shot: Visit, serious_faults: Visit, phone: bool
) -> None:
    by = actor_of(User.objects.get(login="chenfang"), on=day_of(timezone.now()))
    said = Submission(body="路灯不亮，晚上看不见路", kind=RequestType.HELP, channel=Channel.WEB, key="lamp")
    ticket = submit(said, by=by, at=timezone.now())
    path = f"/desk/tickets/{ticket.pk}/ask_supplement/"
    page = visit("chenfang", phone=phone)
    page.goto_path(path)
    expect(page.locator("main")).to_contain_text("晚上看不见路")
    page.locator("textarea").first.fill("请补充路灯编号")
    page.goto_path("/home/")
    page.goto_path(path)
    expect(page.locator("textarea").first).to_have_value("请补充路灯编号")
    expect(page.get_by_text("已恢复上次没有提交的内容")).to_be_visible()
    shot(page, f"draft-{'phone' if phone else 'desk'}")
    assert not serious_faults(page)
    page.locator("main form button.primary").click()
    expect(page.locator("main")).to_contain_text("待补充")
    assert page.evaluate("Object.values(localStorage).filter((one) => !one.includes('sent')).length") == 0


def test_a_list_is_walked_by_keyboard(visit: Visit) -> None:
    page = visit("linadmin")
    page.goto_path("/design/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    rows = page.locator("main tbody tr", has=page.locator("a"))
    expect(rows.nth(1).locator("a").first).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0).locator("a").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#toasts")).to_contain_text("J 下一行")
    page.keyboard.press("/")
    expect(page.locator("main input[type=search], main input[name=q]").first).to_be_focused()
