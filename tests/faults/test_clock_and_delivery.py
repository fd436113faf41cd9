"""A clock that jumps, and events that come twice: no order, number, chain or message is lost or doubled by either."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from sanfu.cases.actions import sweep
from sanfu.cases.models import Case
from sanfu.grassroots.tickets import actions
from sanfu.records.actions import deliver_outbox
from sanfu.records.actor import Conflict, Refused, machine
from sanfu.records.models import Event, Outbox
from sanfu.records.queries import verify_chains
from sanfu.records.wires import handlers_of
from tests.histories import MONDAY, REGION, fresh, taken, two_months, unit, who

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county")]
JUMPS = (
    timedelta(days=-400),
    timedelta(hours=-1),
    timedelta(seconds=-1),
    timedelta(days=3),
    timedelta(days=400),
)
KEPT = {"records_event", "records_stream", "records_outbox"}  # the log itself


def test_a_clock_that_jumps_between_acts_breaks_no_chain_and_no_number() -> None:
    """Each act reads a clock that was set forward or back since the one before; in between the sweep relights."""
    source, orders = random.Random(5), []
    for jump in (*JUMPS, timedelta(0), *JUMPS):
        orders.append(taken(MONDAY + jump))
        for name in ("dispatch", "sign", "reply"):
            at = MONDAY + source.choice(JUMPS)
            sweep(region=REGION, by=machine(REGION), at=at)
            order = fresh(orders[-1])
            try:
                if name == "dispatch":
                    actions.dispatch(order, unit("CGJ"), reason="清单", by=who("chenfang"), at=at)
                elif name == "sign":
                    actions.sign(order, by=who("sunwei"), at=at)
                else:
                    actions.reply(order, public="现场已经处理完毕，路灯恢复照明。", by=who("sunwei"), at=at)
            except (Refused, Conflict):  # an act may be refused in words; it may not half happen
                assert fresh(orders[-1]).case.version == order.case.version
    numbers = [fresh(order).case.number for order in orders]
    assert len(set(numbers)) == len(orders)
    assert Case.objects.count() == len(orders)
    events, faults = verify_chains(region=REGION)
    assert faults == []
    assert events > len(orders)
    for order in orders:
        clocks = fresh(order).case.clocks.all()
        assert all(one.stopped_at is not None or one.due_at is not None for one in clocks)


def rows() -> Counter[str]:
    """Rows of every table but the log."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - KEPT:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def test_events_that_are_delivered_twice_change_nothing_the_second_time() -> None:
    two_months(days=16)
    taken(MONDAY, body="我公司门口的路灯不亮，演示制造有限公司，请尽快处理")
    heard = list(Outbox.objects.values_list("event_id", flat=True))
    kinds = Counter(Event.objects.filter(id__in=heard).values_list("kind", flat=True))
    assert len(kinds) >= 3, kinds
    assert all(handlers_of(kind) for kind in kinds)
    while deliver_outbox():
        pass
    assert Outbox.objects.count() == 0, list(Outbox.objects.values_list("event__kind", "error"))
    before = rows()
    Outbox.objects.bulk_create(Outbox(event_id=one) for one in heard)
    while deliver_outbox():
        pass
    assert rows() - before == Counter()
    assert before - rows() == Counter()
    assert verify_chains(region=REGION)[1] == []


def test_a_request_sent_again_after_the_clock_was_set_back_is_still_the_same() -> None:
    key, later = "k" * 32, datetime(2026, 6, 1, tzinfo=UTC)
    first = taken(later, key=key)
    again = taken(later - timedelta(days=30), key=key)
    assert first.pk == again.pk
    assert Case.objects.count() == 1
