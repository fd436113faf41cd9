"""随机复访: drawn by lot once a month, answered once and by others than the handling unit, read by the check of gaming."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from sanfu.grassroots.tickets.states import Rating as Level
from sanfu.measure.actions import gaming, recalls
from sanfu.measure.models import Recall
from sanfu.people.models import User
from sanfu.records.actor import Conflict, NotAllowed, Refused
from tests.histories import REGION, unit, who
from tests.rooms.test_ratings import closed

MARCH = date(2026, 3, 1)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(days=3)


def test_a_lot_takes_the_same_again_and_about_its_share() -> None:
    cases = [uuid.UUID(int=n) for n in range(1, 201)]
    taken = recalls.drawn(cases, "种子", 5)
    assert len(taken) == 10
    assert recalls.drawn(cases[::-1], "种子", 5) == taken
    assert recalls.drawn(cases, "另一个", 5) != taken
    assert len(recalls.drawn(cases[:1], "种子", 5)) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
def test_drawn_called_and_read_by_the_check() -> None:
    happy = [closed(True, Level.GOOD, AT + timedelta(hours=n)) for n in range(3)]
    closed(at=AT)  # nobody was reached: nothing to call again
    by = who("wushuang")
    with pytest.raises(NotAllowed):
        recalls.draw(MARCH, by=who("zhouli"), at=LATER)
    with pytest.raises(Refused):
        recalls.draw(date(2026, 9, 1), by=by, at=LATER)
    with pytest.raises(Refused):
        recalls.draw(date(2026, 1, 1), by=by, at=LATER)
    assert recalls.draw(MARCH, by=by, at=LATER) == 1
    with pytest.raises(Conflict):
        recalls.draw(MARCH, by=by, at=LATER)
    row = Recall.objects.get()
    assert row.case_id in {one.case_id for one in happy}
    assert row.unit == unit("CGJ").id
    with pytest.raises(Refused):
        recalls.record(row, reached=True, content=None, note="", by=by, at=LATER)
    recalls.record(row, reached=True, content=False, note="没修好", by=by, at=LATER)
    with pytest.raises(Conflict):
        recalls.record(row, reached=True, content=True, note="", by=by, at=LATER)
    read = {one.id: one for one in gaming.handled(REGION, LATER)}
    assert read[str(row.case_id)].own_call is True
    assert read[str(row.case_id)].recall is False
    assert sum(one.recall is None for one in read.values()) == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
def test_the_pages_are_for_those_who_audit() -> None:
    closed(True, Level.GOOD)
    client = Client()
    client.force_login(User.objects.get(login="wushuang"))
    assert "还没有抽取" in client.get("/leader/book/recalls/").content.decode()
    recalls.draw(MARCH, by=who("wushuang"), at=LATER)
    row = Recall.objects.get()
    assert row.case.number in client.get("/leader/book/recalls/").content.decode()
    page = client.get(f"/leader/book/recalls/{row.id}/").content.decode()
    assert "仍说满意" in page
    client.force_login(User.objects.get(login="zhouli"))
    assert client.get("/leader/book/recalls/").status_code == 403
