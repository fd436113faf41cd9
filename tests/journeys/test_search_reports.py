"""The search box and the reports in the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from sanfu.adapters.demo_lists import seed_lists
from sanfu.measure.actions import store
from tests.histories import REGION, taken

pytestmark = pytest.mark.browser
VIEW = {"width": 1280, "height": 900}
SIDEWAYS = "[...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"


@pytest.fixture
def orders(town: None, settings: Any) -> list[Any]:
    seed_lists(settings.CONTENT)
    now = timezone.now()
    made = [taken(now) for _ in range(3)]
    store.rebuild(region=REGION, at=now)
    return made


def test_typing_finds_and_a_leader_reads_and_issues(
    orders: list[Any], signed_in: Callable, serious_faults: Callable, shot: Callable
) -> None:
    page = signed_in("zhengju")
    page.goto_path("/leader/weekly/")
    page.keyboard.press("Control+k")
    page.keyboard.type("路灯")
    found = page.locator("#found")
    expect(found.get_by_role("link", name=orders[0].case.number)).to_be_visible()
    shot(page, "search-box-1280")
    assert serious_faults(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("检索")
    shot(page, "search-page-1280", full=True)

    page.goto_path(f"/leader/weekly/?week={timezone.localdate()}")
    page.get_by_role("button", name="订阅周报").click()
    page.get_by_text("已订阅").wait_for()
    page.goto_path(f"/leader/weekly/?week={timezone.localdate()}")
    shot(page, "weekly-1280", full=True)
    assert serious_faults(page) == []

    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").click()
    words = "".join(one.extract_text() for one in PdfReader(coming.value.path()).pages)
    assert "诉求工单" in "".join(words.replace("\0", "").split())

    page.goto_path(f"/leader/bulletins/?month={timezone.localdate():%Y-%m}")
    shot(page, "bulletin-draft-1280", full=True)
    assert serious_faults(page) == []
    text = page.locator("textarea[name=text]")
    true = text.input_value()
    text.fill(true.replace("3件", "30件"))
    page.get_by_role("button", name="核数并签发").click()
    expect(
        page.get_by_role("heading", name="没有签发").or_(page.get_by_text("没有签发")).first
    ).to_be_visible()
    assert "30件" in page.locator("textarea[name=text]").input_value()
    page.locator("textarea[name=text]").fill(true)
    page.get_by_role("button", name="核数并签发").click()
    expect(page.get_by_role("link", name="下载 Word（公文版式）")).to_be_visible()
    shot(page, "bulletin-issued-1280", full=True)

    phone = signed_in("zhengju", phone=True)
    for path, name in (
        ("/search/?q=路灯", "search-375"),
        ("/leader/weekly/", "weekly-375"),
        ("/leader/book/", "cockpit-375"),
        (f"/desk/tickets/{orders[0].pk}/", "order-leader-375"),
    ):
        phone.goto_path(path)
        shot(phone, name, full=True)
        assert phone.evaluate(SIDEWAYS) == 0, path
        assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"], path
