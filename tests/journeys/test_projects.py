"""The register and its meeting as people use them: a sheet, promises, permits and what-if, a pack, decisions, factors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SHEET = (
    "重大项目（演示）\n项目代码,项目名称,业主,总投资（亿元）,签约计划,签约实际,开工计划,投产计划,2026-01计划,2026-01实际\n"
    "A-1,澄光一号项目,甲公司,1.5,2026-01-05,2026-01-05,2026-06-01,2027-05-01,1000,800\n"
    "A-2,坏项目,,0.1,,,2026-06-01,2025-01-01,,\n"
)


@pytest.mark.usefixtures("town")
def test_from_a_sheet_to_a_decision_struck_off(
    visit: Callable[..., Any],
    shot: Callable[..., Any],
    serious_faults: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    sheet, ledger = tmp_path / "项目.csv", tmp_path / "统计.csv"
    sheet.write_bytes(SHEET.encode("gb18030"))
    ledger.write_text("项目代码,项目名称,累计完成投资（亿元）\nA-1,澄光一号项目,0.09\n", encoding="utf-8")
    page = visit("gaoda")
    page.goto_path("/desk/pipeline/import/")
    page.set_input_files("input[name=file]", str(sheet))
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("颠倒")).to_be_visible()
    page.goto_path("/desk/pipeline/?counted=1")
    page.get_by_role("link", name="澄光一号项目").click()
    page.get_by_text("记承诺", exact=True).click()
    page.get_by_label("年度").fill("2025")
    page.get_by_label("承诺数").fill("500")
    page.get_by_label("条款").fill("第六条")
    page.locator("form[action$='/promise/'] button").click()
    expect(page.get_by_text("待核实").first).to_be_visible()
    shot(page, "project", full=True)
    assert serious_faults(page) == []
    page.get_by_role("link", name="许可排期").click()
    page.get_by_label("改哪一步").select_option(index=13)
    page.get_by_label("改成几天").fill("30")
    page.get_by_role("button", name="排一次").click()
    expect(page.get_by_text("比原来早")).to_be_visible()
    shot(page, "project-schedule", full=True)
    assert serious_faults(page) == []
    page.goto_path("/desk/pipeline/ledgers/")
    page.set_input_files("input[name=file]", str(ledger))
    page.get_by_role("button", name="勾稽").click()
    expect(page.get_by_text("统计 900.0 万元，调度 800")).to_be_visible()
    page.goto_path("/desk/pipeline/packs/")
    page.get_by_role("button", name="生成本月材料").click()
    page.get_by_label("议定什么").fill("一周内答复排污指标来源")
    page.get_by_label("责任单位").fill("供电")
    page.get_by_label("办结期限").fill("2036-12-24")
    page.get_by_role("button", name="记下议定事项").click()
    expect(page.get_by_text("没有“供电”这个单位")).to_be_visible()
    page.get_by_label("议定什么").fill("一周内答复排污指标来源")
    page.get_by_label("责任单位").fill("市发改委")
    page.get_by_label("办结期限").fill("2036-12-24")
    page.get_by_role("button", name="记下议定事项").click()
    shot(page, "pack", full=True)
    assert serious_faults(page) == []
    page.get_by_role("link", name="会议室大屏").click()
    shot(page, "pack-slides", full=True)
    assert serious_faults(page) == []
    page.goto_path("/desk/pipeline/decisions/")
    page.get_by_role("link", name="YD").first.click()
    page.get_by_role("link", name="销号").click()
    page.get_by_role("button", name="销号").click()
    expect(page.get_by_text("已销号").first).to_be_visible()


@pytest.mark.usefixtures("town")
def test_factors_allocated_tried_and_adopted(
    visit: Callable[..., Any],
    shot: Callable[..., Any],
    serious_faults: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    projects, factors = tmp_path / "需求.csv", tmp_path / "供给.csv"
    projects.write_text("编号,名称,层级,得分,用地（公顷）\nA,甲,省级,9,2\nB,乙,县级,5,2\n", encoding="utf-8")
    factors.write_text("要素,类型,单位,供给\n用地,总量,亩,40\n", encoding="utf-8")
    page = visit("gaoda", phone=True)
    page.goto_path("/desk/resources/new/")
    page.set_input_files("input[name=projects]", str(projects))
    page.set_input_files("input[name=factors]", str(factors))
    page.get_by_role("button", name="测算").click()
    expect(page.get_by_text("一、放不进去：用地（12 月要 30，余 10亩）")).to_be_visible()
    page.get_by_label("增加多少").fill("20")
    page.get_by_role("button", name="再算一次").click()
    expect(page.get_by_text("进来的：乙")).to_be_visible()
    page.goto_path("/desk/resources/")
    page.get_by_role("link", name="YS").last.click()
    page.get_by_label("会议依据或理由").fill("三月专题会议定")
    page.get_by_role("button", name="采用", exact=True).click()
    expect(page.get_by_text("已采用").first).to_be_visible()
    shot(page, "resource-plan", full=True)
    assert serious_faults(page) == []
