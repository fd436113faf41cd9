"""A day at the desk in the browser: parted and sent in one step, the map, hotspots down to their orders, help, search, the wall."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.adapters.demo_lists import seed_lists
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Assignment, Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.people.models import Organisation
from sanfu.records.actor import machine
from sanfu.records.places import county_map
from tests.journeys.conftest import fits_its_width

pytestmark = pytest.mark.browser
VIEW = {"width": 1280, "height": 900}
WIDTHS = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
TWO = "一是望江镇人民路路灯坏了一周，晚上很黑；二是小区门口有人占道摆摊，早晚都堵。"
SIZES = ((1366, 768), (1920, 1080))
HELP = {"": "/ask/", "wangqiang": "/firm/benefits/", "sunwei": "/home/", "chenfang": "/desk/tickets/", "zhengju": "/leader/figures/", "linadmin": "/manage/people/"}  # fmt: skip


@pytest.fixture
def orders(town: None) -> list[Ticket]:
    """Four orders of one town and class, the first with two demands; all with a place."""
    seed_lists(settings.CONTENT)
    area, now = Organisation.objects.get(code="WJZ"), timezone.now()
    lon, lat = next(one.middle for one in county_map().spots if one.area == area.area)
    said = {"area": area.pk, "class_path": "城乡建设/市政设施/路灯", "lon": lon, "lat": lat}
    bodies = [TWO, *(f"人民路{n}号的路灯坏了，晚上很黑，请修。" for n in (3, 5, 7))]
    return [
        actions.submit(
            actions.Submission(body, RequestType.HELP, Channel.WEB, key=f"{n}", **said),
            by=machine(settings.REGION, "市民"), at=now - timedelta(hours=n + 1),
        )
        for n, body in enumerate(bodies)
    ]  # fmt: skip


@WIDTHS
def test_two_demands_are_parted_and_sent_with_a_helper_in_one_step(
    orders: list[Ticket], visit: Callable, shot: Callable, serious_faults: Callable, phone: bool
) -> None:
    page, order = visit("chenfang", phone=phone), orders[0]
    page.goto_path(f"/desk/tickets/{order.pk}/split/")
    page.get_by_label("拆成几件").fill(
        "望江镇人民路路灯坏了一周，晚上很黑。\n\n小区门口有人占道摆摊，早晚都堵。"
    )
    page.get_by_role("button", name="拆分").click()
    page.wait_for_url(f"**/desk/tickets/{order.pk}/")
    assert Ticket.objects.filter(split_from=order).count() == 1
    page.goto_path(f"/desk/tickets/{order.pk}/dispatch/")
    expect(page.get_by_role("heading", name="派单建议")).to_be_visible()
    page.get_by_role("button", name="采用，填到下面").first.click()
    assert page.get_by_label("派单依据").input_value()
    lead = page.get_by_label("主办单位").input_value()
    helper = "ZJJ" if lead != "ZJJ" else "CGJ"
    page.locator(f"input[name=helpers][value={helper}]").check()
    assert fits_its_width(page)
    assert serious_faults(page) == []
    shot(page, f"dispatch-{'375' if phone else '1280'}", full=True)
    page.get_by_role("button", name="派单", exact=True).click()
    page.wait_for_url(f"**/desk/tickets/{order.pk}/")
    sent = dict(Assignment.objects.filter(ticket=order).values_list("unit__code", "leads"))
    assert sent[lead] is True
    assert sent[helper] is False


@WIDTHS
def test_the_map_and_a_hotspot_open_to_their_orders(
    orders: list[Ticket], visit: Callable, shot: Callable, serious_faults: Callable, phone: bool
) -> None:
    name = "375" if phone else "1280"
    desk = visit("chenfang", phone=phone)
    desk.goto_path("/desk/tickets/map/")
    expect(desk.locator(".map-list").get_by_role("link", name=orders[1].case.number)).to_be_visible()
    assert fits_its_width(desk)
    assert serious_faults(desk) == []
    shot(desk, f"map-{name}", full=True)
    leader = visit("zhengju", phone=phone)
    leader.goto_path("/leader/hotspots/?level=3")
    expect(leader.get_by_text("明显增多").first).to_be_visible()
    assert fits_its_width(leader)
    assert serious_faults(leader) == []
    shot(leader, f"hotspots-{name}", full=True)
    leader.locator("td a.figure").first.click()
    expect(leader.get_by_role("status").first).to_contain_text("共 4 件")
    assert fits_its_width(leader)
    leader.get_by_role("link", name=orders[1].case.number).click()
    expect(leader.get_by_role("heading", level=1)).to_contain_text(orders[1].case.number)


@WIDTHS
def test_every_audience_finds_its_help_and_the_search_box_finds_an_order(
    orders: list[Ticket], visit: Callable, serious_faults: Callable, phone: bool
) -> None:
    for login, path in HELP.items():
        page = visit(login, phone=phone)
        page.goto_path(path)
        page.goto_path(page.locator("a.help-link").get_attribute("href"))
        expect(page.locator(".guide h2").first).to_be_visible()
        assert fits_its_width(page), path
        for one in page.locator(".guide img").all():
            answer = page.request.get(page.server + str(one.get_attribute("src")))
            assert (answer.status, answer.headers["content-type"]) == (200, "image/webp"), path
    assert serious_faults(page) == []
    desk = visit("chenfang", phone=phone)
    desk.goto_path(f"/search/?q={orders[1].case.number}")
    # a whole number leads straight to its only case
    expect(desk.get_by_role("heading", level=1)).to_have_text(orders[1].case.number)
    assert fits_its_width(desk)


def test_the_wall_of_supervision_fits_and_says_when_the_network_is_gone(
    orders: list[Ticket], visit: Callable, shot: Callable, serious_faults: Callable
) -> None:
    page = visit("wushuang")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto_path("/desk/tickets/wall/")
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), (width, height)
        assert fits_its_width(page)
        cut = "[...document.querySelectorAll('.pane')].filter((e) => e.scrollHeight > e.clientHeight + 2).length"
        assert page.evaluate(cut) == 0, (width, height)
        shot(page, f"supervision-{width}")
    expect(page.locator(".county svg.map-svg")).to_be_visible()
    assert serious_faults(page) == []
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("#freshness.stale")).to_contain_text("网络中断")
