"""接诉即办 in the browser: a citizen asks on a phone, the desk sends, the unit answers, the citizen rates."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from sanfu.grassroots.tickets.models import Ticket

pytestmark = pytest.mark.browser
ASKED = "人民路18号门口的路灯坏了一个多星期，晚上一片漆黑，老人出门摔了一跤，请尽快来修。"
REPLY = "接单后于当日到现场查看，系控制箱线路老化，已更换并恢复照明，已电话告知您，今后每周巡查一次。"


def ask(visit: Callable[..., Any], shot: Callable[..., Any]) -> tuple[str, str]:
    page = visit("limei", phone=True)
    page.goto_path("/ask/")
    page.get_by_label("您要反映什么").fill(ASKED)
    expect(page.locator("#hints")).to_contain_text("现在提交，我们承诺")
    shot(page, "ask-phone", full=True)
    page.get_by_label("手机").fill("13812345678")
    page.get_by_role("button", name="提交诉求").click()
    expect(page.get_by_role("heading", name="已收到您的诉求")).to_be_visible()
    shot(page, "received-phone", full=True)
    ticket = Ticket.objects.select_related("case").get()
    return ticket.case.number, ticket.follow_code


def act(page: Any, name: str, fill: Callable[[Any], None] | None = None, submit: str = "") -> None:
    """Press one act of an order and, when it asks something, answer."""
    link = page.locator(".head .actions").get_by_text(name, exact=True)
    link.click()
    if fill:
        fill(page)
        page.get_by_role("button", name=submit or name).click()
    expect(page.locator(".messages, [role=status]").first).to_contain_text(name)


def test_a_request_from_message_to_rating(visit: Callable[..., Any], shot: Callable[..., Any]) -> None:
    number, code = ask(visit, shot)

    desk = visit("chenfang")
    desk.goto_path("/home/")
    desk.get_by_role("link", name="待派单").first.click()
    shot(desk, "tickets-list")
    desk.get_by_role("link", name=number).click()
    shot(desk, "order-received", full=True)
    assert "13812345678" not in desk.content()

    def send(page: Any) -> None:
        page.get_by_label("主办单位").select_option("CGJ")
        page.get_by_label("派单依据").fill("清单 CJ001：市政道路路灯")

    act(desk, "派单", send)

    unit = visit("sunwei")
    unit.goto_path("/desk/tickets/")
    unit.get_by_role("link", name=number).click()
    act(unit, "签收")
    act(unit, "首次联系", lambda p: p.get_by_label("说明").fill("电话联系，约定当天到现场"))
    act(unit, "答复", lambda p: p.get_by_label("公开答复").fill(REPLY))
    shot(unit, "order-replied", full=True)

    reviewer = visit("zhouli")
    reviewer.goto_path("/desk/tickets/?state=replied")
    reviewer.get_by_role("link", name=number).click()
    act(reviewer, "审核通过")

    caller = visit("zhaomin")
    caller.goto_path("/desk/tickets/?state=callback")
    caller.get_by_role("link", name=number).click()

    def call(page: Any) -> None:
        page.get_by_label("承办单位是否联系过").select_option("1")
        page.get_by_label("是否解决").select_option("1")
        page.get_by_label("满意程度").select_option("good")

    act(caller, "登记回访", call)
    shot(caller, "order-closed", full=True)

    citizen = visit(phone=True)
    citizen.goto_path("/progress/")
    citizen.get_by_label("工单编号").fill(number.lower())
    citizen.get_by_label("查询码").fill(code.lower())
    citizen.get_by_role("button", name="查询").click()
    expect(citizen.get_by_text(REPLY)).to_be_visible()
    citizen.get_by_label("非常满意").check()
    citizen.get_by_role("button", name="提交评价").click()
    expect(citizen.get_by_text("谢谢您的评价")).to_be_visible()
    shot(citizen, "progress-phone", full=True)


def test_a_wrong_code_opens_nothing(visit: Callable[..., Any]) -> None:
    page = visit()
    page.goto_path("/progress/")
    page.get_by_label("工单编号").fill("SQ2026000001")
    page.get_by_label("查询码").fill("ABCDEF")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("对不上")).to_be_visible()


def test_danger_is_told_to_call(visit: Callable[..., Any], shot: Callable[..., Any]) -> None:
    page = visit(phone=True)
    page.goto_path("/ask/")
    page.get_by_label("您要反映什么").fill("我家楼道里一股很浓的煤气味，好像燃气正在漏气，怎么办")
    expect(page.get_by_role("link", name="拨打 119")).to_be_visible()
    shot(page, "ask-danger", full=True)


def test_the_wall_shows_what_presses(visit: Callable[..., Any], shot: Callable[..., Any]) -> None:
    page = visit("wushuang")
    page.goto_path("/desk/tickets/wall/")
    expect(page.get_by_text("最紧的工单").first).to_be_visible()
    shot(page, "wall", full=True)
