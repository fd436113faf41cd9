"""A firm's needs against the county's floors, from the tables that people have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("town")
def test_two_tables_to_a_section_with_the_conflict_in_words(
    visit: Callable[..., Any],
    shot: Callable[..., Any],
    serious_faults: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    houses, needs = tmp_path / "厂房.csv", tmp_path / "需求.csv"
    houses.write_bytes(
        "厂房,层,层高,荷载（t/㎡）,面积\n一号楼,1,12,3,4000\n,2-3,7,1.5,4000\n".encode("gb18030")
    )
    needs.write_text(
        "企业名称,净高,荷载,面积,特征,避开\n甲公司,5,1t,1500,粉尘,\n丙公司,5,1t,1500,,粉尘\n乙公司,10,5t,2000,,\n",
        encoding="utf-8",
    )
    page = visit("mulan")
    page.goto_path("/desk/floors/new/")
    page.get_by_label("名称", exact=False).first.fill("自己的厂房")
    page.set_input_files("input[name=houses_file]", str(houses))
    page.set_input_files("input[name=needs_file]", str(needs))
    page.get_by_role("button", name="测算").click()
    expect(page.get_by_text("甲公司").first).to_be_visible()
    expect(page.get_by_text("楼面荷载").first).to_be_visible()
    drawn = page.locator("svg").filter(has_text="甲公司").first.locator("text").all_text_contents()
    assert any("甲公司" in words for words in drawn)
    assert any("丙公司" in words for words in drawn), "both are placed in the one house"
    assert not any("甲公司" in words and "丙公司" in words for words in drawn), (
        "dust and who avoids it share no floor"
    )
    expect(page.get_by_text("未放下：乙公司")).to_be_visible()
    shot(page, "floors-study", full=True)
    assert serious_faults(page) == []
