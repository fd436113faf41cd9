"""服务企业 in the browser: 产学研, 诉求, 挂钩, 面对面 and the centre, as firm, officer and agent, on a desk and on a phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.adapters.demo_liaison import unasked
from sanfu.enterprise.liaison.models import Pair
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.models import Operation, Visit
from sanfu.records.actions import deliver_outbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


@pytest.fixture
def county(visit: Open, settings: Any, tmp_path: Any) -> Open:
    """The demo county with its enterprises."""
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    return visit


def look(page: Any, name: str, shot: Open) -> None:
    """Pictures on a desk and on a phone; neither scrolls sideways."""
    for width, height in ((375, 812), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        shot(page, f"{name}-{width}", full=True)


def test_a_need_meets_an_offer_and_becomes_a_contract(county: Open, shot: Open) -> None:
    desk = county("luoqi")
    desk.goto_path("/desk/research/offers/new/")
    desk.locator("#id_title").fill("齿轮修形与接触疲劳团队")
    desk.locator("#id_holder").fill("云澄大学（演示）")
    desk.get_by_label("能做什么").fill("解决减速机噪声大、齿面早期点蚀")
    desk.get_by_label("设备").fill("疲劳试验机")
    desk.get_by_label("联系人").fill("科研处（演示）")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.get_by_text("已登记").first).to_be_visible()
    firm = county("wangqiang", phone=True)
    firm.goto_path("/firm/research/")
    firm.get_by_label("需求名称").fill("减速机齿面早期点蚀")
    firm.get_by_label("预算（万元）").fill("30")
    firm.get_by_label("必须有的设备").fill("疲劳试验机")
    firm.get_by_role("button", name="发布并匹配").click()
    expect(firm.get_by_text("有疲劳试验机")).to_be_visible()
    look(firm, "research-need-firm", shot)
    firm.get_by_role("button", name="申请对接").click()
    expect(firm.get_by_text("科研处（演示）")).to_be_visible()
    desk.goto_path("/desk/research/contacts/?state=proposed")
    desk.get_by_role("link", name="DJ", exact=False).first.click()
    desk.get_by_role("link", name="建立联系").first.click()
    desk.get_by_label("情况").fill("已约好下周到厂")
    desk.get_by_role("button", name="建立联系").click()
    desk.get_by_role("link", name="签订合同").first.click()
    desk.get_by_label("合同编号").fill("HT-1")
    desk.get_by_label("合同金额（元）").fill("180000")
    desk.get_by_label("签订日期").fill(timezone.now().date().isoformat())
    desk.get_by_label("里程碑").fill(f"{timezone.now().date() + timedelta(days=30)} 样机试运行")
    desk.get_by_role("button", name="签订合同").click()
    expect(desk.get_by_text("样机试运行").first).to_be_visible()
    look(desk, "research-contact", shot)
    firm.goto_path("/firm/research/centre/")
    look(firm, "research-centre-firm", shot)
    firm.goto_path("/firm/capital/listing/")
    expect(firm.get_by_role("button", name="开始联办申请")).to_be_visible()
    look(firm, "capital-firm", shot)


def test_a_demand_goes_from_the_firm_to_the_call_back_and_becomes_a_topic(county: Open, shot: Open) -> None:
    firm = county("wangqiang", phone=True)
    firm.goto_path("/firm/demands/")
    firm.get_by_label("您的诉求").fill("园区停电没有提前通知，注塑机要重新升温")
    firm.get_by_role("button", name="提交").click()
    expect(firm.get_by_text("待研判")).to_be_visible()
    desk = county("guqin")
    desk.goto_path("/desk/demands/pool/?state=new")
    desk.get_by_role("link", name="QS", exact=False).first.click()
    desk.get_by_role("link", name="研判派单").first.click()
    desk.get_by_label("类别").select_option("energy")
    desk.get_by_label("主办单位").select_option("GDJ")
    desk.get_by_label("派单理由").fill("涉及供电")
    desk.get_by_role("button", name="研判派单").click()
    power = county("dulei")
    power.goto_path("/desk/demands/pool/?state=routed")
    power.get_by_role("link", name="QS", exact=False).first.click()
    power.get_by_role("button", name="签收").first.click()
    power.get_by_role("link", name="答复").first.click()
    power.get_by_label("答复内容").fill("停电计划改为提前三天短信告知")
    power.get_by_role("button", name="答复").click()
    desk.reload()
    desk.get_by_role("button", name="回访：已解决").first.click()
    expect(desk.get_by_text("已办结").first).to_be_visible()
    look(desk, "demand-done", shot)
    firm.reload()
    expect(firm.get_by_text("停电计划改为提前三天短信告知")).to_be_visible()
    look(firm, "demand-firm", shot)
    desk.locator("#topic-title").fill("停电计划提前告知")
    desk.get_by_role("button", name="建立").click()
    desk.get_by_label("修订单位").select_option("GDJ")
    desk.get_by_label("修订哪份政策的哪一处").fill("供电服务规则第八条：计划停电提前三天告知企业")
    desk.get_by_role("button", name="提出任务").click()
    expect(desk.get_by_text("供电服务规则第八条", exact=False).first).to_be_visible()
    power.goto_path(desk.page.url.replace(desk.server, ""))
    power.get_by_label("修订后的文号和施行日期").fill("云供电〔2026〕3号，下月一日施行")
    power.get_by_role("button", name="记为已修订").click()
    expect(power.get_by_text("修订前 90 天 1 件", exact=False)).to_be_visible()


def test_a_session_is_drawn_answers_and_its_promise_is_kept_in_public(county: Open, shot: Open) -> None:
    host = county("guqin")
    host.goto_path("/desk/dialogues/")
    host.get_by_label("主题").fill("用能保障")
    for field in host.locator("form input[type=date]").all():
        field.fill((timezone.now().date() + timedelta(days=7)).isoformat())
    host.get_by_role("button", name="筹备").click()
    host.get_by_role("button", name="公布名单和种子摘要").click()
    host.get_by_label("抽签当天的公开数字").fill("3D 307")
    host.get_by_role("button", name="抽签").click()
    expect(host.get_by_text("完全一致")).to_be_visible()
    host.get_by_label("承诺内容").fill("停电计划提前三天告知")
    host.get_by_label("承办单位").select_option("GDJ")
    host.get_by_label("兑现日期").fill((timezone.now().date() + timedelta(days=30)).isoformat())
    host.get_by_role("button", name="记为承诺").click()
    look(host, "session", shot)
    owner = county("dulei")
    owner.goto_path(host.page.url.replace(host.server, ""))
    owner.get_by_label("做了什么").fill("短信平台已上线")
    owner.get_by_role("button", name="兑现").click()
    public = county("", phone=True)
    public.goto_path("/dialogues/")
    expect(public.get_by_text("短信平台已上线")).to_be_visible()
    look(public, "session-public", shot)


def test_the_counter_serves_a_firm_and_an_agent_carries_its_matter_through(county: Open, shot: Open) -> None:
    firm = Enterprise.objects.order_by("credit_code")[3]
    desk = county("guqin")
    desk.goto_path("/desk/centre/")
    desk.get_by_label("企业", exact=True).fill(firm.credit_code)
    desk.get_by_role("button", name="查找").click()
    expect(desk.get_by_text("惠企：能享受", exact=False)).to_be_visible()
    desk.get_by_label("未预约取号：要办的事").fill("水电气网报装")
    desk.get_by_role("button", name="取号").click()
    desk.get_by_role("button", name="叫下一号").click()
    desk.get_by_label("转帮办：要办的事").fill("水电气网联合报装")
    desk.get_by_label("企业留下的材料").fill("营业执照复印件")
    desk.get_by_label("答应企业的").fill("三天内电话告知")
    desk.get_by_role("button", name="转帮办").click()
    expect(desk.get_by_text("已转帮办")).to_be_visible()
    look(desk, "counter", shot)
    agent = county("hanbang")
    agent.goto_path("/desk/centre/handovers/?state=open")
    agent.get_by_role("link", name="BB", exact=False).first.click()
    agent.get_by_role("button", name="接收帮办").first.click()
    agent.get_by_role("link", name="办结").first.click()
    agent.get_by_label("情况").fill("报装已受理，回执交给企业")
    agent.get_by_role("button", name="办结").click()
    expect(agent.get_by_text("已办结").first).to_be_visible()
    look(agent, "handover", shot)


def test_a_plan_is_proposed_questioned_and_adopted_and_the_officer_calls_without_being_asked(
    county: Open, shot: Open
) -> None:
    planner = county("guqin")
    planner.goto_path("/desk/liaison/proposals/")
    for name in ("蒋屿", "钱进", "何涛"):
        planner.locator("select[name=user]").select_option(label=name)
        planner.get_by_label("最多挂钩几户").fill("400")
        planner.get_by_role("button", name="登记干部").click()
        expect(planner.get_by_text(f"{name}：最多 400 户")).to_be_visible()
    planner.get_by_role("button", name="生成方案").click()
    expect(planner.get_by_text("离最优不超过")).to_be_visible()
    assert not Pair.objects.exists(), "nothing changes until a person adopts it"
    planner.locator("#ask-officer").select_option(label="何涛")
    planner.get_by_role("button", name="问", exact=True).click()
    expect(planner.locator(".notice").get_by_text("何涛").first).to_be_visible()
    look(planner, "liaison-proposal", shot)
    planner.get_by_role("button", name="采纳方案").click()
    expect(planner.get_by_text("方案已采纳").first).to_be_visible()
    officer = county("hetao", phone=True)
    officer.goto_path("/desk/liaison/mine/")
    expect(officer.get_by_text("天内没有联系记录").first).to_be_visible()
    name = officer.locator("tbody td").first.inner_text()
    assert Pair.objects.filter(enterprise__name=name, officer__login="hetao", ends=None).exists()

    unasked(timezone.now())
    deliver_outbox()
    planner.goto_path("/desk/liaison/outreach/?state=open")
    look(planner, "outreach-list", shot)
    planner.get_by_role("link", name="ZD", exact=False).first.click()
    expect(planner.get_by_role("heading", name="为什么联系")).to_be_visible()
    look(planner, "outreach", shot)
    planner.get_by_role("link", name="登记联系结果").first.click()
    planner.get_by_label("核实结果").select_option("helped")
    planner.get_by_label("了解到的情况").fill("已电话告知入库办法")
    planner.get_by_role("button", name="登记联系结果").click()
    expect(planner.get_by_text("已告知政策或办法").first).to_be_visible()
    planner.goto_path("/desk/liaison/mine/")
    look(planner, "liaison-mine", shot)


def test_two_tabs_a_killed_app_and_an_expired_session_lose_and_double_nothing(county: Open) -> None:
    name = Enterprise.objects.get(organisation__code="FIRM-1").name
    phone = county("jiangyu", phone=True)
    phone.goto_path("/desk/visits/phone/")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.get_by_label("企业", exact=True).fill(name)
    phone.get_by_label("走访记录").fill("订单饱满")
    phone.get_by_role("button", name="存在手机上并发送").click()
    expect(phone.get_by_text("待发 1 件")).to_be_visible()
    context, address = phone.context, phone.page.url
    phone.page.close()  # the app is killed with the record unsent
    first, second = context.new_page(), context.new_page()
    cookies = context.cookies()
    context.clear_cookies()  # meanwhile the session expired
    context.set_offline(False)
    first.goto(address)
    expect(first.get_by_role("button", name="登录", exact=True)).to_be_visible()
    assert Visit.objects.count() == 0
    context.add_cookies(cookies)  # signed in again: what was kept on the phone is still there
    for tab in (first, second):
        tab.goto(address)
    for tab in (first, second):
        tab.get_by_role("button", name="现在发送").click()
    expect(second.get_by_text("待发 0 件")).to_be_visible()
    assert (Visit.objects.count(), Operation.objects.count()) == (1, 1)
    first.goto(address)
    expect(first.get_by_text("待发 0 件")).to_be_visible()
    phone.faults[:] = [one for one in phone.faults if "ERR_INTERNET_DISCONNECTED" not in one]  # meant here
