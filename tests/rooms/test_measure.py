"""Figures from the demo county's own acts: equal to the formula on the rows, and to the rows they open to."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Rating
from sanfu.measure import queries
from sanfu.measure.queries import Cell, Part
from sanfu.measure.rules import figure, tally
from sanfu.records.actor import Actor
from tests.histories import MONDAY, SAID, fresh, taken, two_months, unit, who

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("county")]
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
SPAN = {"first": date(2026, 1, 1), "last": date(2026, 6, 1), "now": NOW}


@pytest.fixture
def months(county: None) -> None:
    two_months()


def cells(actor: Actor) -> dict[Cell, Any]:
    return queries.figures(actor, **SPAN)


@pytest.mark.usefixtures("months")
def test_figures_equal_the_formula_on_the_rows_and_the_rows_they_open_to() -> None:
    leader = who("zhengju")
    found = cells(leader)
    names = {cell.indicator for cell in found}
    assert names == {one.id for one in queries.indicators().indicators}
    rows = {of: queries.facts(leader, of, now=NOW) for of in ("orders", "dispatches")}
    assert len(rows["orders"]) == 40
    for name in names:
        units = [
            f for cell, f in found.items() if cell.indicator == name and cell.unit and cell.month is None
        ]
        assert sum(f.denominator for f in units) == found[Cell(name)].denominator
    for cell, shown in found.items():
        one = queries.indicators().get(cell.indicator)
        mine = [row for row in rows[one.of] if inside(row, one, cell)]
        plain = figure(one, tally(one, mine), 30)
        assert (plain.numerator, plain.denominator, plain.small) == (
            shown.numerator,
            shown.denominator,
            shown.small,
        )
        if plain.value is None or shown.value is None:
            assert plain.value is shown.value is None
        else:
            assert abs(plain.value - shown.value) < Fraction(1, 10**9), cell
        lists = {part: queries.opened(leader, cell, part=part, **SPAN) for part in Part}
        assert len(lists[Part.ALL]) == shown.denominator
        if one.is_ratio:
            assert len(lists[Part.HIT]) == shown.numerator
            assert len(lists[Part.MISS]) == shown.denominator - shown.numerator
            assert [row["counts"] for row in lists[Part.HIT]] == [True] * shown.numerator


def inside(row: dict[str, Any], one: Any, cell: Cell) -> bool:
    moment = row[queries.MOMENTS[one.of][one.month]]
    if moment is None:
        return False
    local = (moment + timedelta(hours=8)).date().replace(day=1)
    return (
        SPAN["first"] <= local <= SPAN["last"]
        and cell.unit in (None, row["unit"] or queries.NO_UNIT)
        and cell.month in (None, local)
    )


@pytest.mark.usefixtures("months")
def test_a_unit_sees_its_own_figures_only() -> None:
    found = cells(who("zhouli"))
    assert {cell.unit for cell in found} <= {None, queries.NO_UNIT, unit("CGJ").id, unit("SWJ").id}
    mine = found[Cell("on_time_rate")]
    whole = cells(who("zhengju"))[Cell("on_time_rate", unit("CGJ").id)]
    assert mine.denominator >= whole.denominator
    assert len(queries.opened(who("zhouli"), Cell("on_time_rate"), **SPAN)) == mine.denominator
    with_none = cells(who("qianjin"))
    assert with_none.get(Cell("on_time_rate")) is None or with_none[Cell("on_time_rate")].denominator == 0


def facts_of(ticket: Ticket, of: str = "orders") -> dict[str, Any]:
    [row] = [r for r in queries.facts(who("zhengju"), of, now=NOW) if r["case_id"] == ticket.pk]
    return row


def way(*, sign_after: timedelta, contact_after: timedelta, reply_after: timedelta, **more: Any) -> Ticket:
    ticket = taken(MONDAY, **more)
    actions.dispatch(ticket, unit("CGJ"), reason="清单", by=who("chenfang"), at=MONDAY)
    actions.sign(fresh(ticket), by=who("sunwei"), at=MONDAY + sign_after)
    actions.contact(fresh(ticket), how="电话", by=who("sunwei"), at=MONDAY + contact_after)
    actions.reply(fresh(ticket), public=SAID, by=who("sunwei"), at=MONDAY + reply_after)
    actions.approve(fresh(ticket), by=who("zhouli"), at=MONDAY + reply_after)
    return fresh(ticket)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((HOUR, 2 * HOUR, DAY), (True, True, True)),
        ((HOUR, 4 * HOUR, DAY), (True, False, True)),  # first response is promised within 3 hours
        ((7 * HOUR, 7 * HOUR, 9 * DAY), (False, False, False)),
    ],
)
def test_what_is_in_time(times: tuple[timedelta, ...], expected: tuple[bool, ...]) -> None:
    sign, contact, reply = times
    ticket = way(sign_after=sign, contact_after=contact, reply_after=reply)
    order, dispatch = facts_of(ticket), facts_of(ticket, "dispatches")
    found = (dispatch["signed_in_time"], order["contacted_in_time"], order["closed_in_time"])
    assert found == expected
    assert order["due"]
    assert order["closed"]


def test_the_same_person_with_the_same_matter_again_is_not_truly_resolved() -> None:
    first = way(sign_after=HOUR, contact_after=HOUR, reply_after=DAY)
    said = {"reached": True, "responded": True, "resolved": True, "rating": Rating.GOOD, "note": ""}
    actions.call_back(first, **said, by=who("zhaomin"), at=MONDAY + 2 * DAY)
    other = way(sign_after=HOUR, contact_after=HOUR, reply_after=DAY, phone="13900000000")
    actions.call_back(other, **said, by=who("zhaomin"), at=MONDAY + 2 * DAY)
    assert not facts_of(first)["raised_again"]
    taken(MONDAY + 20 * DAY, phone="13800000000")
    taken(MONDAY + 20 * DAY, phone="13900000000", item_code="HB009")
    taken(MONDAY + 60 * DAY, phone="13900000000")
    assert facts_of(first)["raised_again"]
    assert not facts_of(other)["raised_again"]
    whole = queries.figures(who("zhengju"), **SPAN)[Cell("true_resolution_rate")]
    assert (whole.numerator, whole.denominator, whole.small) == (1, 2, True)


def test_a_refused_order_is_not_counted_and_an_overdue_one_is() -> None:
    refused, waiting = taken(MONDAY), taken(MONDAY)
    actions.refuse(refused, reason="outside", told="请向所在市12345反映", by=who("chenfang"), at=MONDAY)
    assert not facts_of(refused)["counted"]
    assert facts_of(waiting)["due"]
    assert not facts_of(waiting)["closed"]
    early = {**SPAN, "now": MONDAY + HOUR}
    assert queries.figures(who("zhengju"), **early)[Cell("on_time_rate")].value is None
    whole = queries.figures(who("zhengju"), **SPAN)[Cell("on_time_rate")]
    assert (whole.numerator, whole.denominator) == (0, 1)


def test_two_periods_at_once_are_each_alone_even_when_they_overlap() -> None:
    """This year beside last year is one query; overlapping spans count a row in both."""
    two_months()
    actor, now = who("zhengju"), MONDAY + timedelta(days=200)
    spans = [
        (date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 4, 1), date(2026, 5, 1)),
        (date(2020, 1, 1), date(2020, 2, 1)),
    ]
    together = queries.figures_of(actor, spans, now=now)
    alone = [queries.figures(actor, first=first, last=last, now=now) for first, last in spans]
    assert together == alone
    assert together[0] != together[1]
    assert all(figure.denominator == 0 for figure in together[2].values())
    assert set(together[2]) == {Cell(one.id) for one in queries.indicators().indicators}
