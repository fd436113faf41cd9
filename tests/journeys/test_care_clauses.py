"""Clauses of 服务企业 that the nine walks leave out: doubles, renames, merged wishes, booked slots, the workload."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.enterprise.monitoring.queries import per_week
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.models import Visit
from sanfu.records.moments import day_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]


@pytest.fixture
def county(visit: Open, settings: Any, tmp_path: Any) -> Open:
    """The demo county with its enterprises."""
    settings.MEDIA_ROOT = tmp_path
    seed_firms(region=settings.REGION, at=timezone.now())
    return visit


def test_a_double_is_merged_and_parted_a_firm_renamed_and_struck_off(county: Open) -> None:
    firm, double = Enterprise.objects.filter(organisation=None).order_by("credit_code")[:2]
    desk = county("jiangyu")
    desk.goto_path(f"/desk/registry/{firm.id}/")
    desk.get_by_label("事由").select_option(label="数据维护")
    desk.get_by_role("button", name="查看档案").click()
    desk.get_by_label("重复档案的信用代码").fill(double.credit_code)
    desk.get_by_label("为什么是同一家").fill("同一法定代表人、同一地址")
    desk.get_by_role("button", name="并入本档案").click()
    expect(desk.get_by_text("已并入").first).to_be_visible()
    double.refresh_from_db()
    assert double.merged_into_id == firm.pk
    desk.get_by_role("button", name="撤销合并").click()
    expect(desk.get_by_text("恢复为单独的档案").first).to_be_visible()
    double.refresh_from_db()
    assert double.merged_into is None
    old = firm.name
    desk.get_by_label("更名为").fill("云澄更名后(演示)有限公司")
    desk.get_by_role("button", name="登记更名").click()
    expect(desk.get_by_role("heading", name="云澄更名后(演示)有限公司")).to_be_visible()
    expect(desk.get_by_text(f"{old}（至", exact=False)).to_be_visible()
    day = day_of(timezone.now()) - timedelta(days=400)
    desk.get_by_label("看哪一天的档案").fill(day.isoformat())
    desk.get_by_role("button", name="查看", exact=True).click()
    expect(desk.get_by_text("当天知道的")).to_be_visible()
    desk.get_by_label("注销日期").fill(day_of(timezone.now()).isoformat())
    desk.get_by_label("依据").fill("市场监管局注销登记")
    desk.get_by_role("button", name="登记注销").click()
    expect(desk.get_by_text("起注销：市场监管局注销登记", exact=False)).to_be_visible()


def test_wishes_of_a_firm_become_one_visit_and_each_names_it(county: Open, shot: Open) -> None:
    firm = Enterprise.objects.order_by("credit_code")[3]
    first = day_of(timezone.now()) + timedelta(days=14)
    for login, purpose in (("jiangyu", "了解用工"), ("qianjin", "了解用能"), ("guqin", "随机抽查执法")):
        officer = county(login)
        officer.goto_path("/desk/visits/wishes/")
        officer.locator("#id_enterprise").fill(firm.credit_code)
        officer.get_by_role("textbox", name="最早").fill(first.isoformat())
        officer.get_by_role("textbox", name="最晚").fill((first + timedelta(days=21)).isoformat())
        officer.get_by_role("textbox", name="事由").fill(purpose)
        if login == "guqin":
            officer.locator("#id_lawful").check()
        officer.get_by_role("button", name="提出", exact=True).click()
        expect(officer.get_by_text("走访意向已提出", exact=False).first).to_be_visible()
    planner = county("guqin")
    planner.goto_path("/desk/visits/plan/")
    expect(planner.get_by_text("牵头的走访", exact=False).first).to_be_visible()
    assert not Visit.objects.exists(), "nothing is planned before a person adopts it"
    shot(planner, "visit-plan", full=True)
    planner.get_by_role("button", name="采纳计划").click()
    expect(planner.get_by_text("计划已采纳", exact=False).first).to_be_visible()
    planned = Visit.objects.filter(enterprise=firm, wishes__lawful=False).distinct()
    assert [sorted(one.wishes.values_list("purpose", flat=True)) for one in planned] == [
        ["了解用工", "了解用能"]
    ]
    phone = county("qianjin", phone=True)
    phone.goto_path("/desk/visits/wishes/")
    expect(phone.get_by_role("table").get_by_text("并入他人走访").first).to_be_visible()
    shot(phone, "visit-wishes-phone", full=True)
    planner.goto_path(f"/desk/visits/{planned.get().id}/brief/")
    expect(planner.get_by_text("了解用工").first).to_be_visible()
    shot(planner, "visit-brief", full=True)


def test_a_firm_books_on_its_phone_and_the_slider_sets_the_workload(
    county: Open, shot: Open, settings: Any
) -> None:
    firm = county("wangqiang", phone=True)
    firm.goto_path("/firm/centre/")
    firm.get_by_label("哪天、几点").select_option(index=1)
    firm.get_by_label("要办的事").fill("办理变更登记")
    firm.get_by_role("button", name="预约", exact=True).click()
    expect(firm.get_by_text("已预约", exact=False).first).to_be_visible()
    shot(firm, "appointment-phone", full=True)
    firm.get_by_role("button", name="取消", exact=True).click()
    expect(firm.get_by_text("时段已空出", exact=False).first).to_be_visible()
    desk = county("jiangyu")
    desk.goto_path("/desk/monitoring/data/")
    before = per_week(settings.REGION)
    desk.locator("input[name=per_week]").fill("7")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("现在 7 家", exact=False)).to_be_visible()
    assert (before == 7, per_week(settings.REGION)) == (False, 7)
