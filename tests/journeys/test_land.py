"""The land officer's way: a file with faults, the map by keyboard and without script, screening, an option taken up."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters import demo_land

pytestmark = pytest.mark.browser
RING = [[120.7, 31.8], [120.702, 31.8], [120.702, 31.802], [120.7, 31.802], [120.7, 31.8]]


@pytest.fixture
def lots(town: None) -> None:
    """The demo county's lots."""
    demo_land.land(timezone.now())


@pytest.mark.usefixtures("lots")
def test_a_file_becomes_parcels_and_one_becomes_a_dossier(
    visit: Callable[..., Any],
    shot: Callable[..., Any],
    serious_faults: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    rings = {"用户-1": [[y, x] for x, y in RING], "用户-2": [[y, x + 0.0005] for x, y in RING]}
    features = [
        {
            "type": "Feature",
            "properties": {"宗地编号": n, "容积率": 0.5},
            "geometry": {"type": "Polygon", "coordinates": [r]},
        }
        for n, r in rings.items()
    ]
    file = tmp_path / "我的宗地.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    officer = visit("tianchou")
    officer.goto_path("/desk/land/import/")
    officer.set_input_files("input[type=file]", str(file))
    officer.get_by_label("坐标基准").select_option("gk3")
    officer.get_by_role("button", name="导入").click()
    expect(officer.get_by_text("没有导入任何宗地")).to_be_visible()
    officer.set_input_files("input[type=file]", str(file))
    officer.get_by_label("坐标基准").select_option("cgcs2000")
    officer.get_by_role("button", name="导入").click()
    # once for the file, once for the parcel that was turned
    expect(officer.get_by_text("已换成经度在前")).to_have_count(2)
    expect(officer.get_by_text("重叠", exact=False).first).to_be_visible()
    shot(officer, "land-import", full=True)
    assert serious_faults(officer) == []
    officer.get_by_role("link", name="用户-1").click()
    expect(officer.get_by_text("缺这些事实才能定")).to_be_visible()
    officer.get_by_text("补充事实", exact=True).click()
    officer.get_by_label("取得土地年数").fill("9")
    officer.get_by_role("button", name="记下并重新筛查").click()
    expect(officer.get_by_text("筛查结论：低效")).to_be_visible()
    officer.get_by_text("测算一个方案").click()
    officer.get_by_label("每层建筑面积").fill("12000")
    officer.get_by_label("现状容积率", exact=True).fill("0.6")
    officer.get_by_label("现状容积率的说法").select_option("不足")
    officer.get_by_role("button", name="测算").click()
    expect(officer.get_by_text("超过原来的", exact=False).first).to_be_visible()
    shot(officer, "land-option", full=True)
    assert serious_faults(officer) == []
    officer.get_by_role("button", name="采用并立档").click()
    expect(officer.get_by_text("已立档，档号 DL")).to_be_visible()


@pytest.mark.usefixtures("lots")
def test_the_map_by_keyboard_without_script_and_on_a_phone(
    visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., list[str]]
) -> None:
    page = visit("zhengju")
    page.goto_path("/desk/land/")
    expect(page.locator("svg.parcel-map a").first).to_be_attached()
    shot(page, "land-map", full=True)
    assert serious_faults(page) == []
    page.locator("svg.parcel-map a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="宗地 演示-001")).to_be_visible()
    shot(page, "land-parcel", full=True)
    phone = visit("zhengju", phone=True)
    phone.goto_path("/desk/land/")
    shot(phone, "land-map-phone", full=True)
    assert serious_faults(phone) == []
