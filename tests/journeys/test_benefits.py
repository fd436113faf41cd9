"""惠企政策 in the browser: a rule is changed and approved, a firm reads its card, a batch is paid, finance moves a line."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from sanfu.adapters.demo_firms import demo_code, seed_firms
from sanfu.enterprise.benefits.models import Batch, Line, PolicyVersion
from sanfu.enterprise.registry.models import Fact
from sanfu.web import middleware

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.fixture
def visit_firms(visit: Open, settings: Any, tmp_path: Path) -> Open:
    """The demo county with its enterprises."""
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    return visit


def test_a_rule_is_edited_tried_submitted_and_approved(
    visit_firms: Open, shot: Open, serious_faults: Open
) -> None:
    page = visit_firms("jiangyu")
    page.goto_path("/desk/benefits/")
    expect(page.get_by_role("link", name="云澄市促进工业企业稳增长若干措施（演示）").first).to_be_visible()
    shot(page, "benefit-policies", full=True)
    page.goto_path("/desk/benefits/policies/yc-growth/")
    shot(page, "benefit-policy", full=True)
    assert not serious_faults(page)
    block = page.locator("#block-1")
    said = block.input_value()
    block.fill(said.replace("5000万元以上", "5000人以上"))
    expect(page.locator("#trial")).to_contain_text("这样写不会生效")
    expect(page.locator("#trial")).to_contain_text("规则块2第")
    shot(page, "benefit-policy-error", full=True)
    block.fill(said.replace("5000万元以上", "6000万元以上"))
    expect(page.locator("#trial")).to_contain_text("标准例不再成立")
    expect(page.locator("#trial")).to_contain_text("失去")
    shot(page, "benefit-policy-broken", full=True)
    block.fill(said.replace("否则: 10万元", "否则: 12万元"))
    expect(page.locator("#trial")).to_contain_text("不成立")
    block.fill(said.replace("≥ 50000万元: 60万元", "≥ 50000万元: 80万元"))
    expect(page.locator("#trial")).to_contain_text("全部成立")
    page.get_by_label("修改理由").fill("提高最高一档,鼓励龙头企业")
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("等待另一位复核人员办理").first).to_be_visible()
    second = visit_firms("luoqi")
    second.goto_path("/desk/benefits/policies/yc-growth/")
    shot(second, "benefit-policy-approve", full=True)
    second.get_by_role("button", name="复核通过").click()
    expect(second.get_by_text("政策第1版：已复核通过")).to_be_visible()
    assert PolicyVersion.objects.get().state == "published"
    assert "80万元" in second.content()


def test_a_firm_reads_its_card_on_a_phone(visit_firms: Open, shot: Open, serious_faults: Open) -> None:
    page, wide = visit_firms("wangqiang", phone=True), visit_firms("wangqiang")
    wide.page.set_viewport_size({"width": 1280, "height": 900})
    for one in (wide, page):
        one.goto_path("/firm/benefits/")
        expect(one.get_by_role("heading", name="可享受")).to_be_visible()
        expect(one.get_by_text("由460万元提高到500万元").first).to_be_visible()
        first = one.locator("main h2").first.inner_text()
        assert first.startswith(("一键确认", "自动给", "申请就能拿", "再走一步")), "money comes first"
    expect(page.get_by_role("heading", name="再走一步能拿")).to_be_visible()
    assert "较小值" not in page.content()
    expect(page.get_by_text("2026 年内").first).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not serious_faults(page)
    shot(page, "benefit-card-phone", full=True)
    shot(wide, "benefit-card", full=True)
    public = visit_firms(phone=True)
    public.goto_path("/policies/")
    expect(public.get_by_role("link", name="云澄市高新技术企业奖励办法（演示）")).to_be_visible()
    shot(public, "benefit-library-phone", full=True)
    public.get_by_role("link", name="云澄市高新技术企业奖励办法（演示）").click()
    expect(public.get_by_role("heading", name="高企认定奖励")).to_be_visible()


def test_finance_moves_a_threshold_before_anything_is_published(
    visit_firms: Open, shot: Open, serious_faults: Open, same_when_fresh: Open
) -> None:
    page = visit_firms("fangzheng")
    page.goto_path("/desk/benefits/simulate/?clause=yc-growth-2")
    before = page.locator("#result .kpi .value").first.inner_text()
    page.locator("#value").fill("8000")
    expect(page.locator("#result .kpi .value").first).not_to_have_text(before)
    shot(page, "benefit-simulate", full=True)
    same_when_fresh(page, "#result .grid")
    slider = page.locator("input[type=range]")
    slider.fill("3000")
    expect(page.locator("#value")).to_have_value("3000")
    assert not serious_faults(page)
    page.goto_path("/desk/benefits/simulate/?clause=yc-points-1&pool=800")
    expect(page.get_by_text("每分价格")).to_be_visible()
    shot(page, "benefit-simulate-points", full=True)
    page.goto_path("/desk/benefits/ready/")
    shot(page, "benefit-ready", full=True)
    assert not serious_faults(page)
    page.goto_path("/desk/benefits/clauses/yc-growth-2/?standing=near")
    expect(page.get_by_text("最小变化").first).to_be_visible()
    shot(page, "benefit-near", full=True)
    phone = visit_firms("fangzheng", phone=True)
    phone.goto_path("/desk/benefits/simulate/?clause=yc-growth-2&value=8000")
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    shot(phone, "benefit-simulate-phone", full=True)


class _Later:
    """The clock of the pages, moved forward."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return timezone.now() + self.ahead

    def localdate(self, moment: datetime) -> Any:
        return timezone.localdate(moment)


