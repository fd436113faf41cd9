"""一件事 in the browser: questions, one form, each material once, departments in parallel, designed beside actual."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.grassroots.scenes.actions import branch as desk
from sanfu.grassroots.scenes.models import Application, Branch
from sanfu.grassroots.scenes.states import BranchEvent
from sanfu.people.actions import add_user, appoint
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import machine

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "材料.pdf"
    path.write_bytes(PDF)
    return path


def clerk(code: str) -> str:
    """A branch officer of a department that the cast does not have."""
    login = f"branch-{code.lower()}"
    if not User.objects.filter(login=login).exists():
        home = Organisation.objects.get(code=code)
        by, at = machine(home.region), timezone.now()
        user = add_user(
            login=login, name=f"{home.short}审批人", password="x", organisation=home, by=by, at=at
        )
        starts = at.date() - timedelta(days=9)
        appoint(user=user, role="branch_officer", organisation=home, starts=starts, by=by, at=at)
    return login


def finish(application: Application, item: str) -> None:
    """A department accepts and passes its branch, without the browser."""
    one = Branch.objects.select_related("case__lead", "application__case").get(
        application=application, item=item
    )
    by = actor_of(User.objects.get(login=clerk(one.case.lead.code)), on=timezone.now().date())
    desk.accept(one, by=by, at=timezone.now())
    desk.decide(one, BranchEvent.PASS, number="演示〔2026〕1号", by=by, at=timezone.now())


def answer(page: Any, text: str, choice: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()
    page.get_by_role("button", name=choice, exact=True).click()
    page.wait_for_load_state("load")


def fill_and_upload(page: Any, paper: Path) -> None:
    for box in page.locator("#form input:not([type=hidden])").all():
        box.fill("演示内容")
    page.get_by_role("button", name="保存表单").click()
    for number in range(page.locator("#materials > li").count()):
        row = page.locator("#materials > li").nth(number)
        row.locator("input[type=file]").set_input_files(paper)
        row.get_by_role("button", name="上传").click()
        expect(page.locator("#materials > li").nth(number)).to_contain_text("已上传")


def apply_for_relocation(visit: Callable[..., Any], shot: Callable[..., Any], paper: Path) -> Application:
    firm = visit("wangqiang")
    firm.goto_path("/firm/scenes/")
    shot(firm, "scenes-firm")
    firm.get_by_role("button", name="申请企业迁移登记").click()
    answer(firm, "同时变更企业名称吗", "否")
    answer(firm, "一并预约银行账户变更吗", "是")
    expect(firm.get_by_text("情形已明确")).to_be_visible()
    shot(firm, "scenes-draft", full=True)
    fill_and_upload(firm, paper)
    firm.get_by_role("button", name="提交联合申请").click()
    expect(firm.get_by_role("heading", name="各部门进度")).to_be_visible()
    return Application.objects.select_related("case").get()


def test_a_relocation_from_the_first_question_to_the_rating(
    visit: Callable[..., Any], shot: Callable[..., Any], paper: Path
) -> None:
    application = apply_for_relocation(visit, shot, paper)

    market = visit(clerk("SCJ"))
    market.goto_path("/desk/scenes/branches/?state=pending")
    shot(market, "scenes-branches")
    market.get_by_role("link", name=f"{application.case.number}-01").click()
    market.get_by_role("button", name="受理", exact=True).click()
    expect(market.get_by_text("承诺").first).to_be_visible()
    shot(market, "scenes-branch", full=True)
    market.get_by_role("link", name="办结（通过）", exact=True).click()
    market.get_by_label("结果文号").fill("云市监迁〔2026〕1号")
    market.get_by_role("button", name="办结（通过）").click()
    expect(market.get_by_text("已办结（通过）").first).to_be_visible()

    for item in ("mv.archive", "mv.tax_check", "mv.change"):
        finish(application, item)
    firm = visit("wangqiang", phone=True)
    firm.goto_path(f"/firm/scenes/{application.pk}/")
    expect(firm.get_by_text("接下来")).to_be_visible()
    shot(firm, "scenes-progress-phone", full=True)
    for item in ("mv.tax", "mv.sb", "mv.yb", "mv.gjj", "mv.bank"):
        finish(application, item)
    firm.reload()
    firm.get_by_label("非常满意").check()
    firm.get_by_role("button", name="提交评价").click()
    expect(firm.get_by_text("已评价")).to_be_visible()

    officer = visit("songci")
    officer.goto_path(f"/desk/scenes/{application.pk}/")
    expect(officer.get_by_text("没有偏离")).to_be_visible()
    shot(officer, "scenes-designed-actual", full=True)
    officer.goto_path("/desk/scenes/results/")
    expect(officer.get_by_role("link", name=application.case.number)).to_be_visible()
    shot(officer, "scenes-results")


def test_returning_one_branch_leaves_the_others(
    visit: Callable[..., Any], shot: Callable[..., Any], paper: Path
) -> None:
    application = apply_for_relocation(visit, shot, paper)
    tax = visit(clerk("SWU"))
    tax.goto_path("/desk/scenes/branches/")
    tax.get_by_role("link", name=f"{application.case.number}-03").click()
    tax.get_by_role("link", name="一次性补正告知").click()
    tax.get_by_label("需要补正的全部内容").fill("请说明未缴销发票的原因")
    tax.get_by_label("需要补的材料").fill("发票情况说明")
    tax.get_by_role("button", name="一次性补正告知").click()
    expect(tax.get_by_text("待补正").first).to_be_visible()

    firm = visit("wangqiang")
    firm.goto_path(f"/firm/scenes/{application.pk}/")
    expect(firm.get_by_text("要补的材料")).to_be_visible()
    firm.get_by_role("button", name="补正完成").click()
    expect(firm.get_by_text("发票情况说明").first).to_be_visible()
    firm.goto_path(f"/firm/scenes/{application.pk}/")
    firm.locator("input[type=file]").first.set_input_files(paper)
    firm.get_by_role("button", name="上传发票情况说明").click()
    firm.get_by_role("button", name="补正完成").click()

    tax.reload()
    tax.get_by_role("link", name="退回", exact=True).click()
    tax.get_by_label("理由").fill("金额与系统不一致")
    tax.get_by_role("button", name="退回").click()
    states = dict(application.branches.values_list("item", "case__state"))
    assert states["mv.tax_check"] == "returned"
    assert states["mv.in"] == "pending"
    firm.reload()
    firm.get_by_role("button", name="重新提交").click()
    expect(firm.get_by_text("已处理")).to_be_visible()


def test_a_file_that_is_a_program_is_refused_and_said_so(
    visit: Callable[..., Any], shot: Callable[..., Any], tmp_path: Path
) -> None:
    bad = tmp_path / "授权.pdf"
    bad.write_bytes(b"MZ\x90\x00program")
    firm = visit("wangqiang")
    firm.goto_path("/firm/scenes/")
    firm.get_by_role("button", name="申请员工录用").click()
    firm.locator("#materials input[type=file]").first.set_input_files(bad)
    firm.locator("#materials").get_by_role("button", name="上传").first.click()
    expect(firm.get_by_text("可执行内容")).to_be_visible()
    shot(firm, "scenes-refused-file")


def test_the_officer_compiles_plays_and_sees_the_mark_of_each_basis(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    officer = visit("songci")
    officer.goto_path("/desk/scenes/catalogue/")
    in_force = officer.locator("td", has_text="生态环境法典")  # the acts that it replaced lapsed
    expect(in_force.first).to_be_visible()
    expect(officer.locator("td .tag", has_text="依据失效")).to_have_count(0)
    shot(officer, "scenes-catalogue", full=True)
    assert serious_faults(officer) == []
    officer.get_by_role("link", name="编译产业项目").click()
    typical = {
        "q-eia": "table", "q-energy": "under", "q-soilzone": "yes", "q-soil": "form", "q-civil": "yes",
        "q-fire_special": "no", "q-explosive": "no", "q-security": "no", "q-dewater": "yes", "q-occupy": "no",
    }  # fmt: skip
    for name, value in typical.items():
        officer.locator(f"#{name}").select_option(value)
    officer.get_by_role("button", name="编译").click()
    expect(officer.get_by_text("核验通过")).to_be_visible()
    expect(officer.get_by_text("9 个工作日：施工图设计文件联合审查").first).to_be_visible()
    shot(officer, "scenes-compile", full=True)
    assert serious_faults(officer) == []
    with officer.expect_download() as waiting:
        officer.get_by_role("link", name="流程图").click()
    assert "userTask" in Path(waiting.value.path()).read_text(encoding="utf-8")


def test_a_changed_item_is_a_new_version_and_moves_nobody(
    visit: Callable[..., Any], shot: Callable[..., Any], paper: Path, serious_faults: Callable[..., list[str]]
) -> None:
    application = apply_for_relocation(visit, shot, paper)
    officer = visit("songci")
    officer.goto_path("/desk/scenes/catalogue/?q=社会保险登记变更")
    officer.get_by_role("link", name="修改社会保险登记变更").click()
    officer.get_by_label("承诺时限（工作日）").fill("3")
    expect(officer.get_by_text("承诺时限:1 → 3")).to_be_visible()  # checked while it is written
    officer.get_by_label("第1条前置结果").fill("r.nobody")
    expect(officer.get_by_text("前置结果 r.nobody 没有任何事项产出")).to_be_visible()
    shot(officer, "scenes-item-refused", full=True)
    officer.get_by_label("第1条前置结果").fill("r.sbmoved")
    expect(officer.get_by_text("mv.sb → mv.sb")).to_be_visible()
    officer.get_by_label("第1条前置结果").fill("r.newlicense")
    expect(officer.get_by_text("检查通过")).to_be_visible()
    officer.get_by_label("改动说明").fill("社保部门要求")
    assert serious_faults(officer) == []
    officer.get_by_role("button", name="存为草稿版本").click()
    expect(officer.get_by_text("由“清单审核”岗位的另一人发布")).to_be_visible()
    assert officer.get_by_role("button", name="发布第2版").count() == 0
    second = visit("xuheng")
    second.goto_path("/desk/scenes/catalogue/")
    second.get_by_role("button", name="发布第2版").click()
    officer = second
    expect(officer.get_by_text("不会自动改变")).to_be_visible()
    application.refresh_from_db()
    assert application.version.number == 1
    officer = visit("songci")
    officer.goto_path(f"/desk/scenes/{application.pk}/")
    officer.get_by_role("link", name="看看迁移会改变什么").click()
    expect(officer.get_by_text("社会保险登记变更").first).to_be_visible()
    shot(officer, "scenes-migration")
    officer.get_by_label("理由").fill("按新目录办理")
    officer.get_by_role("button", name="迁移", exact=True).click()
    expect(officer.get_by_text("已迁移到第 2 版")).to_be_visible()


def test_land_is_signed_and_opinions_become_decisions_in_time(
    visit: Callable[..., Any], shot: Callable[..., Any], paper: Path
) -> None:
    firm = visit("wangqiang")
    firm.goto_path("/firm/scenes/")
    firm.get_by_role("button", name="申请产业项目").click()
    picks = {"环评分类": "报告表", "节能审查门槛": "未达到", "水土流失": "否", "民用建筑": "是", "特殊建设工程": "否",
             "控制区域": "否", "市政管网排水": "否", "挖掘道路": "否", "易燃易爆": "否"}  # fmt: skip
    for _ in range(12):
        if firm.get_by_text("情形已明确").count():
            break
        asked = firm.locator("form p.strong").first.inner_text()
        choice = next(choice for part, choice in picks.items() if part in asked)
        firm.get_by_role("button", name=choice, exact=True).click()
        firm.wait_for_load_state("load")
    fill_and_upload(firm, paper)
    firm.get_by_role("button", name="提交预审").click()
    expect(firm.get_by_text("预审意见不是决定")).to_be_visible()
    application = Application.objects.get()

    housing = visit("tangbu")
    housing.goto_path(f"/desk/scenes/{application.pk}/")
    opinion = housing.locator("form", has=housing.get_by_role("button", name="出具预审意见"))
    opinion.locator("select[name=item]").select_option("i.drawing")
    opinion.locator("textarea[name=text]").fill("图纸齐全,原则同意")
    housing.get_by_role("button", name="出具预审意见").click()
    expect(housing.get_by_text("它不是决定")).to_be_visible()
    assert application.branches.count() == 0

    officer = visit("songci")
    officer.goto_path("/desk/scenes/permits/")
    expect(officer.get_by_text("已有预审意见").first).to_be_visible()
    shot(officer, "scenes-permits", full=True)

    firm.reload()
    firm.get_by_label("出让合同编号").fill("3299-2026-0001")
    firm.get_by_role("button", name="登记合同").click()
    expect(firm.get_by_text("预审转正").first).to_be_visible()
    shot(firm, "scenes-signed", full=True)
    assert application.branches.get(item="i.drawing").prereviewed
    assert not application.branches.get(item="i.scheme").prereviewed


def test_an_agent_acts_only_with_a_mandate(visit: Callable[..., Any], shot: Callable[..., Any]) -> None:
    agent = visit("hanbang")
    agent.goto_path("/firm/scenes/")
    expect(agent.get_by_text("没有企业委托您")).to_be_visible()
    firm = visit("wangqiang")
    firm.goto_path("/firm/scenes/")
    firm.get_by_label("有效期至").fill((timezone.now() + timedelta(days=90)).date().isoformat())
    firm.get_by_role("button", name="出具委托").click()
    expect(firm.get_by_text("已委托韩帮代办")).to_be_visible()
    agent.reload()
    agent.get_by_role("button", name="申请员工录用").click()
    expect(agent.get_by_text("帮办代办员身份")).to_be_visible()
    shot(agent, "scenes-agent", full=True)
    firm.reload()
    firm.get_by_role("button", name="撤销").click()
    agent.reload()
    expect(agent.get_by_text("不在您可以查看的范围内")).to_be_visible()


def test_the_public_reads_the_guide_on_a_phone(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    page = visit(phone=True)
    page.goto_path("/scenes/")
    shot(page, "scenes-list-phone", full=True)
    assert serious_faults(page) == []
    page.get_by_role("link", name="企业迁移登记").click()
    page.get_by_label("同时变更企业名称吗").select_option("no")
    page.get_by_label("一并预约银行账户变更吗").select_option("yes")
    page.get_by_role("button", name="看我的办事指南").click()
    expect(page.get_by_text("减 90.6%").first).to_be_visible()
    shot(page, "scenes-guide-phone", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert serious_faults(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    lines = page.locator(".card", has_text="压减怎么算出来的").locator("li")
    # Each baseline by its name, none hidden.
    for one in ("法定时限逐项串联", "法定时限并联", "承诺时限逐项串联"):
        expect(lines.filter(has_text=one).first).to_be_visible()
