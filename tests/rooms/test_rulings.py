"""A ruling becomes a conditional rule of the list's draft, or says why it cannot."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from sanfu.adapters.demo_lists import seed_lists
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType
from sanfu.lists.models import ListVersion
from sanfu.lists.rulings import TITLE
from sanfu.people.models import Organisation
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Actor, machine
from sanfu.records.queries import events_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION = "329900"
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
RIGHTS = frozenset({"tickets.dispatch", "tickets.rule", "tickets.see_all"})


def desk() -> Actor:
    return Actor(id=None, name="派单员", region=REGION, permissions=RIGHTS)


def ruled(item: str, conditions: dict[str, str]) -> Ticket:
    seed_lists(settings.CONTENT)
    said = actions.Submission("树倒在河边没人管", RequestType.HELP, Channel.WEB, key="r", item_code=item)
    ticket = actions.submit(said, by=machine(REGION), at=AT)
    unit = Organisation.objects.get(region=REGION, code="WJZ")
    actions.dispatch(ticket, unit, reason="试派", item_code=item, by=desk(), at=AT)
    town = Actor(None, "镇", REGION, units=frozenset({unit.id}), permissions=frozenset({"tickets.handle"}))
    actions.sign(Ticket.objects.get(pk=ticket.pk), by=town, at=AT)
    actions.whistle(Ticket.objects.get(pk=ticket.pk), grounds="归属不清", by=desk(), at=AT)
    actions.rule(
        Ticket.objects.get(pk=ticket.pk),
        Organisation.objects.get(region=REGION, code="SWJ"),
        grounds="河道管理范围内由水务部门负责",
        conditions=conditions,
        becomes_rule=True,
        by=desk(),
        at=AT,
    )
    deliver_outbox()
    return ticket


@pytest.mark.slow
def test_the_deciding_condition_goes_into_a_draft() -> None:
    ticket = ruled("CJ038", {"水域类别": "河道湖泊"})
    assert events_of(ticket.pk)[-1].kind == "lists.ruling_drafted", events_of(ticket.pk)[-1].data
    row = ListVersion.objects.get(title=TITLE).items.get(code="CJ038")
    assert row.payload["rules"][0] == {"when": "水域类别 = 河道湖泊", "lead": "SWJ"}
    assert row.payload["rules"][-1]["when"] == "其他情形"
    assert row.conditional


@pytest.mark.slow
def test_a_condition_nobody_knows_is_refused_and_the_refusal_is_kept() -> None:
    last = events_of(ruled("CJ038", {"天气": "晴"}).pk)[-1]
    assert last.kind == "lists.ruling_refused"
    assert "天气" in last.data["why"]
