"""A person rates by the code at the counter, badly; the steward verifies, the unit mends, nobody there learns who it was."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sanfu.grassroots.ratings import actions
from sanfu.grassroots.ratings.models import Invitation
from sanfu.grassroots.ratings.rules import token
from sanfu.grassroots.ratings.states import Way
from sanfu.records.actor import machine
from tests.histories import REGION
from tests.journeys.conftest import Visitor, fits_its_width
from tests.rooms.test_ratings import closed

pytestmark = pytest.mark.browser


@pytest.fixture
def finished(town: None) -> list[Invitation]:
    """Two finished orders that are asked about."""
    now = timezone.now()
    both = [closed(at=now - timedelta(hours=8)) for _ in range(2)]
    return [actions.invite(one.case, by=machine(REGION), at=now) for one in both]


def test_a_bad_rating_from_link_to_mended(
    finished: list[Invitation],
    signed_in: Callable[..., Visitor],
    visit: Callable[..., Visitor],
    shot: Callable[..., Path],
    serious_faults: Callable[[Visitor], list[str]],
) -> None:
    counter = signed_in("songci")
    counter.goto_path("/desk/ratings/asked/")
    assert serious_faults(counter) == []
    counter.get_by_role("link", name="出示二维码").first.click()
    expect(counter.get_by_role("img", name="评价二维码")).to_be_visible()
    assert serious_faults(counter) == []
    shot(counter, "rating-code")

    person = visit(phone=True)
    person.goto_path(f"/rate/{token(finished[0].id, Way.QR)}/")
    assert serious_faults(person) == []
    shot(person, "rate-phone", full=True)
    assert fits_its_width(person)
    person.get_by_label("非常不满意").check()
    person.get_by_label("想说的话").fill("窗口让我跑了三趟")
    person.get_by_role("button", name="提交评价").click()
    expect(person.get_by_text("谢谢您的评价")).to_be_visible()

    agent = signed_in("zhaomin")
    agent.goto_path("/desk/ratings/asked/")
    agent.get_by_role("link", name="电话代录").first.click()
    agent.get_by_label("满意", exact=True).check()
    agent.get_by_label("对方的原话").fill("挺好的")
    agent.get_by_role("button", name="代录").click()
    expect(agent.get_by_text(re.compile("的评价已代录"))).to_be_visible()

    steward = signed_in("wushuang")
    steward.goto_path("/desk/ratings/all/")
    expect(steward.get_by_text("窗口让我跑了三趟")).to_be_visible()
    assert serious_faults(steward) == []
    steward.goto_path("/desk/ratings/remedies/")
    steward.get_by_role("link", name=re.compile("^CP")).first.click()
    shot(steward, "remedy-steward", full=True)
    steward.get_by_role("link", name="核实属实").first.click()
    steward.get_by_label("转给承办单位的话").fill("反映多次跑动，请落实一次性告知")
    steward.get_by_role("button", name="核实属实").click()
    expect(steward.get_by_text("待整改").first).to_be_visible()

    handler = signed_in("sunwei", phone=True)
    handler.goto_path("/desk/ratings/")
    assert serious_faults(handler) == []
    shot(handler, "rating-summary-phone", full=True)
    handler.goto_path("/desk/ratings/remedies/")
    handler.get_by_role("link", name=re.compile("^CP")).first.click()
    expect(handler.get_by_text("请落实一次性告知").first).to_be_visible()
    assert "跑了三趟" not in handler.inner_text("main")
    assert serious_faults(handler) == []
    shot(handler, "remedy-phone", full=True)
    handler.get_by_role("link", name="整改答复").first.click()
    handler.get_by_label("怎么改的").fill("清单已上墙，窗口已培训，一次说清")
    handler.get_by_role("button", name="整改答复").click()
    expect(handler.get_by_text("待复核").first).to_be_visible()
