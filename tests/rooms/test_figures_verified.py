"""Figure = opened rows for every role of the cast, live and frozen; late acts leave a closed month byte for byte."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from sanfu.measure import reading
from sanfu.measure.actions import freezing, store
from sanfu.measure.book import formulas
from sanfu.measure.counting import months_until
from sanfu.measure.models import Closing, FrozenCell, FrozenRow, Tally
from sanfu.measure.verifying import Verifier
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from tests.histories import REGION, lived, two_months, who

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county")]
MARCH, NOW = date(2026, 3, 1), datetime(2026, 6, 30, 4, 0, tzinfo=UTC)


def frozen() -> tuple[list[object], list[object]]:
    return (
        list(FrozenRow.objects.order_by("kind", "row_id").values_list()),
        list(FrozenCell.objects.order_by("indicator", "unit").values_list()),
    )


def test_every_role_opens_what_it_counts_and_late_acts_change_no_closed_month() -> None:
    """Short form; `sanfu measure verify --cells 1000` is the long one."""
    two_months(days=8)
    store.rebuild(region=REGION, at=NOW)
    freezing.close(MARCH, by=who("wushuang"), at=NOW)
    before, source = frozen(), random.Random(3)
    for n in range(5):  # orders of the closed month that were recorded after the cut
        lived(source, datetime(2026, 3, 3, 1, 0, tzinfo=UTC) + timedelta(days=n))
    store.rebuild(region=REGION, at=NOW + timedelta(days=1))
    assert frozen() == before
    assert Closing.objects.get(month=MARCH).rows == len(before[0])
    counted = set(Tally.objects.filter(month=MARCH).values_list("indicator", flat=True))
    some = source.sample([one for one in formulas().values() if one.id in counted], 12)
    verifier = Verifier(months_until(date(2026, 4, 1), 3), cells=2, only=some)
    opened = again = 0
    for user in User.objects.filter(region=REGION).order_by("login"):
        actor = actor_of(user, on=MARCH)
        if actor.may("measure.see", "measure.own"):
            found = verifier.account(actor)
            assert found.differences == []
            opened, again = opened + found.cells, again + found.again
    assert opened > 20
    assert again > 0  # the whole county is asked about once, not for everybody who sees it


def test_a_cell_that_does_not_open_to_its_rows_is_named() -> None:
    two_months(days=4)
    store.rebuild(region=REGION, at=NOW)
    one = next(one for one in formulas().values() if one.kind.code == "orders" and one.month == "received")
    assert reading.sees_whole(who("zhengju"), one.kind)
    cell = Tally.objects.filter(indicator=one.id, month=MARCH).order_by("unit").last()
    assert cell is not None
    Tally.objects.filter(pk=cell.pk).update(rows=cell.rows + 1)
    found = Verifier([MARCH], cells=1000, only=[one]).account(who("zhengju"))
    assert [line.split("：")[0] for line in found.differences] == [f"{one.id} 2026-03 {cell.unit} 实时"]