def press(page: Any, name: str, words: str = "") -> None:
    """Press one act of a batch and, when it asks, answer."""
    bar = page.locator(".head .actions")
    if words:
        bar.get_by_role("link", name=name).click()
        page.locator("main textarea").first.fill(words)
        page.get_by_role("button", name=name).click()
    else:
        bar.get_by_role("button", name=name).click()
    expect(page.get_by_text(f"已{name}。").first).to_be_visible()


def test_a_batch_is_paid_out_and_replayed(
    visit_firms: Open, shot: Open, serious_faults: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = visit_firms("jiangyu")
    officer.goto_path("/desk/benefits/batches/new/")
    shot(officer, "benefit-batch-new", full=True)
    for name in ("首次获评小巨人奖励", "首次获评省专精特新奖励", "首次通过创新型评价奖励"):
        officer.get_by_label(name).check()
    officer.get_by_role("button", name="冻结数据并生成名单").click()
    expect(officer.get_by_text("待初核").first).to_be_visible()
    shot(officer, "benefit-batch", full=True)
    assert not serious_faults(officer)
    path = f"/desk/benefits/batches/{Batch.objects.get().pk}/"
    press(officer, "初核通过", "名单、信用、互斥已核对")
    second = visit_firms("luoqi")
    second.goto_path(path)
    press(second, "审定", "云澄专题会议纪要〔2026〕9号")
    officer.goto_path(path)
    press(officer, "开始公示")
    objected = _object(visit_firms, shot)
    officer.goto_path(path)
    officer.get_by_role("link", name="异议处理").click()
    officer.get_by_label("成立，移出名单").check()
    officer.get_by_label("核查情况和结论").fill("核查认定文件,确属重复申报")
    officer.get_by_role("button", name="异议处理").click()
    expect(officer.get_by_text("成立，已移出").first).to_be_visible()
    shot(officer, "benefit-batch-notice", full=True)
    assert Line.objects.get(pk=objected).paid == 0
    monkeypatch.setattr(middleware, "timezone", _Later(timedelta(days=12)))
    officer = visit_firms("jiangyu")  # the session of twelve days ago has ended
    officer.goto_path(path)
    press(officer, "公示结束")
    _consent_and_pay(visit_firms, shot, officer, path)
    officer.goto_path(path)
    officer.get_by_role("button", name="重放并逐字节比对").click()
    expect(officer.get_by_text("逐字节相同")).to_be_visible()
    shot(officer, "benefit-batch-replayed", full=True)


def _object(visit_firms: Open, shot: Open) -> Any:
    public = visit_firms(phone=True)
    public.goto_path("/policies/")
    public.get_by_role("link", name="云澄市优质中小企业培育奖励办法（演示）兑付").click()
    own = Line.objects.filter(enterprise__organisation__isnull=True, state="listed").first()
    assert own
    public.get_by_label("对哪一项").select_option(str(own.pk))
    public.get_by_label("事实和理由").fill("这家企业已在外地领取同一奖励,请核查。")
    shot(public, "benefit-notice-phone", full=True)
    public.get_by_role("button", name="提交异议").click()
    expect(public.get_by_text("已收到您的异议")).to_be_visible()
    return own.pk


def _consent_and_pay(visit_firms: Open, shot: Open, officer: Any, path: str) -> None:
    firm = visit_firms("wangqiang", phone=True)
    firm.goto_path("/firm/benefits/")
    shot(firm, "benefit-consent-phone")
    firm.get_by_role("button", name="确认并接收").click()
    expect(firm.get_by_text("资金将拨付到您填写的账户")).to_be_visible()
    press(officer, "登记线下意愿", "各镇街承诺书汇总表")
    finance = visit_firms("fangzheng")
    finance.goto_path(path)
    press(finance, "生成拨付文件")
    with finance.page.expect_download() as download:
        finance.get_by_role("link", name=".xlsx").first.click()
    sheet = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
    sent = Line.objects.filter(state="sent")
    assert sheet[-1][5] * 100 == sum(line.paid for line in sent)
    receipts = _workbook(
        ["付款编号", "结果", "凭证号"], [[line.payment, "成功", f"PZ-{line.payment}"] for line in sent]
    )
    finance.get_by_role("link", name="登记回执").click()
    finance.locator("input[type=file]").set_input_files(
        {"name": "回执.xlsx", "mimeType": "application/octet-stream", "buffer": receipts}
    )
    finance.get_by_role("button", name="登记回执").click()
    expect(finance.get_by_text("已登记回执")).to_be_visible()
    press(finance, "拨付完毕")
    shot(finance, "benefit-batch-paid", full=True)
    finance.get_by_role("link", name="追回").click()
    line = Line.objects.filter(state="paid").first()
    assert line
    finance.get_by_label("付款编号").select_option(line.payment)
    finance.get_by_label("追回金额").fill("1000")
    finance.get_by_label("事由和依据").fill("审计报告〔2026〕3号")
    finance.get_by_role("button", name="追回").click()
    expect(finance.get_by_text("已追回。").first).to_be_visible()
    line.refresh_from_db()
    assert line.clawed == 100_000


def _workbook(heads: list[str], rows: list[list[Any]]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate([heads, *rows]):
        sheet.write_row(place, 0, row)
    book.close()
    return out.getvalue()


def test_a_facts_file_is_refused_row_by_row(visit_firms: Open, shot: Open) -> None:
    page = visit_firms("jiangyu")
    good, twin = demo_code(1), demo_code(2)
    rows = [
        [good, "9600"], [twin, "100"], [twin, "200"], [demo_code(3)[:-1] + "0", "300"], [demo_code(4), "-5"],
    ]  # fmt: skip
    page.goto_path("/desk/benefits/firms/upload/")
    page.locator("input[type=file]").set_input_files(
        {
            "name": "用电.xlsx",
            "mimeType": "application/octet-stream",
            "buffer": _workbook(["统一社会信用代码", "期末.资产总额(万元)"], rows),
        }
    )
    shot(page, "benefit-upload", full=True)
    before = Fact.objects.count()
    page.get_by_role("button", name="检查文件").click()
    expect(page.get_by_text("同一家企业")).to_be_visible()
    expect(page.get_by_text("校验位")).to_be_visible()
    expect(page.get_by_text("超出可能范围")).to_be_visible()
    shot(page, "benefit-import", full=True)
    assert Fact.objects.count() == before
    page.get_by_role("button", name="只把 2 个好行入档").click()
    expect(page.get_by_text("已入档 2 条事实").first).to_be_visible()
    assert Fact.objects.count() == before + 2
    assert settings.DEMO
