"""A county that starts: its roster of enterprises, its officers and its standing pairs come in by the Excel that it has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import expect

from sanfu.adapters.demo_firms import demo_code
from sanfu.enterprise.liaison.models import Pair
from sanfu.enterprise.registry.models import Enterprise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Any]
ROSTER = (
    ["2026年规上企业名录（演示）"],
    ["序号", "单位详细名称", "统一社会信用代码", "所属镇街", "行业代码", "单位规模", "成立时间"],
    [1, "云澄新厂一(演示)有限公司", f" {demo_code(1).lower()} ", "", 3963, "中", "2015/3/5"],
    [2, "云澄新厂二(演示)有限公司", demo_code(2), "", "", "", ""],
    [None, None, None, None, None, None, None],
    [3, "云澄坏码(演示)有限公司", demo_code(3)[:17] + "?", "月球镇", "", "巨型", ""],
)


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return path


def fits(page: Any, name: str, shot: Open) -> None:
    """Pictures on a phone and on a desk; neither scrolls sideways."""
    for width, height in ((375, 812), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        shot(page, f"{name}-{width}", full=True)


def checked(page: Any, sheet: Path) -> None:
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="检查文件").click()


def test_firms_officers_and_pairs_come_in_by_the_countys_own_tables(
    visit: Open, shot: Open, serious_faults: Open, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    data = visit("jiangyu")
    data.goto_path("/desk/registry/")
    data.get_by_role("link", name="登记企业名录").click()
    checked(data, workbook(tmp_path / "名录.xlsx", *ROSTER))
    expect(data.get_by_text("月球镇")).to_be_visible()
    expect(data.get_by_text("不是划型")).to_be_visible()
    assert not Enterprise.objects.exists(), "a preview enters nothing"
    assert not serious_faults(data)
    fits(data, "roster-checked", shot)
    with data.page.expect_download() as mending:
        data.get_by_role("link", name="下载错误清单").click()
    assert mending.value.suggested_filename.endswith(".xlsx")
    data.get_by_role("button", name="只把 2 个好行登记").click()
    expect(data.get_by_text("已登记 2 家").first).to_be_visible()
    data.goto_path("/desk/registry/")
    data.get_by_role("link", name="云澄新厂一(演示)有限公司").click()
    data.get_by_label("事由").select_option(label="数据维护")
    data.get_by_role("button", name="查看档案").click()
    expect(data.get_by_text("2015-03-05")).to_be_visible()

    planner = visit("guqin")
    planner.goto_path("/desk/liaison/proposals/")
    planner.get_by_role("link", name="登记挂钩干部表").click()
    fits(planner, "officers-sheet", shot)
    officers = [
        ["姓名", "最多挂钩几户", "外语"],
        ["蒋屿", 40, "日语"],
        ["何涛", "40户", ""],
        ["王强", 40, ""],
    ]
    checked(planner, workbook(tmp_path / "干部.xlsx", *officers))
    expect(planner.get_by_text("没有这位挂钩干部")).to_be_visible()
    planner.get_by_role("button", name="只把 2 个好行登记").click()
    expect(planner.get_by_text("已登记 2 位干部").first).to_be_visible()
    planner.goto_path("/desk/liaison/")
    planner.get_by_role("link", name="登记现有关系").click()
    pairs = [
        ["企业", "主挂钩干部", "副挂钩干部", "起始日期"],
        ["云澄新厂一(演示)有限公司", "何涛", "蒋屿", "2024-03-05"],
        [demo_code(9), "何涛", "", ""],
    ]
    checked(planner, workbook(tmp_path / "关系.xlsx", *pairs))
    expect(planner.get_by_text("企业档案里没有这家企业")).to_be_visible()
    assert not serious_faults(planner)
    fits(planner, "pairs-checked", shot)
    planner.get_by_role("button", name="只把 1 个好行登记").click()
    expect(planner.get_by_text("已登记 2 户次").first).to_be_visible()
    assert sorted(Pair.objects.values_list("officer__login", "role")) == [
        ("hetao", "main"),
        ("jiangyu", "deputy"),
    ]
    officer = visit("hetao", phone=True)
    officer.goto_path("/desk/liaison/mine/")
    expect(officer.get_by_text("云澄新厂一(演示)有限公司").first).to_be_visible()
