"""The leader's way: from the cockpit to a case in three clicks, a briefing checked, a month closed, the wall at its sizes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.grassroots.tickets.states import Rating as Level
from sanfu.measure.actions import displays, store
from tests.histories import REGION, two_months, who
from tests.journeys.conftest import Visitor
from tests.rooms.test_ratings import closed

pytestmark = pytest.mark.browser
VIEW = {"width": 1280, "height": 900}
SIZES = ((1366, 768), (1920, 1080), (3840, 2160))


@pytest.fixture
def history(town: None) -> None:
    two_months(days=16)
    store.rebuild(region=REGION, at=timezone.now())


@pytest.mark.usefixtures("history")
def test_a_leader_decides_checks_and_the_counter_closes(
    signed_in: Callable[..., Visitor],
    shot: Callable[..., Path],
    serious_faults: Callable[[Visitor], list[str]],
) -> None:
    page = signed_in("wushuang")
    page.goto_path("/leader/book/?month=2026-03")
    expect(page.get_by_role("heading", name="驾驶舱", exact=True)).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "cockpit", full=True)
    page.get_by_role("link", name="查看全部").first.click()
    assert serious_faults(page) == []
    shot(page, "cockpit-indicator", full=True)
    page.locator("a.figure").first.click()
    expect(page.get_by_role("status").first).to_contain_text("共")
    assert serious_faults(page) == []
    page.get_by_role("link", name=re.compile("^SQ2026")).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.goto_path("/leader/book/months/")
    page.get_by_role("button", name="封2026年3月账").click()
    expect(page.get_by_text("已封账").first).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "months-closed", full=True)
    page.goto_path("/leader/book/claims/")
    page.get_by_label("粘贴文字").fill("群众满意度由70%提升至90%，提升20%。")
    page.get_by_role("button", name="核数").click()
    expect(page.get_by_text("群众满意度由70%提升至90%，提升20个百分点。")).to_be_visible()
    assert serious_faults(page) == []
    shot(page, "claims-checked", full=True)
    page.goto_path("/leader/book/indicators/?month=2026-03")
    assert serious_faults(page) == []
    page.goto_path("/open/")
    expect(page.get_by_role("heading", name="三服务指标公开")).to_be_visible()
    assert serious_faults(page) == []


@pytest.mark.usefixtures("history")
def test_the_wall_fits_its_sizes_and_says_when_the_network_is_gone(
    visit: Callable[..., Visitor], shot: Callable[..., Path], serious_faults: Callable[[Visitor], list[str]]
) -> None:
    row, secret = displays.make("大厅", by=who("wushuang"), at=timezone.now())
    page = visit()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto_path(f"/leader/book/wall/{row.id}/{secret}/")
        fits = page.evaluate(
            "[document.documentElement.scrollHeight <= innerHeight, document.documentElement.scrollWidth <= innerWidth]"
        )
        assert fits == [True, True], (width, height)
        inside = page.evaluate(
            "[...document.querySelectorAll('.pane')].every(p => p.getBoundingClientRect().bottom <= innerHeight)"
        )
        assert inside, (width, height)
        assert serious_faults(page) == []
        shot(page, f"wall-{width}")
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("#freshness.stale")).to_contain_text("网络中断")


@pytest.mark.usefixtures("town")
def test_who_audits_draws_a_month_once_and_writes_what_the_second_call_said(
    signed_in: Callable[..., Visitor],
    shot: Callable[..., Path],
    serious_faults: Callable[[Visitor], list[str]],
) -> None:
    case = closed(True, Level.GOOD).case
    page = signed_in("wushuang")
    page.goto_path("/leader/book/recalls/")
    page.locator("select#month").select_option("2026-03")
    page.get_by_role("button", name="抽取", exact=True).click()
    row = page.get_by_role("link", name=case.number, exact=True)
    expect(row).to_be_visible()
    assert serious_faults(page) == []
    row.click()
    page.get_by_label("改说不满意").check()
    page.get_by_label("原话或情况").fill("灯修好两天又不亮了。")
    assert serious_faults(page) == []
    page.get_by_role("button", name="记录", exact=True).click()
    expect(page.get_by_text("联系上 1 件，1 件改说不满意")).to_be_visible()
    assert page.locator("select#month option[value='2026-03']").count() == 0
    shot(page, "recalls", full=True)
