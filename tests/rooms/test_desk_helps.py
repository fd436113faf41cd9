"""What the desk does for its people: helpers in one step, one order parted, phrases, a date that has not come."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from sanfu.adapters.demo_lists import seed_lists
from sanfu.grassroots.tickets import actions, replies
from sanfu.grassroots.tickets.models import Assignment, Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.lists.queries import headings
from sanfu.lists.states import ListKind
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Refused, machine
from sanfu.records.moments import day_of
from sanfu.web.officer.tickets.forms import DispatchForm

pytestmark = pytest.mark.usefixtures("county")
TWO = "一是人民路路灯坏了一周晚上很黑；二是小区门口有人占道摆摊，早晚都堵。"


def cast(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=day_of(timezone.now()))


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def unit(code: str) -> Organisation:
    return Organisation.objects.get(region=settings.REGION, code=code)


def received(body: str = TWO, **more: Any) -> Ticket:
    said = actions.Submission(body, RequestType.HELP, Channel.WEB, key=body[:9], name="张三", **more)
    at = timezone.now() - timedelta(hours=5)
    return Ticket.objects.select_related("case").get(
        pk=actions.submit(said, by=machine(settings.REGION, "市民"), at=at).pk
    )


def post(login: str, ticket: Ticket, event: str, **said: Any) -> Any:
    ticket.case.refresh_from_db()
    return client(login).post(f"/desk/tickets/{ticket.pk}/{event}/", {"version": ticket.case.version, **said})


def test_lead_and_helpers_get_an_order_in_one_step() -> None:
    ticket = received()
    said = {"unit": "CGJ", "reason": "路灯", "helpers": ["ZJJ", "SWJ"]}
    assert post("chenfang", ticket, "dispatch", **said).status_code == 302
    rows = Assignment.objects.filter(ticket=ticket).values_list("unit__code", "leads")
    assert sorted(rows) == [("CGJ", True), ("SWJ", False), ("ZJJ", False)]
    ticket.case.refresh_from_db()
    assert {unit("ZJJ").pk, unit("SWJ").pk} <= set(ticket.case.units)
    page = client("chenfang").get(f"/desk/tickets/{ticket.pk}/").content.decode()
    assert page.count("派给协办") == 2


def test_a_unit_does_not_help_itself_and_a_reported_unit_helps_nobody() -> None:
    ticket = received(hidden_from=(unit("ZJJ").pk,))
    assert (
        "已是主办单位"
        in post("chenfang", ticket, "dispatch", unit="CGJ", reason="x", helpers=["CGJ"]).content.decode()
    )
    refused = post("chenfang", ticket, "dispatch", unit="CGJ", reason="x", helpers=["ZJJ"])
    assert refused.status_code == 422
    assert "被举报单位" in refused.content.decode()
    assert not Assignment.objects.filter(ticket=ticket).exists()


def test_the_desk_parts_an_order_as_the_citizen_could() -> None:
    ticket = received()
    form = client("chenfang").get(f"/desk/tickets/{ticket.pk}/split/").content.decode()
    assert "人民路路灯坏了一周" in form.split("<textarea", 1)[1]
    said = "人民路路灯坏了一周，晚上很黑。\r\n\r\n小区门口有人占道摆摊。"
    assert post("chenfang", ticket, "split", points=said).status_code == 302
    ticket = Ticket.objects.select_related("case").get(pk=ticket.pk)
    [other] = Ticket.objects.filter(split_from=ticket)
    assert (ticket.body, other.body) == ("人民路路灯坏了一周，晚上很黑。", "小区门口有人占道摆摊。")
    assert ticket.original == TWO
    assert ticket.case.title.startswith("人民路路灯")
    assert other.received_at == ticket.received_at
    assert other.contact.name == "张三"
    due = [one.case.clocks.get(name="办结").due_at for one in (ticket, other)]
    assert due[0] == due[1], "parting wins nobody time"


@pytest.mark.parametrize("points", ["只有一件事情", "第一件事情\n\n短"])
def test_a_part_of_nothing_is_refused(points: str) -> None:
    ticket = received()
    answer = post("chenfang", ticket, "split", points=points)
    assert answer.status_code == 422
    assert points in answer.content.decode().replace("\r", "")
    assert Ticket.objects.count() == 1


def handled() -> Ticket:
    ticket = received("人民路18号路灯坏了一周，晚上很黑。", item_code="CJ001")
    now = timezone.now()
    actions.dispatch(ticket, unit("CGJ"), reason="路灯", by=cast("chenfang"), at=now)
    actions.sign(ticket, by=cast("sunwei"), at=now)
    return ticket


def test_a_reply_that_says_a_day_to_come_is_done_is_pointed_out_once() -> None:
    ticket = handled()
    day = day_of(timezone.now()) + timedelta(days=3)
    public = f"您好，{day.month}月{day.day}日我局到现场查看，路灯已修复，恢复照明，请您放心。"
    first = post("sunwei", ticket, "reply", public=public)
    assert first.status_code == 422
    page = first.content.decode()
    assert "还没有到，却写成已经做完" in page
    assert "dates_checked" in page
    assert public in page
    assert post("sunwei", ticket, "reply", public=public, dates_checked="on").status_code == 302


def test_the_frame_of_the_item_and_phrases_of_the_unit_stand_beside_the_reply() -> None:
    ticket = handled()
    actions.keep_phrase(text="感谢您的监督，今后每周巡查一次。", by=cast("sunwei"), at=timezone.now())
    page = client("sunwei").get(f"/desk/tickets/{ticket.pk}/reply/").content.decode()
    assert "今后每周巡查一次" in page
    assert replies.frame_of(Ticket.objects.get(pk=ticket.pk), at=timezone.now())[:12] in page
    assert "{" not in replies.frame_of(Ticket.objects.get(pk=ticket.pk), at=timezone.now())
    assert "今后每周巡查一次" not in client("qianjin").get("/desk/tickets/phrases/").content.decode()


def test_phrases_are_kept_once_and_dropped_by_their_unit() -> None:
    kept = actions.keep_phrase(text="感谢您的监督。", by=cast("sunwei"), at=timezone.now())
    with pytest.raises(Refused, match="已经有了"):
        actions.keep_phrase(text="感谢您的监督。", by=cast("zhouli"), at=timezone.now())
    with pytest.raises(Refused, match="没有这条"):
        actions.drop_phrase(kept.pk, by=cast("qianjin"), at=timezone.now())
    actions.drop_phrase(kept.pk, by=cast("zhouli"), at=timezone.now())
    assert not replies.phrases(cast("sunwei")).exists()


def test_similar_orders_open_and_say_how_they_ended() -> None:
    old = handled()
    actions.reply(
        old, public="控制箱线路老化，已更换，路灯恢复照明，电话告知。", by=cast("sunwei"), at=timezone.now()
    )
    ticket = received("人民路20号的路灯也坏了一周，晚上很黑，请修。")
    suggested = {"units": [{"unit": "CGJ", "unit_name": "市城管局", "item": "CJ001", "item_name": "路灯", "reason": "x",
                            "similar": [f"{old.case.number}（相似度 90%）"]}]}  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(suggested=suggested)
    from sanfu.web.officer.tickets import suggestions as panel

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(panel, "advise", lambda *a, **k: {})
        found = panel.suggestions(Ticket.objects.get(pk=ticket.pk), timezone.now(), cast("chenfang"))
    assert found is not None
    [past] = found["units"][0]["past"]
    assert past["ended"] == "市城管局办理，待审核"
    assert past["url"] == f"/desk/tickets/{old.pk}/"


@pytest.fixture
def listed() -> str:
    """The county's published list; the heading of its first item."""
    seed_lists(settings.CONTENT)
    cache.clear()  # what an earlier test kept of a county without a list
    return headings(settings.REGION, ListKind.REQUESTS)["CJ001"]


