"""The leader's first page and the wall: something to decide from; every size of screen without scrolling; stale is said."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_lists import seed_lists
from sanfu.measure.actions import store
from tests.histories import REGION, taken

pytestmark = pytest.mark.browser
SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
HIDDEN = "[...document.querySelectorAll('.pane, .display')].filter((e) => e.scrollHeight > e.clientHeight + 2).length"


def test_leader_begins_at_the_cockpit_and_the_wall_fits(
    town: None, settings: Any, signed_in: Callable, serious_faults: Callable, shot: Callable
) -> None:
    seed_lists(settings.CONTENT)
    now = timezone.now()
    for _ in range(4):
        taken(now)
    store.rebuild(region=REGION, at=now)
    page = signed_in("zhengju")
    page.goto_path("/home/")
    expect(page.get_by_role("heading", level=1)).to_have_text("驾驶舱")
    expect(page.get_by_role("heading", name="答应了的，要到期的")).to_be_visible()
    shot(page, "leader-home-1440", full=True)
    assert serious_faults(page) == []
    page.goto_path("/leader/figures/wall/")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        shot(page, f"wall-{width}")
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(HIDDEN) == 0, width
    assert serious_faults(page) == []
    page.context.set_offline(True)
    expect(page.locator("#freshness.stale")).to_be_visible()
    assert "网络中断" in page.inner_text("#freshness")
