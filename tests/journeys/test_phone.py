"""The desk on a phone: filters folded, the next act within reach, tables as cards, a mark that explains itself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from sanfu.adapters.demo_lists import seed_lists
from sanfu.grassroots.tickets.models import Ticket
from tests.histories import taken
from tests.journeys.conftest import fits_its_width
from tests.rooms.test_tickets import AT

pytestmark = pytest.mark.browser
LIST = "/desk/tickets/"
LONG = "路灯不亮，晚上看不见路。" * 170  # two thousand signs


@pytest.fixture
def order(town: None, settings: Any) -> Ticket:
    """An order that waits at the desk."""
    seed_lists(settings.CONTENT)
    return taken(AT)


def test_filters_are_folded_and_the_next_act_stays_within_reach(
    order: Ticket, visit: Callable, shot: Callable, serious_faults: Callable
) -> None:
    page = visit("chenfang", phone=True)
    page.goto_path(LIST)
    asked = page.locator("#list-tickets-state")
    expect(asked).to_be_hidden()
    page.get_by_role("button", name="查询条件").click()
    expect(asked).to_be_visible()
    page.goto_path(f"{LIST}{order.pk}/")
    for far in (0, 4000):
        page.evaluate(f"scrollTo(0, {far})")
        expect(page.get_by_role("link", name="派单", exact=True).last).to_be_in_viewport()
    assert fits_its_width(page)
    assert serious_faults(page) == []
    shot(page, "phone-next-act")


def test_a_refused_form_keeps_a_long_text_and_its_red_goes_with_the_next_word(
    order: Ticket, visit: Callable, shot: Callable, serious_faults: Callable
) -> None:
    page = visit("chenfang", phone=True)
    page.goto_path(f"{LIST}{order.pk}/dispatch/")
    page.get_by_label("派单依据").fill(LONG[:900])
    page.locator("form").evaluate_all("(forms) => forms.forEach((form) => (form.noValidate = true))")
    page.get_by_role("button", name="派单", exact=True).click()
    wrong = page.locator(".field", has=page.get_by_label("主办单位")).locator(".wrong")
    expect(wrong.first).to_be_visible()
    expect(page.get_by_label("派单依据")).to_have_value(LONG[:900])
    assert fits_its_width(page)
    assert serious_faults(page) == []
    shot(page, "phone-refused", full=True)
    page.get_by_label("主办单位").select_option("CGJ")
    expect(wrong).to_have_count(0)


def test_a_citizen_writes_two_thousand_signs_and_nothing_is_lost(
    order: Ticket, visit: Callable, shot: Callable
) -> None:
    page = visit("limei", phone=True)
    page.goto_path("/ask/")
    page.get_by_label("您要反映什么").fill(LONG)
    page.locator("#id_name").evaluate("(field) => field.removeAttribute('maxlength')")
    page.locator("#id_name").fill("李" * 41)
    page.locator("form").evaluate_all("(forms) => forms.forEach((form) => (form.noValidate = true))")
    page.get_by_role("button", name="提交诉求").click()
    expect(page.locator(".wrong").first).to_be_visible()
    expect(page.get_by_label("您要反映什么")).to_have_value(LONG)
    page.locator("#id_name").fill("李梅")
    expect(page.locator(".wrong")).to_have_count(0)
    page.get_by_role("button", name="提交诉求").click()
    page.wait_for_url("**/ask/received/**")
    assert fits_its_width(page)
    shot(page, "phone-long-received", full=True)
    assert Ticket.objects.filter(body=LONG).count() == 1


def test_a_mark_says_what_it_means_and_its_table_is_cards(visit: Callable, shot: Callable) -> None:
    page = visit(phone=True)
    page.goto_path("/scenes/")
    mark = page.locator(".tag.meaning:visible").first
    mark.focus()
    expect(mark).to_be_focused()
    said = mark.evaluate("(e) => getComputedStyle(e, '::after').content")
    assert "承诺" in said or "原文" in said
    page.get_by_role("link", name="企业迁移登记").click()
    page.get_by_label("同时变更企业名称吗").select_option("no")
    page.get_by_label("一并预约银行账户变更吗").select_option("yes")
    page.get_by_role("button", name="看我的办事指南").click()
    page.locator("main details").first.evaluate("(one) => (one.open = true)")
    expect(page.locator("main table.cards").first).to_be_visible()
    sideways = "[...document.querySelectorAll('.scroll:has(> table)')].some((e) => e.scrollWidth > e.clientWidth + 1)"
    assert not page.evaluate(sideways)
    shot(page, "phone-guide-cards", full=True)
