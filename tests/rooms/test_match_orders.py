"""Orders and the matcher: intake says what it thinks, the desk's decision teaches, the promise may dispatch."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanfu.grassroots.tickets import actions, advice
from sanfu.grassroots.tickets.guidance import guide
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType, TicketState
from sanfu.match import actions as match
from sanfu.match import learned, queries
from sanfu.match.models import Decision
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county", "fresh_matcher")]
REGION = "329900"
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GAS = "楼道里一股煤气味，家里燃气好像漏了"


@pytest.fixture
def fresh_matcher() -> Iterator[None]:
    learned.forget()
    yield
    learned.forget()


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=date(2026, 3, 2))


def taken(body: str, **more: Any) -> Ticket:
    said = {"kind": RequestType.HELP, "channel": Channel.WEB, "key": uuid.uuid4().hex}
    submission = actions.Submission(body=body, **{**said, **more})
    ticket = actions.submit(submission, by=machine(REGION), at=AT)
    return Ticket.objects.select_related("case").get(pk=ticket.pk)


def unit(code: str) -> Organisation:
    return Organisation.objects.get(region=REGION, code=code)


def test_an_order_keeps_what_was_said_of_it() -> None:
    ticket = taken(GAS)
    assert ticket.suggested["units"][0]["unit"] == "RQG"
    assert ticket.suggested["units"][0]["item"] == "CJ014"


def test_the_desk_teaches_by_dispatching_elsewhere() -> None:
    body = "门口石狮子被人偷走了一只，监控也没拍到"
    ticket = taken(body)
    actions.dispatch(ticket, unit("CGJ"), reason="街面设施", item_code="CJ004", by=who("chenfang"), at=AT)
    row = Decision.objects.get(source=ticket.pk)
    assert (row.item_code, row.unit_code, row.number) == ("CJ004", "CGJ", ticket.case.number)
    assert taken("石狮子被人偷走了一只，监控没拍到").suggested["units"][0]["item"] == "CJ004"


def test_a_dispatch_outside_the_list_teaches_nothing_and_is_not_hindered() -> None:
    ticket = taken("zzzz qqqq")
    actions.dispatch(ticket, unit("CGJ"), reason="会商意见", item_code="不在清单", by=who("chenfang"), at=AT)
    assert not Decision.objects.exists()


def test_a_failing_matcher_costs_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> queries.Suggested:
        raise RuntimeError("broken")

    monkeypatch.setattr(advice.queries, "suggest", broken)
    ticket = taken(GAS)
    assert ticket.suggested == {}
    assert ticket.case.state == TicketState.RECEIVED


def test_while_typing_unit_item_and_promised_time_are_shown() -> None:
    found = guide(GAS, region=REGION, at=AT)
    assert found.suggested is not None
    assert found.suggested["units"][0]["unit_name"] == "燃气公司"
    assert {one["call"] for one in found.emergencies} == {"119"}
    assert found.promises


def keep_promise(count: int = 300) -> None:
    """A record in which every suggestion was right."""
    rows = [
        Decision(
            region=REGION,
            at=AT - timedelta(days=1) + timedelta(minutes=number),
            by_name="演示",
            text=f"煤气味{number}",
            label="城乡建设",
            item_code="CJ014",
            unit_code="RQG",
            lead=0.3 + number / count,
            right=True,
        )
        for number in range(count)
    ]
    Decision.objects.bulk_create(rows)


def test_nothing_is_sent_without_a_promise() -> None:
    keep_promise()
    assert taken(GAS).case.state == TicketState.RECEIVED


@pytest.mark.slow
def test_a_kept_promise_dispatches_and_one_in_ten_is_looked_at() -> None:
    keep_promise()
    match.promise(precision=0.95, enabled=True, by=who("chenfang"), at=AT)
    taught = Decision.objects.count()
    seen = [taken(GAS) for _ in range(12)]
    for ticket in seen:
        by_hand = ticket.pk.int % advice.SAMPLE == 0
        assert (ticket.case.state == TicketState.RECEIVED) == by_hand
        if not by_hand:
            running = ticket.assignments.get()
            assert running.unit.code == "RQG"
            assert running.reason.startswith("自动派单")
    assert Decision.objects.count() == taught  # the machine does not teach itself


def test_an_unsettled_condition_is_never_sent() -> None:
    keep_promise()
    match.promise(precision=0.95, enabled=True, by=who("chenfang"), at=AT)
    assert taken("和平路门口的路灯全灭了，黑灯瞎火走路都不敢走").case.state == TicketState.RECEIVED
