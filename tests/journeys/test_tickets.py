"""接诉即办 in the browser: a citizen asks on a phone, the desk sends, the unit answers, the citizen rates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from sanfu.adapters.tasks import run_job
from sanfu.grassroots.tickets.models import Ticket
from sanfu.records.models import Job

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
    desk.get_by_role("link", name="待派单").first.click()  # the only one that waits: its own page
    expect(desk.get_by_role("heading", level=1)).to_contain_text(number)
    desk.goto_path("/desk/tickets/?state=received")
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


def test_the_pad_the_suggestion_and_the_second_return(
    visit: Callable[..., Any], shot: Callable[..., Any]
) -> None:
    pad = visit("zhaomin")
    pad.goto_path("/desk/tickets/new/")
    pad.get_by_label("诉求内容").fill("望江镇青年路12号门口的路灯全灭了，晚上走路看不见，已经一周没人修")
    expect(pad.locator("#hints")).to_contain_text("我们承诺")
    expect(pad.locator("#hints")).to_contain_text("很可能由谁来办")
    shot(pad, "pad-hints", full=True)
    pad.get_by_role("button", name="登记").click()
    number = pad.get_by_role("heading", level=1).inner_text()

    desk = visit("chenfang")
    desk.goto_path(f"/desk/tickets/?q={number}")
    desk.get_by_role("link", name=number).click()
    expect(desk.get_by_text("派单建议")).to_be_visible()
    expect(desk.locator(".suggestion").first).to_contain_text("清单")
    shot(desk, "desk-suggestions", full=True)

    def to(code: str) -> Callable[[Any], None]:
        def fill(page: Any) -> None:
            page.get_by_label("主办单位").select_option(code)
            page.get_by_label("派单依据").fill("按清单先派")

        return fill

    def give_back(proposes: str) -> Callable[[Any], None]:
        def fill(page: Any) -> None:
            page.get_by_label("退单理由").select_option("not_ours")
            page.get_by_label("引用清单事项").fill("CJ001")
            page.get_by_label("应由哪个单位办理").select_option(proposes)
            page.get_by_label("事实说明").fill("该段路灯不在本单位管护范围")

        return fill

    act(desk, "派单", to("CGJ"))
    unit = visit("sunwei")
    unit.goto_path(f"/desk/tickets/?q={number}")
    unit.get_by_role("link", name=number).click()
    act(unit, "退单", give_back("WJZ"))
    desk.reload()
    act(desk, "派单", to("WJZ"))
    town = visit("qianjin")
    town.goto_path(f"/desk/tickets/?q={number}")
    town.get_by_role("link", name=number).click()
    act(town, "退单", give_back("CGJ"))
    desk.reload()
    expect(desk.get_by_text("会商裁定").first).to_be_visible()

    def settle(page: Any) -> None:
        page.get_by_label("裁定由谁主办").select_option("CGJ")
        page.get_by_label("裁定依据").fill("市政道路路灯由城管部门管护")

    act(desk, "裁定", settle)
    shot(desk, "order-ruled", full=True)


def test_a_messy_table_comes_in_and_says_what_did_not(
    visit: Callable[..., Any], shot: Callable[..., Any], tmp_path: Path
) -> None:
    sheet = tmp_path / "来电.csv"
    rows = ["热线来电登记,,,", "诉求内容,所属区域,联系电话,诉求类型", "路灯不亮,望江镇,13812345678,求助"]
    rows += ["井盖缺失,火星镇,,求助", ",南泾镇,,", "垃圾没人清,南泾镇,,吐槽", "公交站牌倒了,,,"]
    sheet.write_bytes("\n".join(rows).encode("gb18030"))
    page = visit("zhaomin")
    page.goto_path("/desk/tickets/batch/")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_role("heading", name="导入结果")).to_be_visible()
    run_job(str(Job.objects.get().id))
    page.reload()
    expect(page.get_by_text("火星镇").first).to_be_visible()
    expect(page.get_by_text("吐槽").first).to_be_visible()
    shot(page, "batch-report", full=True)
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("path", ["/desk/tickets/", "/desk/tickets/new/", "/ask/", "/progress/"])
def test_pages_fit_a_phone_and_pass_axe(
    visit: Callable[..., Any], serious_faults: Callable[..., Any], path: str
) -> None:
    page = visit("chenfang", phone=True)
    page.goto_path(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert serious_faults(page) == []
