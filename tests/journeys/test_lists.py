"""A list on its way: a broken file is refused whole, a good one is drafted, approved by a second person, published."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from sanfu.adapters.demo_lists import seed_lists
from sanfu.lists import queries
from sanfu.lists.columns import HEADS, cells_of
from sanfu.lists.models import ListVersion
from sanfu.lists.states import ListKind
from sanfu.lists.versions import VersionState
from tests.rooms.test_list_files import excel

pytestmark = pytest.mark.browser
REGION = settings.REGION


@pytest.fixture
def lists(town: None) -> ListVersion:
    """The demo county with its two published versions; the one in force."""
    seed_lists(settings.CONTENT)
    version = queries.in_force(ListKind.REQUESTS, timezone.localdate(), region=REGION)
    assert version is not None
    return version


def sheet(version: ListVersion, folder: Path, *, broken: bool) -> Path:
    """The list in force as a town would send it back: one unit renamed, and in the broken file three mistakes."""
    units = queries.units_of(REGION)
    rows = [list(cells_of(item, units).values()) for item in queries.items_of(version)[:40]]
    lead, rules = HEADS.index("责任部门"), HEADS.index("条件和责任")
    rows[5][lead] = "市水务局"
    if broken:
        rows[7][lead] = "市水物管理局"
        rows[0][rules] = "设施位置 = 市政道路 → 市城管局\n设施位置 ≠ 公路 → 属地镇(街道)"
        rows[2][HEADS.index("诉求名称")] = ""
    path = folder / ("有错的清单.xlsx" if broken else "望江镇清单.xlsx")
    path.write_bytes(excel([["望江镇责任清单（演示）"], [], list(HEADS), *rows]))
    return path


def upload(page: Any, path: Path) -> None:
    page.goto_path("/manage/lists/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="导入并检查").click()
    page.get_by_role("heading", name=f"导入报告：{path.name}").wait_for()


def test_from_a_broken_file_to_a_published_version(
    lists: ListVersion, signed_in: Callable, shot: Callable, tmp_path: Path
) -> None:
    editor = signed_in("linadmin")
    upload(editor, sheet(lists, tmp_path, broken=True))
    shot(editor, "lists-report-broken", full=True)
    told = editor.inner_text("main")
    assert "整份没有导入" in told
    assert "没有叫“市水物管理局”的单位" in told
    assert "两条同时适用" in told
    assert ListVersion.objects.filter(region=REGION).count() == 2

    upload(editor, sheet(lists, tmp_path, broken=False))
    editor.get_by_role("link", name="看与前版的差异").click()
    shot(editor, "lists-changes", full=True)
    assert "市水务局" in editor.inner_text("main")
    editor.get_by_role("button", name="送审").click()
    editor.get_by_text("待审核").first.wait_for()
    assert editor.get_by_role("button", name="审核通过").count() == 0

    approver = signed_in("xuheng")
    approver.goto_path("/manage/lists/?state=waiting")
    approver.get_by_role("link", name="第 3 版").first.click()
    approver.get_by_role("button", name="审核通过").click()
    approver.get_by_role("link", name="公布", exact=True).click()
    tomorrow = timezone.localdate() + timedelta(days=1)
    approver.get_by_label("生效日期").fill(tomorrow.isoformat())
    approver.get_by_label("公布文号").fill("云澄府办〔2026〕演示3号")
    shot(approver, "lists-publish")
    approver.get_by_role("button", name="公布", exact=True).click()
    approver.get_by_text(f"{tomorrow} 起执行").wait_for()
    shot(approver, "lists-published", full=True)
    new = ListVersion.objects.get(region=REGION, number=3)
    assert (new.state, new.effective_from) == (VersionState.PUBLISHED, tomorrow)
    assert queries.in_force(ListKind.REQUESTS, timezone.localdate(), region=REGION) == lists
    assert queries.in_force(ListKind.REQUESTS, tomorrow, region=REGION) == new


def test_a_draft_row_that_contradicts_itself_is_not_saved(
    lists: ListVersion, signed_in: Callable, shot: Callable
) -> None:
    editor = signed_in("linadmin")
    editor.goto_path("/manage/lists/")
    editor.get_by_role("button", name="以此为底新建草稿").click()
    editor.get_by_role("heading", name="第 3 版").wait_for()
    draft = ListVersion.objects.get(region=REGION, number=3)
    editor.goto_path(f"/manage/lists/versions/{draft.id}/items/CJ051/edit/")
    editor.get_by_label("条件和责任").fill("规划许可 = 有证 → 市资规局\n区域 = 农村 → 属地镇(街道)")
    editor.get_by_role("button", name="保存").click()
    editor.get_by_role("alert").wait_for()
    shot(editor, "lists-edit-refused", full=True)
    told = editor.inner_text("main")
    assert "两条同时适用（例：规划许可 = 有证 且 区域 = 农村）" in told
    assert "没有一条规则适用" in told
    assert "区域 = 农村 → 属地镇(街道)" in editor.get_by_label("条件和责任").input_value()
    assert len(queries.item_of(draft, "CJ051").item.branches) == 3
    editor.get_by_label("条件和责任").fill(
        "规划许可 = 有证 → 市资规局\n其他情形 → 市城管局（配合：属地镇(街道)）"
    )
    editor.get_by_role("button", name="保存").click()
    editor.get_by_role("heading", name="违法搭建").wait_for()
    assert len(queries.item_of(draft, "CJ051").item.branches) == 2


def test_a_citizen_finds_who_looks_after_it(lists: ListVersion, visit: Callable, shot: Callable) -> None:
    page = visit(phone=True)
    page.goto_path("/lists/")
    page.get_by_label("关键字").fill("路灯")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="路灯不亮、灯杆损坏").click()
    page.get_by_role("heading", name="路灯不亮").wait_for()
    assert "还要问" in page.inner_text("main")
    page.get_by_label("设施装在哪里").select_option("小区共有部分")
    page.get_by_role("button", name="看看由谁办").click()
    page.get_by_text("已确定").wait_for()
    shot(page, "lists-citizen-item-375", full=True)
    assert "物业服务企业，适用：设施位置 = 小区共有部分" in page.inner_text("main").replace("\n", "")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("login", "path", "name"),
    [
        ("linadmin", "/manage/lists/", "lists-index"),
        ("linadmin", "/manage/lists/imports/new/", "lists-upload"),
        ("linadmin", "/manage/lists/imports/", "lists-imports"),
        ("xuheng", "/manage/lists/versions/{}/", "lists-version"),
        ("xuheng", "/manage/lists/versions/{}/changes/", "lists-changes-seeded"),
        ("xuheng", "/manage/lists/versions/{}/proofs/", "lists-proofs"),
        ("chenfang", "/manage/lists/versions/{}/items/CJ051/?规划许可=无证", "lists-item"),
        ("", "/lists/", "lists-public"),
        ("", "/lists/HB001/", "lists-public-item"),
    ],
)
def test_page_is_accessible_and_fits(
    lists: ListVersion,
    visit: Callable,
    serious_faults: Callable,
    shot: Callable,
    phone: bool,
    login: str,
    path: str,
    name: str,
) -> None:
    page = visit(login, phone=phone)
    page.goto_path(path.format(lists.id))
    page.wait_for_load_state("networkidle")
    shot(page, f"{name}-{'375' if phone else '1440'}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert serious_faults(page) == []
