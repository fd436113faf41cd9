"""A year and a half of demo orders (演示): made by the same actions as real ones, so that every figure has its events.

Last year is slow and 七成 content, this year fast and 九成: the shape that the source tells of. The numbers on
the pages come from these events alone. Deterministic for a given day. What is on the desks today is made before
the first page opens; the closed orders behind the figures are a background job that goes on where it was stopped.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from sanfu.cases.actions import sweep
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, Rating, RequestType, ReturnReason, TicketState, Urgency
from sanfu.kernel.clocks import CHINA
from sanfu.lists.content import load_requests
from sanfu.lists.items import RequestItem
from sanfu.people.models import Organisation
from sanfu.people.queries import answering
from sanfu.records.actor import Actor, machine

ROADS = ("澄江路", "望海路", "银杏路", "滨河路", "工农路", "学府路", "港城大道", "青年路", "东横街", "桂花巷")
ESTATES = ("锦绣花苑", "河畔新村", "东湖名邸", "望江家园", "南泾公寓", "梧桐里", "青圩新村", "星澜小区")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
SEED = 20261123
EACH_YEAR = 90
EVERYTHING = frozenset(
    f"tickets.{verb}"
    for verb in (
        "register",
        "see",
        "see_all",
        "dispatch",
        "rule",
        "handle",
        "review",
        "supervise",
        "callback",
    )
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a year went: hours to contact, days to reply, shares content, returned and content after redo."""

    contact_hours: float
    reply_days: float
    content: float
    returned: float
    after_redo: float
    desk_minutes: float


LAST_YEAR = Pace(15.0, 6.2, content=0.66, returned=0.16, after_redo=0.12, desk_minutes=180)
THIS_YEAR = Pace(2.2, 2.4, content=0.88, returned=0.05, after_redo=0.3, desk_minutes=25)


@dataclass(frozen=True)
class Town:
    """What the maker of orders draws from."""

    region: str
    items: Sequence[RequestItem]
    areas: Sequence[Organisation]
    rng: random.Random

    def desk(self) -> Actor:
        return Actor(id=None, name="演示派单员", region=self.region, permissions=EVERYTHING)

    def of(self, unit: Organisation) -> Actor:
        name = f"{unit.short}经办(演示)"
        return Actor(
            id=None, name=name, region=self.region, units=frozenset({unit.id}), permissions=EVERYTHING
        )


@lru_cache(maxsize=1)
def _items(content: Path) -> tuple[RequestItem, ...]:
    return load_requests(content / "requests", content / "organisations" / "demo.yaml").items


def _town(content: Path, region: str, step: int) -> Town:
    """What one step draws from: its own chances, so that steps can be made apart."""
    areas = list(Organisation.objects.filter(region=region, kind__in=["town", "zone"]).order_by("code"))
    return Town(region, _items(content), areas, random.Random(SEED + step))


def seed_desks(content: Path, *, region: str, now: datetime) -> int:
    """The orders that are on the desks today, when there are none; returns how many."""
    if Ticket.objects.filter(region=region).exists():
        return 0
    for step, (hours, stage, whose) in enumerate(OPEN_NOW):
        with transaction.atomic():
            _stand(_town(content, region, step), now - timedelta(hours=hours), stage, whose)
    relight(region, now)
    return len(OPEN_NOW)


def seed_year(content: Path, *, region: str, now: datetime, begin: int, end: int, each_year: int) -> int:
    """Closed orders number begin..end of the history, in order of receipt."""
    moments = _moments(random.Random(SEED), now, each_year)
    for step in range(begin, min(end, len(moments))):
        at, pace = moments[step]
        with transaction.atomic():
            _live(_town(content, region, 1000 + step), at, pace, now)
    if end >= len(moments):
        relight(region, now)
    return min(end, len(moments)) - begin


def relight(region: str, now: datetime) -> None:
    """The lights of everything that is open, as the sweep of every minute would show them."""
    for _ in range(10):
        if not sweep(region=region, by=machine(region, "时钟巡查"), at=now):
            break


