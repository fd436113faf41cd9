"""Figures from the demo county's own acts: equal to the formula on the rows, and to the rows they open to."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, Rating, RequestType, ReturnReason
from sanfu.measure import queries
from sanfu.measure.queries import Cell, Part
from sanfu.measure.rules import figure, tally
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]
REGION = "329900"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in China
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
SPAN = {"first": date(2026, 1, 1), "last": date(2026, 6, 1), "now": NOW}
SAID = "经现场查看,路灯线路老化已于当日更换,现已恢复照明,并已电话告知诉求人。"


def who(login: str) -> Actor:
    return actor_of(User.objects.get(login=login), on=date(2026, 3, 2))


def unit(code: str) -> Organisation:
    return Organisation.objects.get(region=REGION, code=code)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("case").get(pk=ticket.pk)


def taken(at: datetime, **more: Any) -> Ticket:
    said = {
        "body": "人民路18号门前路灯坏了一周,晚上很黑",
        "kind": RequestType.HELP,
        "channel": Channel.HOTLINE,
        "key": uuid.uuid4().hex,
        "item_code": "CJ001",
        "phone": "13800000000",
    }
    return actions.submit(actions.Submission(**{**said, **more}), by=machine(REGION), at=at)


OFFICERS = {"CGJ": ("sunwei", "zhouli")}


def lived(source: random.Random, at: datetime) -> None:
    """One order with a random life: some stay open, some are late, some come back."""
    ticket = taken(at, phone=f"1380000{source.randrange(8):04}", item_code=f"CJ{source.randrange(3):03}")
    if source.random() < 0.1:
        return
    at += timedelta(hours=source.randrange(1, 20))
    actions.dispatch(
        ticket, unit(source.choice(["CGJ", "CGJ", "SWJ"])), reason="清单", by=who("chenfang"), at=at
    )
    ticket = fresh(ticket)
    if ticket.case.lead != unit("CGJ") or source.random() < 0.1:
        return
    handler, reviewer = who("sunwei"), who("zhouli")
    at += timedelta(hours=source.choice([1, 1, 1, 30]))
    if source.random() < 0.15:
        back = {"reason": ReturnReason.NOT_OURS, "note": "应由水务部门办理", "cites": "清单CJ002"}
        actions.send_back_to_desk(ticket, **back, proposes=unit("SWJ"), by=handler, at=at)
        return
    actions.sign(ticket, by=handler, at=at)
    if source.random() < 0.7:
        at += timedelta(hours=source.choice([1, 5]))
        actions.contact(fresh(ticket), how="电话联系", by=handler, at=at)
    if source.random() < 0.1:
        return
    at += timedelta(days=source.choice([1, 2, 3, 12]))
    actions.reply(fresh(ticket), public=SAID, by=handler, at=at)
    actions.approve(fresh(ticket), by=reviewer, at=at + timedelta(hours=1))
    if source.random() < 0.2:
        return
    solved = source.random() < 0.8
    said = {
        "reached": True,
        "responded": True,
        "resolved": solved,
        "rating": source.choice(list(Rating)),
        "note": "",
    }
    actions.call_back(fresh(ticket), **said, by=who("zhaomin"), at=at + timedelta(days=1))


@pytest.fixture
def months(county: None) -> None:
    source = random.Random(7)
    for day in range(0, 60, 2):
        for _ in range(2):
            lived(source, MONDAY + timedelta(days=day, hours=source.randrange(0, 9)))


def cells(actor: Actor) -> dict[Cell, Any]:
    return queries.figures(actor, **SPAN)


@pytest.mark.usefixtures("months")
def test_figures_equal_the_formula_on_the_rows_and_the_rows_they_open_to() -> None:
    leader = who("zhengju")
    found = cells(leader)
    names = {cell.indicator for cell in found}
    assert names == {one.id for one in queries.indicators().indicators}
    rows = {of: queries.facts(leader, of, now=NOW) for of in ("orders", "dispatches")}
    assert len(rows["orders"]) == 60
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
        and cell.unit in (None, row["unit"])
        and cell.month in (None, local)
    )


@pytest.mark.usefixtures("months")
def test_a_unit_sees_its_own_figures_only() -> None:
    found = cells(who("zhouli"))
    assert {cell.unit for cell in found} <= {None, unit("CGJ").id, unit("SWJ").id}
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
