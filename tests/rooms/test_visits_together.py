"""Eight senders of one operation at once: the primary key is the lock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from sanfu.adapters.demo_firms import seed_firms
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.actions import syncing
from sanfu.enterprise.visits.models import Operation, Visit
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.records.moments import day_of

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_people")
def test_eight_senders_of_one_operation_leave_one_row_and_eight_equal_answers() -> None:
    seed_firms(region=settings.REGION, at=MONDAY)
    record, name = str(uuid4()), Enterprise.objects.order_by("credit_code")[0].name
    changes = {"firm": {"old": None, "new": name}, "note": {"old": None, "new": "一"}}
    sent = {"id": str(uuid4()), "record": record, "base": 0, "kind": "visit", "changes": changes}
    who = actor_of(User.objects.get(login="jiangyu"), on=day_of(MONDAY))

    def send(_: int) -> dict[str, Any]:
        try:
            return syncing.receive(sent, by=who, at=MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(send, range(8)))
    assert Visit.objects.get(id=record).version == 1
    assert Operation.objects.count() == 1
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["outcome"] == "applied"
