"""Demo orders (演示) on the desks today, made by the same actions as real ones before the first page opens.

What one order is drawn from, how it is asked and how it is returned is here for the history too (`demo_history`).
Deterministic for a given day.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from sanfu.cases.actions import sweep
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType, ReturnReason, Urgency
from sanfu.lists.content import load_requests
from sanfu.lists.items import RequestItem
from sanfu.people.models import Organisation
from sanfu.people.queries import answering
from sanfu.records.actor import Actor, machine
from sanfu.records.places import county_map

ROADS = ("澄江路", "望海路", "银杏路", "滨河路", "工农路", "学府路", "港城大道", "青年路", "东横街", "桂花巷")
ESTATES = ("锦绣花苑", "河畔新村", "东湖名邸", "望江家园", "南泾公寓", "梧桐里", "青圩新村", "星澜小区")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
SEED = 20261123
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
def items(content: Path) -> tuple[RequestItem, ...]:
    """The shipped list, read once."""
    return load_requests(content / "requests", content / "organisations" / "demo.yaml").items


def town_of(content: Path, region: str, step: int) -> Town:
    """What one step draws from: its own chances, so that steps can be made apart."""
    areas = list(Organisation.objects.filter(region=region, kind__in=["town", "zone"]).order_by("code"))
    return Town(region, items(content), areas, random.Random(SEED + step))


def seed_desks(content: Path, *, region: str, now: datetime) -> int:
    """The orders that are on the desks today, when there are none; returns how many."""
    if Ticket.objects.filter(region=region).exists():
        return 0
    for step, (hours, stage, whose) in enumerate(OPEN_NOW):
        with transaction.atomic():
            _stand(town_of(content, region, step), now - timedelta(hours=hours), stage, whose)
    relight(region, now)
    return len(OPEN_NOW)


def relight(region: str, now: datetime) -> None:
    """The lights of everything that is open, as the sweep of every minute would show them."""
    for _ in range(10):
        if not sweep(region=region, by=machine(region, "时钟巡查"), at=now):
            break


# What is on the desks today: how long ago it came in (hours), where it stands, and whose it is (any unit: "").
OPEN_NOW = (
    *((hours, "received", "") for hours in (0.4, 0.9, 1.6, 2.2, 3.1)),
    *((hours, "dispatched", unit) for hours, unit in ((1.2, "CGJ"), (4.0, "CGJ"), (9.0, "WJZ"), (30.0, ""))),
    *((hours, "signed", unit) for hours, unit in ((2.5, "CGJ"), (22.0, "NJZ"))),
    *((hours, "contacted", unit) for hours, unit in ((26.0, "CGJ"), (46.0, "CGJ"), (70.0, "WJZ"))),
    *((hours, "contacted", "") for hours in (110.0, 150.0, 215.0, 260.0)),
    *((hours, "returned", "") for hours in (8.0, 28.0)),
    (34.0, "consulting", ""),
    *((hours, "replied", unit) for hours, unit in ((52.0, "CGJ"), (75.0, "CGJ"), (60.0, ""))),
    *((hours, "callback", "") for hours in (49.0, 77.0)),
)


def _stand(town: Town, at: datetime, stage: str, whose: str) -> None:
    """An order that is on somebody's desk now, at the given stage."""
    ticket, unit, area, item = _begin(town, at, whose)
    if stage == "received":
        return
    reason = f"清单事项“{item.name}”（{item.code}）"
    actions.dispatch(ticket, unit, reason=reason, by=town.desk(), at=at + timedelta(minutes=9))
    if stage == "dispatched":
        return
    if stage in ("returned", "consulting"):
        later, other = returned(town, ticket, unit, area, item, at, again=stage == "consulting")
        if stage == "consulting":  # the second return opens the joint ruling
            returned(town, ticket, other, area, item, later, again=False)
        return
    actions.sign(fresh(ticket), by=town.of(unit), at=at + timedelta(minutes=25))
    if stage == "signed":
        return
    actions.contact(fresh(ticket), how="电话联系诉求人", by=town.of(unit), at=at + timedelta(hours=2))
    if stage in ("replied", "callback"):
        said = "已到现场核实并处理，相关情况已电话告知诉求人，后续将加强巡查。"
        actions.reply(fresh(ticket), public=said, by=town.of(unit), at=at + timedelta(hours=20))
    if stage == "callback":
        actions.approve(fresh(ticket), by=town.of(unit), at=at + timedelta(hours=22))


def _begin(town: Town, at: datetime, whose: str) -> tuple[Ticket, Organisation, Organisation, RequestItem]:
    """An order and who answers for it: of the named unit when one is named."""
    area = next((one for one in town.areas if one.code == whose), None) or town.rng.choice(town.areas)
    led = [item for item in town.items if item.lead == ("@TOWN" if area.code == whose else whose)]
    item = town.rng.choice(led or town.items)
    unit = answering(town.region, item.lead or item.branches[0].lead, area.id) or area
    return asked(town, area, item, at), unit, area, item


def point_in(area: Organisation, place: str) -> tuple[float, float] | None:
    """A point near one of the town's villages, the same for the same place; one in four gives no position."""
    spots = [one for one in county_map().spots if one.area == area.area and one.geometry.geom_type == "Point"]
    rng = random.Random(place)  # not the town's own: the orders of the demo stay the same
    if not spots or rng.random() < 0.25:
        return None
    lon, lat = rng.choice(spots).middle
    point = (round(rng.gauss(lon, 0.004), 6), round(rng.gauss(lat, 0.003), 6))
    return point if county_map().area_at(*point) else (lon, lat)


def asked(
    town: Town, area: Organisation, item: RequestItem, at: datetime, suggested: dict[str, Any] | None = None
) -> Ticket:
    """A request as the hotline takes it in; without `suggested` the matcher is asked."""
    rng = town.rng
    place = f"{rng.choice(ROADS)}{rng.randrange(1, 300)}号{rng.choice(ESTATES)}"
    channel = rng.choice(
        (Channel.HOTLINE, Channel.HOTLINE, Channel.HOTLINE, Channel.WEB, Channel.GRID, Channel.POLICE)
    )
    lon, lat = point_in(area, place) or (None, None)
    submission = actions.Submission(
        body=f"{place}，{rng.choice(item.says)}，请帮忙处理。",
        kind=RequestType(item.type),
        channel=channel,
        key=f"demo:{uuid.UUID(int=rng.getrandbits(128))}",
        urgency=Urgency(item.urgency),
        area=area.id,
        place=place,
        lon=lon,
        lat=lat,
        item_code=item.code,
        list_version="requests@1",
        class_path=item.path,
        suggested=suggested or {},
        name=f"{rng.choice(SURNAMES)}某(演示)",
        phone=f"1990000{rng.randrange(10000):04d}",
    )
    return actions.submit(submission, by=machine(town.region, "12345热线(演示)"), at=at)


def returned(
    town: Town,
    ticket: Ticket,
    unit: Organisation,
    area: Organisation,
    item: RequestItem,
    at: datetime,
    *,
    again: bool = True,
) -> tuple[datetime, Organisation]:
    """Returned by the unit and, with `again`, sent on to the one that it names."""
    at += timedelta(hours=town.rng.uniform(1, 6))
    other = area if unit.id != area.id else town.areas[0]
    actions.send_back_to_desk(
        fresh(ticket),
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
    actions.dispatch(fresh(ticket), other, reason="退单后改派属地", by=town.desk(), at=at)
    return at, other


def fresh(ticket: Ticket) -> Ticket:
    """The order as it is now, with its case."""
    return Ticket.objects.select_related("case").get(pk=ticket.pk)
