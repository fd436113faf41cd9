"""The park officer's way and the leader's: a profile, a messy sheet, what fits, an evaluation, the page of all parks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("town")
def test_from_the_users_sheets_to_what_fits_and_the_leaders_page(
    visit: Callable[..., Any],
    shot: Callable[..., Any],
    serious_faults: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    stocks, values = tmp_path / "承载.csv", tmp_path / "指标.csv"
    stocks.write_bytes(
        "承载能力（演示）\n开发区名称,要素,总量（亩）,已占用\n东园,用地,10公顷,120\n东园,阳光,3,\n".encode(
            "gb18030"
        )
    )
    values.write_text("园区,亩均税收,污水集中处理率\n东园,28,98%\n西园,30,\n", encoding="utf-8")
    page = visit("yuanjun")
    page.goto_path("/desk/parks/new/")
    page.get_by_label("园区名称").fill("东园")
    page.get_by_role("button", name="建立").click()
    expect(page.get_by_text("没有数不等于没有余量")).to_be_visible()
    page.goto_path("/desk/parks/import/")
    page.set_input_files("input[name=file]", str(stocks))
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("第 4 行：要素“阳光”")).to_be_visible()
    expect(page.get_by_text("换算为 150亩")).to_be_visible()
    page.goto_path("/desk/parks/fit/")
    page.get_by_label("用地（亩）").fill("40")
    page.get_by_role("button", name="看放得下吗").click()
    expect(page.get_by_text("用地差 10 亩")).to_be_visible()
    assert serious_faults(page) == []
    page.get_by_role("link", name="东园").click()
    shot(page, "park", full=True)
    assert serious_faults(page) == []
    leader = visit("gaoda", phone=True)
    leader.goto_path("/desk/parks/evaluations/new/")
    leader.get_by_label("名称").first.fill("自己的评价")
    leader.get_by_label("方案", exact=True).select_option("demo-province")
    leader.set_input_files("input[name=file]", str(values))
    leader.get_by_role("button", name="评价").click()
    expect(leader.get_by_text("同类园区只有 2 个")).to_be_visible()
    expect(leader.get_by_text("不能拿来比")).to_be_visible()
    shot(leader, "park-run", full=True)
    assert serious_faults(leader) == []
    leader.goto_path("/leader/parks/")
    expect(leader.get_by_text("余 30 亩")).to_be_visible()
    shot(leader, "leader-parks", full=True)
    assert serious_faults(leader) == []
