"""A messy sheet with an own scheme, notice, the firm's own objection re-run line by line, the officer's answer back at the firm."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from sanfu.people.models import Organisation

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("town")
def test_a_run_from_the_users_sheet_to_an_objection_upheld(
    visit: Callable[..., Any],
    shot: Callable[..., Any],
    serious_faults: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    sheet, own = tmp_path / "企业.csv", tmp_path / "方案.json"
    firm_name = Organisation.objects.get(code="FIRM-1").name
    sheet.write_bytes(
        f"年度数据（演示）\n企业名称,评价税收（元）,用地面积（公顷）\n甲,1000000,1\n{firm_name},60万元,15亩\n丙,不知道,1\n".encode(
            "gb18030"
        )
    )
    scheme: dict[str, Any] = {
        "id": "own",
        "year": 2025,
        "upper": [{"k": "亩均税收", "w": 90, "base": 8}],
        "grades": {"A": 50, "B": 100},
    }
    own.write_text(json.dumps(scheme), encoding="utf-8")
    page = visit("mulan")
    page.goto_path("/desk/scoring/new/")

    def send() -> None:
        page.get_by_label("批次名称").fill("自己的测算")
        page.set_input_files("input[name=own]", str(own))
        page.set_input_files("input[name=file]", str(sheet))
        page.get_by_role("button", name="测算").click()

    send()
    expect(page.get_by_text("权重之和应为 100")).to_be_visible()
    scheme["upper"][0]["w"] = 100
    own.write_text(json.dumps(scheme), encoding="utf-8")
    send()
    expect(page.get_by_text("第 5 行 丙")).to_be_visible()
    page.get_by_role("button", name="公示").click()
    expect(page.get_by_text("为止可以提异议")).to_be_visible()
    shot(page, "scoring-run", full=True)
    assert serious_faults(page) == []
    firm = visit("wangqiang", phone=True)
    firm.goto_path("/firm/scoring/")
    firm.get_by_role("link", name="自己的测算").click()
    expect(firm.get_by_text("B", exact=True).first).to_be_visible()
    firm.get_by_label("异议理由和依据").fill("税收少算了一笔")
    firm.get_by_label("评价税收").fill("150")
    firm.get_by_role("button", name="按这些数重算并提交").click()
    expect(firm.get_by_text("按所报的数重算为 125 分、A 档")).to_be_visible()
    assert serious_faults(firm) == []
    page.goto_path("/home/")
    page.get_by_role("link", name="亩均异议待处理").first.click()  # one alone waits: its own page
    expect(page.get_by_text("重算 125 分、A 档")).to_be_visible()
    expect(page.get_by_text("怎样够到上一档")).to_be_visible()
    shot(page, "scoring-firm", full=True)
    assert serious_faults(page) == []
    page.get_by_role("button", name="不采纳").click()
    expect(page.get_by_text("不采纳须写明答复")).to_be_visible()
    page.goto_path("/desk/scoring/")
    page.get_by_role("link", name="自己的测算").click()
    page.get_by_role("link", name=firm_name).first.click()
    page.get_by_label("答复").fill("税票核实无误")
    page.get_by_role("button", name="采纳", exact=True).click()
    expect(page.get_by_text("换成重算的")).to_be_visible()
    firm.goto_path("/messages/")
    expect(firm.get_by_text("您提的异议采纳，现为 A 档").first).to_be_visible()
    firm.goto_path("/firm/scoring/")
    firm.get_by_role("link", name="自己的测算").click()
    expect(firm.get_by_text("答复：税票核实无误")).to_be_visible()
    shot(firm, "scoring-firm-answered", full=True)
