"""Photos where work is done: on a desk and on a phone, several at once, made smaller here, seen where they belong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import machine
from sanfu.records.enclosures import enclosed
from sanfu.records.moments import day_of
from tests.journeys.conftest import fits_its_width
from tests.photos import HEIC, photo

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def handled(unit: str = "CGJ", by: str = "sunwei") -> Ticket:
    """An order that a unit handles."""
    now = timezone.now()

    def cast(login: str) -> Any:
        return actor_of(User.objects.get(login=login), on=day_of(now))

    said = actions.Submission(
        "人民路18号路灯坏了一周，晚上很黑。", RequestType.HELP, Channel.WEB, key="photo"
    )
    ticket = actions.submit(said, by=machine(settings.REGION, "市民"), at=now)
    found = Organisation.objects.get(region=settings.REGION, code=unit)
    actions.dispatch(ticket, found, reason="路灯", by=cast("chenfang"), at=now)
    actions.sign(ticket, by=cast(by), at=now)
    return ticket


def pieces(**more: bytes) -> list[dict[str, Any]]:
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in more.items()
    ]


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "375"])
def test_photos_come_with_the_first_contact(
    phone: bool, visit: Callable[..., Any], shot: Callable[..., Any], serious_faults: Callable[..., Any]
) -> None:
    ticket = handled()
    page = visit("sunwei", phone=phone)
    if not phone:
        page.set_viewport_size({"width": 1280, "height": 900})
    page.goto_path(f"/desk/tickets/{ticket.pk}/contact/")
    page.get_by_label("说明").fill("当日下午到现场，控制箱线路老化。")
    large = photo(size=(3200, 2400), noise=True, turned=6)
    assert len(large) > 1_500_000
    page.get_by_label("选照片或文件").set_input_files(
        [
            {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": large},
            {"name": "IMG_1.heic", "mimeType": "image/heic", "buffer": HEIC},
        ]
    )
    chosen = page.locator("[data-chosen] li")
    expect(chosen).to_have_count(2)
    page.get_by_label("选照片或文件").set_input_files(
        [{"name": "伪装.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 90}]
    )
    expect(chosen).to_have_count(3)
    sizes = page.evaluate("[...document.querySelector('input[name=enclosures]').files].map(f => f.size)")
    assert sizes[0] < len(large), "made smaller in the browser"
    assert serious_faults(page) == []
    shot(page, f"photos-chosen-{375 if phone else 1280}", full=True)
    page.get_by_role("button", name="首次联系").click()

    expect(page.get_by_text("可执行内容")).to_be_visible()  # refused in words; the rest is still there
    expect(page.get_by_label("说明")).to_have_value("当日下午到现场，控制箱线路老化。")
    expect(page.locator("[data-chosen] li")).to_have_count(2)
    shot(page, f"photos-refused-{375 if phone else 1280}", full=True)
    page.get_by_role("button", name="首次联系").click()
    expect(page.locator(".timeline img")).to_have_count(2)
    page.locator(".timeline img").last.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.timeline img')].every(i => i.complete && i.naturalWidth)"
    )
    assert fits_its_width(page)
    if phone:
        sideways = "[...document.querySelectorAll('.scroll')].some((e) => e.scrollWidth > e.clientWidth + 1)"
        assert not page.evaluate(sideways), "the table of who had it is cards"
    assert serious_faults(page) == []
    shot(page, f"photos-timeline-{375 if phone else 1280}", full=True)
    [files] = enclosed(ticket.pk).values()
    assert [one.media_type for one in files] == ["image/jpeg", "image/jpeg"]
    assert files[0].taken.startswith("2026:11:20")
    assert files[0].lon is None
