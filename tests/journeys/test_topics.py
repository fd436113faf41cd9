"""每月一题 from a hotspot to its end, and the clues of 督查, at the desk and on a phone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.measure.models import GamingClue
from tests.histories import REGION, taken, unit
from tests.journeys.conftest import Visitor, fits_its_width

pytestmark = pytest.mark.browser
LAMPS, NOISE = "城乡建设/路灯", "环境保护/噪声"


@pytest.fixture
def history(town: None) -> None:
    """Nine weeks: lamps rare and then many in the last week, noise as always; one clue."""
    now = timezone.now()
    monday = datetime(now.year, now.month, now.day, 2, 0, tzinfo=UTC) - timedelta(days=now.weekday())
    for weeks in range(1, 10):
        for n in range(9 if weeks == 1 else 1):
            taken(monday - timedelta(weeks=weeks, hours=-n), class_path=LAMPS, phone=f"1380{weeks:03}{n:04}")
        for n in range(2):
            taken(monday - timedelta(weeks=weeks, hours=-n), class_path=NOISE, phone=f"1390{weeks:03}{n:04}")
    GamingClue.objects.create(
        region=REGION, month=now.date().replace(day=1), unit=unit("CGJ").id, check_code="copied", hits=9, rows=12, low=0.47, high=0.91,
        expected=0.1, most=0.42, chance=1e-6, county=0.1, cases=[], made_at=now,
    )  # fmt: skip


@pytest.mark.usefixtures("history")
def test_from_a_hotspot_to_a_measure_and_its_end(
    signed_in: Callable[..., Visitor],
    shot: Callable[..., Path],
    serious_faults: Callable[[Visitor], list[str]],
) -> None:
    page = signed_in("wushuang")
    page.goto_path("/leader/book/topics/")
    assert serious_faults(page) == []
    shot(page, "topics", full=True)
    page.get_by_role("link", name="9件").first.click()
    expect(page.get_by_role("status").first).to_contain_text("共 9 件")
    page.go_back()
    page.get_by_role("link", name=f"把{LAMPS}立为一题").click()
    assert serious_faults(page) == []
    page.get_by_label("为什么立这个题").fill("一周内九人反映路灯不亮")
    page.get_by_role("button", name="立题").click()
    expect(page.get_by_role("heading", name=LAMPS)).to_be_visible()
    assert serious_faults(page) == []
    page.get_by_label("措施").fill("逐盏排查，三天内更换")
    page.get_by_label("目标").fill("每周不超过一件")
    page.get_by_label("从哪一周开始").fill(
        (timezone.now() - timedelta(days=timezone.now().weekday())).strftime("%Y-%m-%d")
    )
    page.get_by_label(NOISE).check()
    page.get_by_role("button", name="定措施").click()
    expect(page.get_by_text("措施还没有满一周")).to_be_visible()
    shot(page, "topic", full=True)
    page.set_viewport_size({"width": 375, "height": 812})
    assert fits_its_width(page)
    shot(page, "topic-phone", full=True)
    page.get_by_label("结题意见").fill("更换完毕，看不出效果也照实写")
    page.get_by_role("button", name="结题").click()
    expect(page.get_by_text("已结题").first).to_be_visible()
    page.goto_path("/leader/book/gaming/")
    assert serious_faults(page) == []
    assert fits_its_width(page)
    shot(page, "gaming-phone", full=True)
    page.get_by_role("link", name="答复雷同或过短").first.click()
    expect(page.get_by_text("惯常应为")).to_be_visible()
    assert serious_faults(page) == []
