"""匹配与自动派单 in the browser: a correction teaches at once, a promise is set and seen kept, or not given."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.grassroots.tickets.actions import Submission, submit
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.match import learned, queries
from sanfu.match.models import Decision, Promise
from sanfu.records.actor import machine

pytestmark = pytest.mark.browser
PAGE = "/desk/matching/"


@pytest.fixture(autouse=True)
def _fresh_matcher() -> Iterator[None]:
    learned.forget()
    yield
    learned.forget()


def asked(key: str, body: str) -> Ticket:
    submission = Submission(body=body, kind=RequestType.HELP, channel=Channel.HOTLINE, key=key)
    return submit(submission, by=machine(settings.REGION), at=timezone.now())


def decided(count: int, wrong_below: int) -> None:
    """Decided orders whose suggestions lead by 0…2; those that lead least were right half of the time."""
    now = timezone.now()
    Decision.objects.bulk_create(
        Decision(
            region=settings.REGION, at=now - timedelta(minutes=count - place), by_name="演示", text="煤气味",
            label="城乡建设", item_code="CJ014", unit_code="RQG", number=f"SQ{place}", lead=place % 100 / 50,
            right=place % 100 > wrong_below or place % 2 == 0,
        )
        for place in range(count)
    )  # fmt: skip


@pytest.mark.usefixtures("town")
def test_a_correction_teaches_the_next_suggestion(
    visit: Callable[..., Any], shot: Callable[..., Path]
) -> None:
    _, items = queries.list_of(settings.REGION, timezone.localdate())
    settled = [item for item in items if not item.branches and len(item.says) > 1]
    listed = next(item for item in settled if item.lead == "CGJ")
    taught = next(item for item in settled if item.lead == "STJ")
    said = f"{listed.says[0]}，{listed.says[1]}，麻烦尽快处理"
    first, second = asked("one", said), asked("two", f"{said}，谢谢")
    desk = visit("chenfang")
    desk.goto_path(f"/desk/tickets/{second.pk}/")
    expect(desk.locator(".suggestion").first).to_contain_text(listed.name)

    desk.goto_path(f"/desk/tickets/{first.pk}/")
    desk.locator(".head .actions").get_by_text("派单", exact=True).click()
    desk.get_by_label("主办单位").select_option("STJ")
    desk.get_by_label("清单事项").fill(taught.name)
    desk.get_by_label("派单依据").fill("核对清单后另行认定（测试更正）")
    desk.get_by_role("button", name="派单").click()
    expect(desk.get_by_text("派单").first).to_be_visible()

    desk.goto_path(f"/desk/tickets/{second.pk}/")
    panel = desk.locator(".suggestion").first
    expect(panel).to_contain_text(taught.name)
    expect(panel).to_contain_text(first.case.number)
    shot(desk, "matching-taught", full=True)
    desk.goto_path(PAGE)
    expect(desk.get_by_role("link", name=first.case.number)).to_be_visible()
    expect(desk.locator("tbody")).to_contain_text("更正")


@pytest.mark.usefixtures("town")
def test_the_promise_is_set_and_seen_kept(
    visit: Callable[..., Any], shot: Callable[..., Path], serious_faults: Callable[..., list[str]]
) -> None:
    decided(400, wrong_below=20)
    desk = visit("chenfang")
    desk.goto_path(PAGE)
    expect(desk.get_by_text("目前全部由人派单")).to_be_visible()
    desk.get_by_label("精度承诺").fill("95")
    desk.get_by_label("启用自动派单").check()
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("自动派单运行中")).to_be_visible()
    policy = queries.auto_dispatch_policy(settings.REGION)
    assert policy.enabled
    assert policy.kept is not None
    assert policy.kept >= 0.95
    desk.goto_path(f"{PAGE}?above=1")
    expect(desk.get_by_text(f"共 {policy.above} 件，派对 {policy.right} 件")).to_be_visible()
    assert serious_faults(desk) == []
    shot(desk, "matching-kept", full=True)


@pytest.mark.usefixtures("town")
def test_a_promise_that_the_record_cannot_keep_stays_off(visit: Callable[..., Any]) -> None:
    decided(400, wrong_below=100)
    desk = visit("chenfang", phone=True)
    desk.goto_path(PAGE)
    desk.get_by_label("精度承诺").fill("95")
    desk.get_by_label("启用自动派单").check()
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("目前全部由人派单")).to_be_visible()
    assert Promise.objects.get().enabled, "promised, and not sent while it is not kept"
    assert not queries.auto_dispatch_policy(settings.REGION).enabled


@pytest.mark.usefixtures("town")
def test_a_promise_out_of_reach_is_refused_with_the_form(visit: Callable[..., Any]) -> None:
    desk = visit("chenfang")
    desk.goto_path(PAGE)
    desk.get_by_label("精度承诺").fill("50")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("80").first).to_be_visible()
    assert not Promise.objects.exists()