def _moments(rng: random.Random, now: datetime, each_year: int) -> list[tuple[datetime, Pace]]:
    """Receipt times: this year until now and the same months of last year, busy by day, fewer at night."""
    start = now.astimezone(CHINA).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    span = now - start
    found = []
    for pace, shift in ((LAST_YEAR, timedelta(days=365)), (THIS_YEAR, timedelta())):
        for _ in range(each_year):
            day = (start + span * rng.random()).date()
            hour = rng.choice((8, 9, 9, 10, 10, 11, 14, 14, 15, 16, 17, 19, 21))
            at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), CHINA) - shift
            found.append((min(at, now - timedelta(minutes=30)), pace))
    return sorted(found, key=lambda one: one[0])


# What is on the desks today: how long ago it came in (hours), where it stands, and whose it is (any unit: "").
OPEN_NOW = (
    *((hours, "received", "") for hours in (0.4, 0.9, 1.6, 2.2, 3.1)),
    *((hours, "dispatched", unit) for hours, unit in ((1.2, "CGJ"), (4.0, "CGJ"), (9.0, "WJZ"), (30.0, ""))),
    *(
        (hours, "signed", unit)
        for hours, unit in ((5.0, "CGJ"), (22.0, "NJZ"), (46.0, "CGJ"), (150.0, ""), (260.0, ""))
    ),
    *((hours, "contacted", unit) for hours, unit in ((26.0, "CGJ"), (70.0, "WJZ"), (110.0, ""), (215.0, ""))),
    *((hours, "returned", "") for hours in (8.0, 28.0)),
    (34.0, "consulting", ""),
    *((hours, "replied", unit) for hours, unit in ((52.0, "CGJ"), (75.0, "CGJ"), (60.0, ""))),
    *((hours, "callback", "") for hours in (49.0, 77.0)),
)


def _live(town: Town, at: datetime, pace: Pace, now: datetime) -> None:
    """One order as far as it got by now."""
    rng = town.rng
    area, item = rng.choice(town.areas), rng.choice(town.items)
    ticket = _asked(town, area, item, at)
    unit = answering(town.region, item.lead or item.branches[0].lead, area.id) or area
    at += timedelta(minutes=pace.desk_minutes * rng.uniform(0.1, 1.5))
    if at > now:
        return
    actions.dispatch(ticket, unit, reason=f"清单 {item.code} {item.name}", by=town.desk(), at=at)
    if rng.random() < pace.returned:
        at, unit = _returned(town, ticket, unit, area, item, at)
    at += timedelta(minutes=pace.desk_minutes * rng.uniform(0.1, 2))
    if at > now:
        return
    actions.sign(_fresh(ticket), by=town.of(unit), at=at)
    at += timedelta(hours=pace.contact_hours * rng.uniform(0.3, 1.9))
    if at > now:
        return
    actions.contact(_fresh(ticket), how="电话联系诉求人，了解情况", by=town.of(unit), at=at)
    _answered(town, ticket, unit, at + timedelta(days=pace.reply_days * rng.uniform(0.15, 2.0)), pace, now)


def _stand(town: Town, at: datetime, stage: str, whose: str) -> None:
    """An order that is on somebody's desk now, at the given stage."""
    ticket, unit, area, item = _begin(town, at, whose)
    if stage == "received":
        return
    reason = f"清单 {item.code} {item.name}"
    actions.dispatch(ticket, unit, reason=reason, by=town.desk(), at=at + timedelta(minutes=9))
    if stage == "dispatched":
        return
    if stage in ("returned", "consulting"):
        later, other = _returned(town, ticket, unit, area, item, at, again=stage == "consulting")
        if stage == "consulting":  # the second return opens the joint ruling
            _returned(town, ticket, other, area, item, later, again=False)
        return
    actions.sign(_fresh(ticket), by=town.of(unit), at=at + timedelta(minutes=25))
    if stage == "signed":
        return
    actions.contact(_fresh(ticket), how="电话联系诉求人", by=town.of(unit), at=at + timedelta(hours=2))
    if stage in ("replied", "callback"):
        said = "已到现场核实并处理，相关情况已电话告知诉求人，后续将加强巡查。"
        actions.reply(_fresh(ticket), public=said, by=town.of(unit), at=at + timedelta(hours=20))
    if stage == "callback":
        actions.approve(_fresh(ticket), by=town.of(unit), at=at + timedelta(hours=22))


