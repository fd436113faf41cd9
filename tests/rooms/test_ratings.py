"""好差评: one matter one rating, bad ones put right, and the handling unit never sees who rated, by rows or by page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sanfu.grassroots.ratings import actions, queries
from sanfu.grassroots.ratings.models import Invitation, Rating, Remedy
from sanfu.grassroots.ratings.rules import read_token, token
from sanfu.grassroots.ratings.states import RemedyState, Way
from sanfu.grassroots.tickets import actions as tickets
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Rating as Level
from sanfu.measure import reading
from sanfu.measure.actions import store
from sanfu.measure.book import formulas
from sanfu.people.models import User
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Conflict, NotAllowed, Refused, machine
from tests.histories import REGION, SAID, fresh, taken, unit, who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SYSTEM = machine(REGION)


def closed(reached: bool = False, rating: Level | None = None, at: datetime = AT) -> Ticket:
    """An order that 城管局 handled; closed after calls that nobody answered, or with what was said."""
    ticket = taken(at)
    tickets.dispatch(ticket, unit("CGJ"), reason="清单", by=who("chenfang"), at=at)
    tickets.sign(fresh(ticket), by=who("sunwei"), at=at + timedelta(hours=1))
    tickets.reply(fresh(ticket), public=SAID, by=who("sunwei"), at=at + timedelta(hours=4))
    tickets.approve(fresh(ticket), by=who("zhouli"), at=at + timedelta(hours=5))
    while fresh(ticket).case.closed_at is None:
        said = {"reached": reached, "responded": True, "resolved": True if reached else None, "note": ""}
        tickets.call_back(fresh(ticket), **said, rating=rating, by=who("zhaomin"), at=at + timedelta(hours=6))
    return fresh(ticket)


def asked(ticket: Ticket) -> Invitation:
    return actions.invite(ticket.case, by=SYSTEM, at=AT + timedelta(hours=7))


def rated(level: int, ticket: Ticket | None = None, **more: object) -> Rating:
    row = asked(ticket or closed())
    return actions.give(row, Way.WEB, actions.Said(level, **more), by=None, at=AT + timedelta(hours=8))  # type: ignore[arg-type]


def test_every_finished_case_is_asked_once() -> None:
    ticket = closed()
    taken(AT)  # open: nobody is asked
    later = AT + timedelta(hours=7)
    assert actions.ask(region=REGION, by=SYSTEM, at=later) == 1
    assert actions.ask(region=REGION, by=SYSTEM, at=later) == 0
    row = Invitation.objects.get(case=ticket.case)
    assert row.unit == unit("CGJ")
    said = token(row.id, Way.QR)
    assert read_token(said) == (row.id, Way.QR)
    assert read_token(said[:-1] + ("A" if said[-1] != "A" else "B")) is None
    assert read_token(token(row.id, Way.PHONE)) is None


def test_one_matter_one_rating_and_only_by_who_was_served() -> None:
    row = asked(closed())
    with pytest.raises(NotAllowed):
        actions.give(row, Way.WEB, actions.Said(5), by=who("sunwei"), at=AT)
    with pytest.raises(Refused):
        actions.give(row, Way.WEB, actions.Said(6), by=None, at=AT)
    with pytest.raises(Refused):
        actions.give(row, Way.WEB, actions.Said(5), by=None, at=row.until + timedelta(seconds=1))
    actions.give(row, Way.WEB, actions.Said(5), by=None, at=AT)
    with pytest.raises(Conflict):
        actions.give(row, Way.QR, actions.Said(1), by=None, at=AT)
    with pytest.raises(Conflict):
        actions.give_by_phone(row, actions.Said(1, words="不满意"), by=who("zhaomin"), at=AT)
    assert Rating.objects.get().level == 5


def test_a_phone_agent_writes_words_down_and_never_of_the_own_unit() -> None:
    row = asked(closed())
    with pytest.raises(Refused):
        actions.give_by_phone(row, actions.Said(2), by=who("zhaomin"), at=AT)
    with pytest.raises(NotAllowed):
        actions.give_by_phone(row, actions.Said(5, words="很好"), by=who("zhouli"), at=AT)
    found = actions.give_by_phone(row, actions.Said(2, words="等太久"), by=who("zhaomin"), at=AT)
    assert (found.way, found.words) == (Way.PHONE, "等太久")


def test_the_rating_of_the_link_and_of_the_order_are_one() -> None:
    ticket = closed()
    rated(2, ticket)
    deliver_outbox()
    assert fresh(ticket).rating == Level.BAD
    deliver_outbox()  # the order's own event comes back and changes nothing
    assert Rating.objects.count() == 1


def test_a_rating_that_was_told_at_the_call_back_is_not_asked_again() -> None:
    ticket = closed(reached=True, rating=Level.GOOD)
    deliver_outbox()
    row = Rating.objects.get(case=ticket.case)
    assert (row.level, row.way, row.agent) == (4, Way.CALLBACK, who("zhaomin").id)
    assert actions.ask(region=REGION, by=SYSTEM, at=AT + timedelta(hours=7)) == 0


def test_a_bad_rating_is_verified_mended_and_checked_and_stays_as_it_was() -> None:
    rating = rated(1, words="跑了三趟，我叫张三，13800000000")
    row = Remedy.objects.select_related("case", "rating").get(rating=rating)
    steward, handler = who("wushuang"), who("sunwei")
    assert row.case.state == RemedyState.VERIFY
    assert queries.remedy(handler, row.pk) is None  # not turned over yet
    actions.confirm(row, told="反映多次跑动，请改进一次性告知", by=steward, at=AT + timedelta(hours=9))
    row = queries.remedy(handler, row.pk)  # type: ignore[assignment]
    with pytest.raises(NotAllowed):
        actions.answer(row, answer="已经改好了，以后一次说清楚", by=who("qianjin"), at=AT + timedelta(days=1))
    actions.answer(row, answer="已经改好了，以后一次说清楚", by=handler, at=AT + timedelta(days=1))
    actions.again(row, why="仍未张贴清单", by=steward, at=AT + timedelta(days=2))
    actions.answer(row, answer="清单已张贴在窗口，并附照片", by=handler, at=AT + timedelta(days=3))
    actions.accept(row, checked="电话核实属实", level_after=4, by=steward, at=AT + timedelta(days=4))
    row.refresh_from_db()
    row.case.refresh_from_db()
    assert (row.case.state, row.level_after, Rating.objects.get().level) == (RemedyState.DONE, 4, 1)


def at_desk(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login))
    return client


def test_the_handling_unit_sees_counts_and_never_a_single_rating() -> None:
    """By rows: no query gives the unit a rating with its case; by page: neither order nor remedy says who rated."""
    ticket = closed()
    rating = rated(1, ticket, words="我是王五，等太久")
    deliver_outbox()
    row = Remedy.objects.select_related("case", "rating").get(rating=rating)
    actions.confirm(row, told="反映等候时间长", by=who("wushuang"), at=AT + timedelta(hours=9))
    for login in ("sunwei", "zhouli"):
        actor, client = who(login), at_desk(login)
        assert not queries.ratings(actor).exists()
        assert not queries.unanswered(actor).exists()
        assert [line.answered for line in queries.summary(actor)] == [None]
        for path in ("/desk/ratings/all/", "/desk/ratings/asked/"):
            assert client.get(path).status_code in (403, 404)
        order = client.get(reverse("officer:ticket", args=[ticket.pk])).content.decode()
        assert "非常不满意" not in order
        assert "评价人" not in order
        page = client.get(reverse("officer:remedy", args=[row.pk])).content.decode()
        assert "反映等候时间长" in page
        for secret in (ticket.case.number, ticket.case.title, "王五", "非常不满意"):
            assert secret not in page, secret
    assert "王五" in at_desk("wushuang").get(reverse("officer:remedy", args=[row.pk])).content.decode()


def test_figures_about_ratings_open_to_rows_without_cases_for_the_unit() -> None:
    for day in range(6):
        rated(4 + day % 2, closed(at=AT - timedelta(days=day, hours=8)))
    deliver_outbox()
    store.rebuild(region=REGION, at=AT + timedelta(days=2))
    actor, march = who("zhouli"), date(2026, 3, 1)
    one = formulas()["rating_content"]
    cell = next(c for c in reading.cells(actor, [one], [march]) if c.unit == unit("CGJ").id)
    found = reading.opened(actor, one, march, cell.unit)
    assert len(found) == cell.rows == 6
    assert {row["number"] for row in found} == {"不显示"}
    assert all(row["case_id"] is None for row in found)
    whole = reading.opened(who("wushuang"), one, march)
    assert all(row["number"].startswith("SQ") for row in whole)
    opened = reading.opened(actor, formulas()["opened-ticket"], march)
    assert opened
    assert all("评" not in row["facts"] for row in opened)


def test_a_figure_follows_a_rating_at_the_next_refresh() -> None:
    row = asked(closed())
    store.rebuild(region=REGION, at=AT + timedelta(hours=8))
    actions.give(row, Way.QR, actions.Said(2), by=None, at=AT + timedelta(hours=9))
    store.refresh(region=REGION, at=AT + timedelta(hours=10))
    names = [formulas()[name] for name in ("rating_response", "rating_bad")]
    counts = {
        c.indicator: (c.rows, c.hits)
        for c in reading.cells(who("wushuang"), names, [date(2026, 3, 1)])
        if c.unit == unit("CGJ").id
    }
    assert counts == {"rating_response": (1, 1), "rating_bad": (1, 0)}


def test_the_page_behind_the_link() -> None:
    row = asked(closed())
    path = reverse("citizen:rate", args=[token(row.id, Way.WEB)])
    Invitation.objects.filter(pk=row.pk).update(until=timezone.now() + timedelta(days=1))
    assert Client().get(path[:-2] + "x/").status_code == 404
    assert "工作人员不能代评" in at_desk("sunwei").get(path).content.decode()
    client = Client()
    assert client.post(path, {"words": "慢"}).status_code == 422
    assert client.post(path, {"level": "2", "words": "慢"}).status_code == 302
    assert "已经评价过" in Client().get(path).content.decode()
    assert Rating.objects.get().device
