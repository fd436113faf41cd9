"""动态监测 and 一企一档 in the browser: alerts verified, a messy file taken in, a record opened for a reason the firm reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import seed_firms
from sanfu.adapters.demo_monitoring import monitoring
from sanfu.enterprise.registry.models import Enterprise

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


@pytest.fixture
def judged(town: None) -> None:
    """The demo county's enterprises with 36 months and one judged month."""
    now = timezone.now()
    seed_firms(region=settings.REGION, at=now)
    monitoring(now)


@pytest.mark.usefixtures("judged")
def test_story_7_an_officer_verifies_an_alert_and_takes_monthly_data_in(
    visit: Visit, shot: Visit, tmp_path: Path
) -> None:
    desk = visit("jiangyu")
    desk.goto_path("/desk/monitoring/alerts/?state=open")
    shot(desk, "monitoring-alerts", full=True)
    desk.locator("tbody a").first.click()
    expect(desk.get_by_text("风险分（以上相加）")).to_be_visible()
    expect(desk.get_by_text("与同行比的曲线")).to_be_visible()
    shot(desk, "monitoring-alert", full=True)
    desk.get_by_role("link", name="误报").or_(desk.get_by_role("button", name="误报")).first.click()
    desk.get_by_label("核查情况").fill("电表更换，数据缺了半个月")
    desk.get_by_role("button", name="误报").last.click()
    expect(desk.locator("main").get_by_text("误报").first).to_be_visible()

    codes = list(Enterprise.objects.order_by("credit_code").values_list("credit_code", flat=True)[:2])
    sheet = tmp_path / "月度数据.csv"
    sheet.write_text(
        f'统一社会信用代码,月份,用电量（千瓦时）\n{codes[0]},2024年3月,"1,200"\n{codes[1]},2024年3月,不详\n',
        encoding="utf-8",
    )
    desk.goto_path("/desk/monitoring/data/")
    shot(desk, "monitoring-data", full=True)
    desk.locator("input[type=file]").set_input_files(sheet)
    desk.get_by_role("button", name="检查文件").click()
    expect(desk.get_by_text("不是数")).to_be_visible()
    desk.get_by_role("button", name="只把 1 个好行入库").click()
    expect(desk.get_by_text("已入库 1 行").first).to_be_visible()
    desk.goto_path("/desk/monitoring/issues/")
    shot(desk, "monitoring-issues", full=True)
    desk.goto_path("/desk/monitoring/chances/")
    shot(desk, "monitoring-chances", full=True)


@pytest.mark.usefixtures("judged")
def test_story_1_a_record_is_opened_for_a_reason_and_the_firm_reads_it(visit: Visit, shot: Visit) -> None:
    firm = Enterprise.objects.exclude(organisation=None).get()
    desk = visit("jiangyu")
    desk.goto_path(f"/desk/registry/{firm.id}/")
    desk.get_by_label("事由").select_option(label="走访准备")
    desk.get_by_label("说明（可不填）").fill("下周走访")
    desk.get_by_role("button", name="查看档案").click()
    expect(desk.get_by_role("heading", name="时间线")).to_be_visible()
    shot(desk, "registry-record", full=True)
    mine = visit("wangqiang")
    mine.goto_path("/firm/registry/looks/")
    expect(mine.get_by_text("下周走访")).to_be_visible()
    shot(mine, "registry-looks", full=True)
