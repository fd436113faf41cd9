"""防注水 in the platform: orders become what the checks read, a clue opens to as many cases, only 督查 sees it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from sanfu.measure.actions import gaming
from sanfu.measure.models import GamingClue
from sanfu.people.models import User
from tests.histories import REGION, unit
from tests.rooms.test_ratings import closed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_orders_are_read_and_a_clue_opens_to_its_cases() -> None:
    tickets = [closed(at=AT + timedelta(hours=n)) for n in range(3)]
    read = gaming.handled(REGION, AT + timedelta(days=3))
    assert {one.id for one in read} == {str(one.pk) for one in tickets}
    assert all(
        one.closed is not None and 0 < one.closed < one.due == 1.0 and one.month == "2026-03" for one in read
    )
    assert (
        gaming.find(region=REGION, at=AT + timedelta(days=3)) == 0
    )  # one unit: nobody can say what is usual
    row = GamingClue.objects.create(
        region=REGION, month=date(2026, 3, 1), unit=unit("CGJ").id, check_code="copied", hits=3, rows=3, low=0.4, high=1.0,
        expected=0.1, most=0.5, chance=1e-5, county=0.1, cases=[str(one.pk) for one in tickets], made_at=AT,
    )  # fmt: skip
    client = Client()
    client.force_login(User.objects.get(login="wushuang"))
    listed = client.get("/leader/book/gaming/").content.decode()
    assert "答复雷同或过短" in listed
    assert "不是结论" in listed
    page = client.get(f"/leader/book/gaming/{row.id}/").content.decode()
    assert all(one.case.number in page for one in tickets)
    client.force_login(User.objects.get(login="zhouli"))
    assert client.get("/leader/book/gaming/").status_code == 403