def test_an_item_is_chosen_by_its_heading_and_a_heading_means_its_own_item(listed: str) -> None:
    ticket = received("人民路18号路灯坏了一周，晚上很黑。", item_code="CJ001")
    received("广场舞太吵，睡不着。", item_code="CJ004")

    def rows(**asked: str) -> str:
        return str(client("chenfang").get("/desk/tickets/", asked).content.decode())

    page = rows(show="ticket__item_code")
    assert f'<option value="{listed}">' in page
    assert f">{listed}</td>" in page
    assert ">CJ001<" not in page
    chosen = rows(item=listed)
    assert ticket.case.number in chosen
    assert chosen.count('name="pick"') == 1
    assert rows(item="绝无此项").count('name="pick"') == 0


def test_a_form_takes_an_item_by_heading_or_code_and_says_what_no_list_has(listed: str) -> None:
    form = DispatchForm(region=settings.REGION, initial={"item": "CJ001"})
    assert form["item"].value() == f"{listed}（CJ001）"
    assert f'<option value="{listed}（CJ001）">' in str(form["item"])
    said = {"version": "1", "unit": "CGJ", "reason": "清单"}
    for words in (listed, "CJ001", f"{listed}（CJ001）", "清单cj001"):
        asked = DispatchForm({**said, "item": words}, region=settings.REGION)
        assert asked.is_valid(), (words, asked.errors)
        assert asked.cleaned_data["item"] == "CJ001"
    wrong = DispatchForm({**said, "item": "绝无此项"}, region=settings.REGION)
    assert "清单里没有“绝无此项”这一项" in wrong.errors["item"][0]
    assert DispatchForm({**said, "item": ""}, region=settings.REGION).is_valid()
