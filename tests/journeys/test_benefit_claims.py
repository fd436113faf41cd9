"""快申快享 in the browser: the enterprise asks, the department reviews, the next batch pays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.enterprise.benefits.models import Claim, Line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]
INVOICE = {"name": "设备发票.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 invoice"}


@pytest.fixture
def visit_firms(visit: Open, settings: Any, tmp_path: Any) -> Open:
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    return visit


def fits(page: Any) -> bool:
    return not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_firm_claims_what_data_cannot_settle_and_is_listed(
    visit_firms: Open, shot: Open, serious_faults: Open
) -> None:
    firm = visit_firms("wangqiang", phone=True)
    firm.goto_path("/firm/benefits/")
    line = (
        firm.locator("details.benefit").filter(has_text="技术改造补助").first
    )  # the card names it above, too
    line.locator("summary").click()
    line.get_by_role("link", name="申请", exact=True).click()
    expect(firm.get_by_text("规则不成立")).to_be_visible()
    invested = firm.get_by_label("技改投资额是多少")
    invested.fill("")
    expect(firm.locator("#answer")).to_contain_text("还没有结论")
    shot(firm, "claim-unknown-phone", full=True)
    invested.fill("520人")
    invested.fill("520")
    expect(firm.locator("#answer")).to_contain_text("规则成立")
    firm.get_by_role("button", name="确认提交").click()
    expect(firm.get_by_text("请上传佐证材料").first).to_be_visible()
    assert invested.input_value() == "520"
    shot(firm, "claim-form-phone", full=True)
    assert fits(firm)
    assert not serious_faults(firm)
    for place in (0, 1):
        firm.locator("input[type=file]").nth(place).set_input_files(INVOICE)
    firm.get_by_role("button", name="确认提交").click()
    expect(firm.get_by_text("已提交，编号")).to_be_visible()
    assert fits(firm)
    shot(firm, "claim-sent-phone", full=True)
    claim = Claim.objects.get()
    path = f"/desk/benefits/claims/{claim.pk}/"
    officer = visit_firms("jiangyu")
    officer.goto_path("/desk/")
    officer.goto_path(path)
    shot(officer, "claim-review", full=True)
    assert not serious_faults(officer)
    officer.get_by_role("link", name="要求补正").click()
    officer.get_by_label("新设备投资额").check()
    officer.get_by_label("哪里不对").fill("发票金额与设备清单不一致，请重新核对")
    shot(officer, "claim-ask", full=True)
    assert not serious_faults(officer)
    officer.get_by_role("button", name="要求补正").click()
    expect(officer.get_by_text("等企业补正")).to_be_visible()
    firm.reload()
    firm.get_by_role("link", name="去补正").click()
    expect(firm.get_by_text("发票金额与设备清单不一致")).to_be_visible()
    firm.get_by_label("新设备投资额是多少").fill("400")
    shot(firm, "claim-correct-phone", full=True)
    firm.get_by_role("button", name="提交补正").click()
    expect(firm.get_by_text("补正已提交")).to_be_visible()
    officer.goto_path(path)
    shot(officer, "claim-review-again", full=True)
    officer.get_by_role("link", name="审核通过").click()
    officer.get_by_role("button", name="审核通过").click()
    expect(officer.get_by_text("审核通过，待入批次")).to_be_visible()
    officer.goto_path("/desk/benefits/claims/")
    shot(officer, "claim-list", full=True)
    officer.goto_path("/desk/benefits/batches/new/")
    officer.get_by_label("技术改造补助").check()
    shot(officer, "claim-batch-new", full=True)
    officer.get_by_role("button", name="冻结数据并生成名单").click()
    expect(officer.get_by_text("企业填报，经蒋屿于").first).to_be_visible()
    shot(officer, "claim-batch", full=True)
    assert Line.objects.get().paid == 40 * 10**6
    desk = visit_firms("wangqiang")
    desk.goto_path("/firm/benefits/")
    shot(desk, "claim-card", full=True)
    desk.goto_path(f"/firm/benefits/claims/{claim.pk}/")
    expect(desk.get_by_text("已列入兑付批次")).to_be_visible()
    shot(desk, "claim-listed", full=True)
    phone = visit_firms("jiangyu", phone=True)
    phone.goto_path(path)
    assert fits(phone)
    shot(phone, "claim-review-phone", full=True)
    assert settings.DEMO


def test_the_form_works_with_the_keyboard_and_is_refused_with_reason(visit_firms: Open, shot: Open) -> None:
    firm = visit_firms("wangqiang")
    firm.goto_path("/firm/benefits/claims/new/yc-upgrade-1/")
    firm.get_by_label("技改投资额是多少").focus()
    firm.keyboard.press("Control+A")
    firm.keyboard.type("480")
    firm.keyboard.press("Tab")
    firm.keyboard.press("Tab")
    assert firm.evaluate("document.activeElement.id") == "v2"
    for place in (0, 1):
        firm.locator("input[type=file]").nth(place).set_input_files(INVOICE)
    firm.get_by_role("button", name="确认提交").click()
    expect(firm.get_by_text("没有提交").first).to_be_visible()
    expect(firm.get_by_text("已有“设备发票.pdf”").first).to_be_visible()
    shot(firm, "claim-refused", full=True)
    assert not Claim.objects.exists()
