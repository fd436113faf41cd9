"""暨阳面对面 and the centre: a draw that can be made again, promises with an owner, slots that nobody holds twice."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from sanfu.enterprise.centre import actions as centre
from sanfu.enterprise.centre import queries as slots
from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.dialogues import actions, queries
from sanfu.enterprise.dialogues.models import Promise, Session
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.officer.dialogues.todos import promise_todos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firms")]
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = day_of(MONDAY)


def actor(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=DAY)


def client(login: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(login=login))
    return made


def drawn(title: str = "用工难", days: int = 7) -> Session:
    by = actor("guqin")
    made = actions.prepare(
        title=title, held_on=DAY + timedelta(days=days), seats=12, least={"小微": 4}, by=by, at=MONDAY
    )
    actions.freeze(made, by=by, at=MONDAY)
    made.refresh_from_db()
    actions.drawn(made, public_word="3D 123", by=by, at=MONDAY)
    made.refresh_from_db()
    return made


def test_a_draw_can_be_made_again_once_only_and_nobody_is_drawn_twice_in_a_year() -> None:
    first = drawn()
    assert len(first.invited) == 12
    assert queries.verified(first) == ""
    with pytest.raises(Conflict):
        actions.drawn(first, public_word="3D 999", by=actor("guqin"), at=MONDAY)
    second = drawn("融资", 60)
    assert not set(first.invited) & set(second.invited)
    second.invited = [second.reserves[0], *second.invited[1:]]
    assert "受邀名单" in queries.verified(second)


def test_a_list_changed_after_it_was_published_cannot_be_drawn() -> None:
    by = actor("guqin")
    made = actions.prepare(title="用工难", held_on=DAY, seats=12, least={}, by=by, at=MONDAY)
    actions.freeze(made, by=by, at=MONDAY)
    made.refresh_from_db()
    Session.objects.filter(pk=made.pk).update(candidates=made.candidates[1:])
    with pytest.raises(Refused, match="变动"):
        actions.drawn(made, public_word="3D 123", by=by, at=MONDAY)
    with pytest.raises(Refused, match="保底"):
        actions.prepare(title="用工难", held_on=DAY, seats=2, least={"小微": 4}, by=by, at=MONDAY)


def test_a_question_enters_the_pool_and_a_promise_is_kept_by_its_owner_and_published() -> None:
    made = drawn()
    firm = Enterprise.objects.order_by("credit_code")[0]
    actions.ask(made, firm, text="园区停电太多，怎么解决", by=actor("guqin"), at=MONDAY)
    deliver_outbox()
    assert [one.source for one in Demand.objects.all()] == ["session"]
    owner = Organisation.objects.get(code="GDJ")
    actions.promise(
        made, text="停电提前三天通知", owner=owner, due=made.held_on, by=actor("guqin"), at=MONDAY
    )
    promise = Promise.objects.select_related("owner").get()
    with pytest.raises(NotAllowed, match="供电公司"):
        actions.keep(promise, said="已经办好了", by=actor("jiangyu"), at=MONDAY)
    keeper = client("dulei")
    assert [one.count for one in promise_todos(actor("dulei"), MONDAY)] == [1]
    sent = {"promise": str(promise.id), "said": "已改为短信提前三天告知", "once": str(uuid4())}
    keeper.post(f"/desk/dialogues/{made.id}/keep/", sent)
    public = Client().get("/dialogues/").content.decode()
    assert "已改为短信提前三天告知" in public
    assert made.seed in public


def test_pages_of_sessions_open_and_the_form_prepares_one() -> None:
    host = client("guqin")
    form = {"title": "融资", "held_on": "2027-01-05", "seats": "10", "small": "3", "once": str(uuid4())}
    assert host.post("/desk/dialogues/", form).status_code == 302
    made = Session.objects.get()
    assert host.post("/desk/dialogues/", {**form, "small": "30", "once": str(uuid4())}).status_code == 422
    host.post(f"/desk/dialogues/{made.id}/freeze/", {"once": str(uuid4())})
    made.refresh_from_db()
    page = host.get(f"/desk/dialogues/{made.id}/").content.decode()
    assert made.commitment in page
    assert made.seed not in page
    assert made.seed not in Client().get("/dialogues/").content.decode()
    assert "会前提问" in client("wangqiang").get("/firm/dialogues/").content.decode()
    assert client("zhengju").get(f"/desk/dialogues/{made.id}/").status_code == 200


def test_slots_hold_no_more_than_the_desks_and_a_cancelled_one_is_free_again() -> None:
    firms = list(Enterprise.objects.order_by("credit_code")[:3])
    day, by = slots.bookable_days(DAY)[0], actor("guqin")
    first = centre.book(firms[0], day=day, slot="09:00", matter="办执照", by=by, at=MONDAY)
    centre.book(firms[1], day=day, slot="09:00", matter="办执照", by=by, at=MONDAY)
    with pytest.raises(Conflict, match="约满"):
        centre.book(firms[2], day=day, slot="09:00", matter="办执照", by=by, at=MONDAY)
    assert "09:00" not in dict(slots.free(by.region, day))
    centre.cancel(first, by=by, at=MONDAY)
    assert centre.book(firms[2], day=day, slot="09:00", matter="办执照", by=by, at=MONDAY).desk == 1
    with pytest.raises(Refused):
        centre.book(firms[0], day=DAY + timedelta(days=5), slot="09:00", matter="周六来", by=by, at=MONDAY)
    with pytest.raises(NotAllowed):
        centre.book(firms[1], day=day, slot="10:00", matter="替别人约", by=actor("wangqiang"), at=MONDAY)


def test_the_queue_calls_in_order_and_ends_with_what_came_of_it() -> None:
    by = actor("guqin")
    firms = list(Enterprise.objects.order_by("credit_code")[:2])
    assert [centre.walk_in(one, matter="咨询", by=by, at=MONDAY) for one in firms] == [1, 2]
    called = centre.call_next(by=by, at=MONDAY)
    assert called.ticket == 1
    centre.finish(called, outcome="当场办结", by=by, at=MONDAY)
    assert centre.call_next(by=by, at=MONDAY).ticket == 2
    with pytest.raises(Refused, match="没有人排队"):
        centre.call_next(by=by, at=MONDAY)


def test_the_counter_and_the_firms_booking_page_work() -> None:
    own = client("wangqiang")
    assert own.get("/firm/centre/").status_code == 200
    day = slots.bookable_days(day_of(timezone.now()))[0]
    own.post("/firm/centre/", {"when": f"{day} 10:00", "matter": "变更登记", "once": str(uuid4())})
    assert "变更登记" in own.get("/firm/centre/").content.decode()
    counter = client("guqin")
    firm = Enterprise.objects.get(organisation__code="FIRM-1")
    page = counter.get(f"/desk/centre/?q={firm.credit_code}").content.decode()
    assert "变更登记" in page
    sent = {"q": firm.credit_code, "text": "咨询补贴怎么领取", "once": str(uuid4())}
    counter.post("/desk/centre/act/demand/", sent)
    counter.post("/desk/centre/act/walk-in/", {**sent, "once": str(uuid4())})
    counter.post("/desk/centre/act/next/", {"once": str(uuid4())})
    assert "正在接待" in counter.get("/desk/centre/").content.decode()
    assert Demand.objects.get().source == "counter"