def _begin(town: Town, at: datetime, whose: str) -> tuple[Ticket, Organisation, Organisation, RequestItem]:
    """An order and who answers for it: of the named unit when one is named."""
    area = next((one for one in town.areas if one.code == whose), None) or town.rng.choice(town.areas)
    led = [item for item in town.items if item.lead == ("@TOWN" if area.code == whose else whose)]
    item = town.rng.choice(led or town.items)
    unit = answering(town.region, item.lead or item.branches[0].lead, area.id) or area
    return _asked(town, area, item, at), unit, area, item


def _asked(town: Town, area: Organisation, item: RequestItem, at: datetime) -> Ticket:
    rng = town.rng
    place = f"{rng.choice(ROADS)}{rng.randrange(1, 300)}号{rng.choice(ESTATES)}"
    channel = rng.choice(
        (Channel.HOTLINE, Channel.HOTLINE, Channel.HOTLINE, Channel.WEB, Channel.GRID, Channel.POLICE)
    )
    submission = actions.Submission(
        body=f"{place},{rng.choice(item.says)}，请帮忙处理。",
        kind=RequestType(item.type),
        channel=channel,
        key=f"demo:{uuid.UUID(int=rng.getrandbits(128))}",
        urgency=Urgency(item.urgency),
        area=area.id,
        place=place,
        item_code=item.code,
        list_version="requests@1",
        class_path=item.path,
        name=f"{rng.choice(SURNAMES)}某(演示)",
        phone=f"1990000{rng.randrange(10000):04d}",
    )
    return actions.submit(submission, by=machine(town.region, "12345热线(演示)"), at=at)


def _returned(
    town: Town,
    ticket: Ticket,
    unit: Organisation,
    area: Organisation,
    item: RequestItem,
    at: datetime,
    *,
    again: bool = True,
) -> tuple[datetime, Organisation]:
    at += timedelta(hours=town.rng.uniform(1, 6))
    other = area if unit.id != area.id else town.areas[0]
    actions.send_back_to_desk(
        _fresh(ticket),
        reason=ReturnReason.NOT_OURS,
        note="经核不属本单位职责范围",
        cites=item.code,
        proposes=other,
        by=town.of(unit),
        at=at,
    )
    if not again:
        return at, unit
    at += timedelta(hours=town.rng.uniform(1, 6))
    actions.dispatch(_fresh(ticket), other, reason="退单后改派属地", by=town.desk(), at=at)
    return at, other


def _answered(
    town: Town, ticket: Ticket, unit: Organisation, at: datetime, pace: Pace, now: datetime
) -> None:
    if at > now:
        return
    said = "已到现场核实，问题属实，已按规定处理完毕并告知诉求人处理结果和依据。"
    actions.reply(_fresh(ticket), public=said, by=town.of(unit), at=at)
    at += timedelta(hours=town.rng.uniform(0.5, 5))
    if at > now:
        return
    actions.approve(_fresh(ticket), by=town.of(unit), at=at)
    at += timedelta(hours=town.rng.uniform(3, 40))
    if at <= now:
        _called(town, ticket, unit, at, pace, now)


def _called(town: Town, ticket: Ticket, unit: Organisation, at: datetime, pace: Pace, now: datetime) -> None:
    rng = town.rng
    content = rng.random() < pace.content
    good = rng.choices((Rating.VERY_GOOD, Rating.GOOD, Rating.FAIR), (3, 5, 2))[0]
    actions.call_back(
        _fresh(ticket),
        reached=rng.random() < 0.93,
        responded=True,
        resolved=content or rng.random() < 0.3,
        rating=good if content else rng.choice((Rating.BAD, Rating.VERY_BAD)),
        note="" if content else "问题没有彻底解决",
        by=town.desk(),
        at=at,
    )
    again = _fresh(ticket)
    if again.case.state == TicketState.CALLBACK and at + timedelta(days=1) <= now:
        _called(town, ticket, unit, at + timedelta(days=1), pace, now)
    elif again.case.state == TicketState.HANDLING:
        later = at + timedelta(days=rng.uniform(1, 4))
        _answered(town, again, unit, later, replace(pace, content=pace.after_redo), now)


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("case").get(pk=ticket.pk)
