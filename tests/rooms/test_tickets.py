"""Request orders from message to measure, without a browser."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.guidance import points_of
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import (
    Channel,
    Rating,
    RequestType,
    ReturnReason,
    TicketEvent,
    TicketState,
)
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.queries import events_of, verify_chains

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION = "329900"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in China
LONG = "经现场查看，路灯线路老化已于当日更换，现已恢复照明，并已电话告知诉求人。"


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=date(2026, 3, 2))


def unit(code: str) -> Organisation:
    return Organisation.objects.get(region=REGION, code=code)


def taken(**more: Any) -> Ticket:
    said = {
        "body": "人民路18号门前路灯坏了一周，晚上很黑，我的电话13812345678",
        "kind": RequestType.HELP,
        "channel": Channel.WEB,
        "key": uuid.uuid4().hex,
        "name": "李梅",
        "phone": "13812345678",
    }
    return actions.submit(actions.Submission(**{**said, **more}), by=machine(REGION), at=AT)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("case").get(pk=ticket.pk)


def dispatched(code: str = "CGJ", **more: Any) -> Ticket:
    ticket = taken(**more)
    actions.dispatch(ticket, unit(code), reason="清单 CJ001", by=who("chenfang"), at=AT)
    return fresh(ticket)


def handling(code: str = "CGJ", login: str = "sunwei") -> Ticket:
    ticket = dispatched(code)
    actions.sign(ticket, by=who(login), at=AT + timedelta(minutes=20))
    return fresh(ticket)


def replied() -> Ticket:
    ticket = handling()
    actions.contact(ticket, how="电话联系诉求人，约定现场查看", by=who("sunwei"), at=AT + timedelta(hours=1))
    actions.reply(ticket, public=LONG, by=who("sunwei"), at=AT + timedelta(days=1))
    return fresh(ticket)


def closed(rating: Rating = Rating.GOOD) -> Ticket:
    ticket = replied()
    actions.approve(ticket, by=who("zhouli"), at=AT + timedelta(days=1, hours=1))
    said = {"reached": True, "responded": True, "resolved": True, "rating": rating, "note": ""}
    actions.call_back(fresh(ticket), **said, by=who("zhaomin"), at=AT + timedelta(days=2))
    return fresh(ticket)


def test_the_same_submission_sent_twice_is_one_order() -> None:
    first, second = taken(key="k1"), taken(key="k1")
    assert first.pk == second.pk
    assert Ticket.objects.count() == 1


def test_the_title_shows_no_phone() -> None:
    assert "13812345678" not in taken().case.title


@pytest.mark.parametrize("body", ["", "   \n ", "\x00"])
def test_an_empty_message_is_refused_with_what_to_do(body: str) -> None:
    with pytest.raises(Refused, match="时间、地点"):
        taken(body=body)


@pytest.mark.parametrize("body", ["🔥" * 500, "<script>alert(1)</script>路灯坏了", "路" * 19_000])
def test_odd_messages_are_kept_as_they_came(body: str) -> None:
    assert taken(body=body).body == body


def test_a_message_of_a_hundred_thousand_characters_is_refused_and_says_why() -> None:
    with pytest.raises(Refused, match="100000个字"):
        taken(body="路" * 100_000)


def test_the_whole_way_closes_with_every_clock_stopped() -> None:
    ticket = closed()
    assert ticket.case.state == TicketState.CLOSED
    assert ticket.case.closed_at is not None
    assert not ticket.case.clocks.filter(stopped_at=None).exists()
    assert verify_chains(region=REGION, stream=ticket.pk)[1] == []


def test_the_response_clock_stops_when_the_response_was_given() -> None:
    ticket = handling()
    given = AT + timedelta(hours=1)
    actions.contact(ticket, how="电话联系诉求人，约定现场查看", by=who("sunwei"), at=given)
    clock = fresh(ticket).case.clocks.get(name="首次响应")
    assert clock.stopped_at == given
    # what follows, however late, moves it no more
    actions.contact(fresh(ticket), how="再次电话告知进展", by=who("sunwei"), at=AT + timedelta(days=1))
    actions.reply(fresh(ticket), public=LONG, by=who("sunwei"), at=AT + timedelta(days=2))
    actions.approve(fresh(ticket), by=who("zhouli"), at=AT + timedelta(days=2, hours=1))
    assert fresh(ticket).case.clocks.get(name="首次响应").stopped_at == given
    [shown] = [c for c in queries.clocks(fresh(ticket), AT + timedelta(days=9)) if c["name"] == "首次响应"]
    assert (shown["stopped_at"], shown["late"]) == (given, False)


def test_without_a_contact_the_answer_itself_is_the_response_once_it_is_out() -> None:
    ticket = handling()
    actions.reply(ticket, public=LONG, by=who("sunwei"), at=AT + timedelta(hours=2))
    assert fresh(ticket).case.clocks.get(name="首次响应").stopped_at is None  # nobody has read it yet
    out = AT + timedelta(hours=2, minutes=30)
    actions.approve(fresh(ticket), by=who("zhouli"), at=out)
    assert fresh(ticket).case.clocks.get(name="首次响应").stopped_at == out


def test_officers_read_the_log_in_words() -> None:
    """No code of an event, a rating, a light or a reason stands on the page."""
    ticket = closed(Rating.VERY_BAD)
    returned = handling()
    said = {"reason": ReturnReason.NOT_OURS, "note": "不属本单位", "cites": "CJ001", "at": AT}
    actions.send_back_to_desk(returned, proposes=unit("ZJJ"), by=who("sunwei"), **said)
    for one in (ticket, returned):
        for line in queries.desk_timeline(one):
            assert not re.search(r"[a-z]{3,}", f"{line['label']} {line['note']}"), line
    notes = [line["note"] for line in queries.desk_timeline(ticket)]
    assert any("非常不满意" in note for note in notes)
    assert any("非本单位职责" in line["note"] for line in queries.desk_timeline(returned))


def test_only_the_lead_unit_handles() -> None:
    ticket = dispatched("CGJ")
    with pytest.raises(NotAllowed):
        actions.sign(ticket, by=who("qianjin"), at=AT)


def test_a_town_sees_only_its_own_orders() -> None:
    mine, other = dispatched("WJZ"), dispatched("NJZ")
    seen = set(queries.visible(who("qianjin")).values_list("pk", flat=True))
    assert mine.pk in seen
    assert other.pk not in seen


def test_a_citizen_sees_only_own_orders() -> None:
    limei = who("limei")
    mine, other = taken(applicant=limei.id), taken()
    assert list(queries.visible(limei).values_list("pk", flat=True)) == [mine.pk]
    assert queries.access(limei, other.pk) is None


def test_a_report_never_reaches_the_reported_unit() -> None:
    ticket = taken(kind=RequestType.REPORT, hidden_from=(unit("CGJ").id,))
    with pytest.raises(Refused, match="被举报"):
        actions.dispatch(ticket, unit("CGJ"), reason="", by=who("chenfang"), at=AT)


def test_a_return_must_cite_the_list_and_name_a_unit() -> None:
    ticket = handling()
    said = {"reason": ReturnReason.NOT_OURS, "note": "属小区共有部分", "by": who("sunwei"), "at": AT}
    with pytest.raises(Refused, match="清单"):
        actions.send_back_to_desk(ticket, cites="", proposes=unit("ZJJ"), **said)
    with pytest.raises(Refused, match="哪个单位"):
        actions.send_back_to_desk(ticket, cites="CJ001", proposes=None, **said)
    assert fresh(ticket).case.state == TicketState.HANDLING


def test_the_second_return_opens_the_joint_ruling() -> None:
    ticket = handling()
    said = {"reason": ReturnReason.NOT_OURS, "note": "不属本单位", "cites": "CJ001", "at": AT}
    actions.send_back_to_desk(ticket, proposes=unit("ZJJ"), by=who("sunwei"), **said)
    assert fresh(ticket).case.state == TicketState.RETURNED
    actions.dispatch(fresh(ticket), unit("WJZ"), reason="改派", by=who("chenfang"), at=AT)
    actions.send_back_to_desk(fresh(ticket), proposes=unit("CGJ"), by=who("qianjin"), **said)
    assert fresh(ticket).case.state == TicketState.CONSULTING
    actions.rule(
        fresh(ticket),
        unit("WJZ"),
        grounds="小区内路灯由物业负责，镇负责督促",
        conditions={"设施位置": "小区共有部分"},
        becomes_rule=True,
        by=who("chenfang"),
        at=AT,
    )
    assert fresh(ticket).case.lead == unit("WJZ")


def test_extension_adds_working_days_and_is_told() -> None:
    ticket = handling()
    before = ticket.case.clocks.get(name="办结").due_at
    actions.ask_extension(ticket, days=3, reason="灯具须定制", by=who("sunwei"), at=AT)
    actions.decide_extension(fresh(ticket), granted=True, by=who("wushuang"), at=AT)
    after = ticket.case.clocks.get(name="办结").due_at
    assert (before.date(), after.date()) == (date(2026, 3, 9), date(2026, 3, 12))
    assert ticket.extensions.get().citizen_told


def test_an_extension_beyond_the_limit_is_refused() -> None:
    with pytest.raises(Refused, match="不超过10"):
        actions.ask_extension(handling(), days=11, reason="太忙", by=who("sunwei"), at=AT)


def test_an_empty_reply_is_refused() -> None:
    with pytest.raises(Refused, match="个字"):
        actions.reply(handling(), public="已处理", by=who("sunwei"), at=AT)


def test_an_unhappy_call_back_has_it_handled_again_with_a_new_clock() -> None:
    ticket = replied()
    actions.approve(ticket, by=who("zhouli"), at=AT + timedelta(days=1))
    said = {"reached": True, "responded": True, "resolved": False, "rating": Rating.BAD, "note": "还是不亮"}
    actions.call_back(fresh(ticket), **said, by=who("zhaomin"), at=AT + timedelta(days=2))
    again = fresh(ticket)
    assert (again.case.state, again.redo_count) == (TicketState.HANDLING, 1)
    assert again.case.clocks.filter(name="办结", stopped_at=None).count() == 1


def test_missed_calls_are_counted_and_the_third_closes() -> None:
    ticket = replied()
    actions.approve(ticket, by=who("zhouli"), at=AT)
    said = {"reached": False, "responded": None, "resolved": None, "rating": None, "note": ""}
    outcomes = [actions.call_back(fresh(ticket), **said, by=who("zhaomin"), at=AT) for _ in range(3)]
    assert [bool(one) for one in outcomes] == [False, False, True]


def test_a_citizen_reopens_a_closed_order() -> None:
    ticket = closed()
    actions.reopen(ticket, why="晚上又不亮了", by=machine(REGION), at=AT + timedelta(days=3))
    assert fresh(ticket).case.state == TicketState.HANDLING
    assert fresh(ticket).case.closed_at is None


def test_looking_at_a_phone_needs_a_reason_and_is_logged() -> None:
    ticket = dispatched()
    with pytest.raises(Refused, match="事由"):
        actions.look(ticket, why="", by=who("sunwei"), at=AT)
    contact = actions.look(ticket, why="首次联系诉求人", by=who("sunwei"), at=AT)
    assert contact is not None
    assert contact.phone == "13812345678"
    assert events_of(ticket.pk)[-1].kind == "ticket.looked"
    with pytest.raises(NotAllowed):
        actions.look(ticket, why="看看", by=who("zhaomin"), at=AT)


def test_an_officer_with_an_old_page_gets_a_conflict() -> None:
    ticket = dispatched()
    version = ticket.case.version
    actions.sign(ticket, by=who("sunwei"), at=AT, expected=version)
    with pytest.raises(Conflict, match="孙伟"):
        actions.to_police(fresh(ticket), grounds="涉嫌盗窃", by=who("chenfang"), at=AT, expected=version)


def test_a_merged_order_follows_the_first() -> None:
    first, second = taken(), taken()
    actions.merge(second, first, by=who("chenfang"), at=AT)
    assert fresh(second).case.state == TicketState.MERGED
    with pytest.raises(Refused):
        actions.merge(taken(), fresh(second), by=who("chenfang"), at=AT)


def test_the_acts_shown_are_the_acts_allowed() -> None:
    ticket = dispatched()
    assert TicketEvent.SIGN in queries.acts(ticket, who("sunwei"))
    assert TicketEvent.SIGN not in queries.acts(ticket, who("qianjin"))
    assert queries.acts(ticket, who("zhengju")) == [] or TicketEvent.SIGN not in queries.acts(
        ticket, who("zhengju")
    )


def test_the_citizen_page_needs_number_and_code() -> None:
    ticket = taken()
    assert queries.by_number(REGION, ticket.case.number, ticket.follow_code) == ticket
    assert queries.by_number(REGION, ticket.case.number, "XXXXXX") is None


def test_the_citizen_sees_no_internal_words() -> None:
    ticket = closed()
    text = str(queries.public_timeline(ticket))
    assert "已答复" in text
    assert "清单 CJ001" not in text


def test_a_message_of_several_points_becomes_an_order_each() -> None:
    body = "一是小区门口路灯坏了很久没人修；二是楼下烧烤摊每天油烟熏人；三是公交站牌被撞倒了。"
    said = actions.Submission(body=body, kind=RequestType.HELP, channel=Channel.WEB, key="several")
    for _ in range(2):  # sent twice, still three
        orders = actions.submit_points(said, points_of(body), by=machine(REGION), at=AT)
        assert len(orders) == 3
    assert Ticket.objects.count() == 3
    assert orders[0].original == body
    assert {one.split_from_id for one in orders[1:]} == {orders[0].pk}
    assert {one.pk for one in queries.split_of(orders[2])} == {orders[0].pk, orders[1].pk}
