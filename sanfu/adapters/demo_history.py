"""Two years of closed demo orders (演示): lived through the same actions as real ones, so that every figure has its events.

The year before last was slow and 七成 content; since then the promise took hold month by month, until nine of ten
are: the shape that the source tells of. Some kinds of request are harder than others, some units are better than
others, one got worse: what the leader's pages must find out by themselves, from these events alone. Nothing here
writes a figure. Deterministic for a given day; a background job that goes on where it was stopped.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from sanfu.adapters.demo_orders import SEED, Town, asked, fresh, items, relight, returned, town_of
from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Rating, RequestType, TicketState, Urgency
from sanfu.lists.items import RequestItem
from sanfu.people.models import Organisation
from sanfu.people.queries import answering
from sanfu.records.moments import wall, year_of

ORDERS = 1200
THIS_YEAR = 0.53  # share of the orders: people ask more once they are answered
YEAR = timedelta(days=365)
ADVISED = timedelta(days=120)  # older orders were sent before the matcher was there
TOOK_HOLD = 6  # months from the old pace to the new one

# Load by month and by hour; a summer of noise, water and heat, quiet around the Spring Festival.
SEASON = (0.75, 0.6, 0.9, 1.0, 1.05, 1.2, 1.35, 1.3, 1.05, 1.0, 1.05, 0.9)
HOURS = (8, 9, 9, 9, 10, 10, 10, 11, 13, 14, 14, 15, 15, 16, 16, 17, 19, 20, 21)
# Who is asked most: shares of the units that lead. All other departments share REST.
LEADS = {
    "@TOWN": 27, "CGJ": 13, "ZJJ": 11, "SCJ": 10, "JTJ": 10, "RSJ": 10, "STJ": 9, "ZGJ": 4, "GAJ": 3,
}  # fmt: skip
REST = 6
AREAS = {"WJZ": 10, "NJZ": 9, "CDJ": 2, "CXJ": 1.5, "JKQ": 1.5}  # the others 1
# What makes a request slow and its end unwelcome, by first-level class of the list; all others are easy.
HARD = {
    "国土资源": 1.7, "劳动和社会保障": 1.5, "纪检监察": 1.5, "环境保护": 1.3, "政法": 1.3, "城乡建设": 1.15,
}  # fmt: skip
EASY = 0.7
# How a unit does its work, beside the county's pace: (the year before, since).
SKILLS = {"JTJ": (0.75, 3.2), "CGJ": (1.1, 0.7), "NJZ": (1.0, 1.5), "WJZ": (1.0, 0.75), "RSJ": (1.0, 0.85)}
# A caller, a burst pipe: how much of the usual time there is.
HASTE = {Urgency.CRITICAL: 0.1, Urgency.URGENT: 0.45, Urgency.NORMAL: 1.0, Urgency.HARD: 1.6}
ASKED_ONLY = 0.4  # 咨询 is answered in two days


@dataclass(frozen=True, slots=True)
class Pace:
    """How a time went: median hours to contact and their spread, median days to reply, shares of orders."""

    contact_hours: float
    spread: float
    reply_days: float
    content: float
    returned: float
    returned_twice: float
    after_redo: float


BEFORE = Pace(6.0, 0.9, 4.6, content=0.61, returned=0.17, returned_twice=0.25, after_redo=0.12)
SINCE = Pace(1.25, 0.5, 2.2, content=0.86, returned=0.05, returned_twice=0.1, after_redo=0.3)


@dataclass(frozen=True)
class Life:
    """One order's circumstances: the pace of its time, and how hard it is for this unit."""

    pace: Pace
    strain: float
    haste: float
    now: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """When an order came in, and which of the two years that is."""

    at: datetime
    since: bool


def seed_history(content: Path, *, region: str, now: datetime, begin: int, end: int, total: int) -> int:
    """Closed orders number begin..end of `total`; how many were made.

    The calendar years advance side by side, each in order of receipt, so that numbers follow the days and the
    figures of a half-made history already have their baseline.
    """
    moments = _moments(now, total)[begin:end]
    for step, one in enumerate(moments, begin):
        with transaction.atomic():
            _live(town_of(content, region, 1000 + step), _choices(content), one, now)
    if end >= total:
        relight(region, now)
    return len(moments)


@lru_cache(maxsize=4)
def _moments(now: datetime, total: int) -> tuple[Moment, ...]:
    rng = random.Random(SEED)
    since = round(total * THIS_YEAR)
    found = [_moment(rng, now, since=step < since) for step in range(total)]
    years: dict[int, list[Moment]] = {}
    for one in sorted(found, key=lambda one: one.at):
        years.setdefault(year_of(one.at), []).append(one)
    ranked = [
        (rank / len(year), one.at, one)
        for year in years.values()
        for rank, one in enumerate(year)
    ]  # fmt: skip
    return tuple(one for _, _, one in sorted(ranked, key=lambda each: each[:2]))


def _moment(rng: random.Random, now: datetime, *, since: bool) -> Moment:
    """A moment of one of the two years that end now: busier in summer and on working days."""
    while True:
        day = wall(now - YEAR * rng.random())
        load = SEASON[day.month - 1] * (0.55 if day.weekday() >= 5 else 1.0)
        if rng.random() * max(SEASON) <= load:
            break
    hour, minute, second = rng.choice(HOURS), rng.randrange(60), rng.randrange(60)
    at = min(day.replace(hour=hour, minute=minute, second=second), wall(now - timedelta(hours=1)))
    return Moment(at if since else at - YEAR, since)


@lru_cache(maxsize=1)
def _choices(content: Path) -> Mapping[str, Sequence[RequestItem]]:
    """Items by the unit that leads them in one of their cases; what towns answer for is 属地's."""
    found: dict[str, list[RequestItem]] = {}
    for item in items(content):
        for lead in {item.lead} if item.lead else {branch.lead for branch in item.branches}:
            found.setdefault("@TOWN" if lead.startswith("@") else lead, []).append(item)
    return found


def _drawn(town: Town, choices: Mapping[str, Sequence[RequestItem]]) -> tuple[str, RequestItem]:
    others = sorted(set(choices) - set(LEADS))
    weights = [*LEADS.values(), *(REST / len(others) for _ in others)]
    lead = town.rng.choices([*LEADS, *others], weights)[0]
    return lead, town.rng.choice(choices[lead])


def _pace(one: Moment, now: datetime) -> Pace:
    """The pace of a moment: the promise took hold in the first months of the later year."""
    if not one.since:
        return BEFORE
    months = (one.at - (now - YEAR)) / timedelta(days=30.4)
    share = min(1.0, max(0.0, months / TOOK_HOLD))
    blend = {
        name: getattr(BEFORE, name) + share * (getattr(SINCE, name) - getattr(BEFORE, name))
        for name in Pace.__dataclass_fields__
    }
    return Pace(**blend)


def _life(town: Town, unit: Organisation, item: RequestItem, one: Moment, now: datetime) -> Life:
    skill = SKILLS.get(unit.code, (1.0, 1.0))[one.since]
    haste = HASTE[item.urgency] * (ASKED_ONLY if item.type is RequestType.ASK else 1.0)
    return Life(_pace(one, now), HARD.get(item.l1, EASY) * skill, haste, now)


def _live(town: Town, choices: Mapping[str, Sequence[RequestItem]], one: Moment, now: datetime) -> None:
    """One order as far as it got by now."""
    rng, at = town.rng, one.at
    area = rng.choices(town.areas, [AREAS.get(area.code, 1.0) for area in town.areas])[0]
    lead, item = _drawn(town, choices)
    unit = answering(town.region, lead, area.id) or area
    life = _life(town, unit, item, one, now)
    ticket = asked(town, area, item, at, None if now - at < ADVISED else {"units": []})
    contact = timedelta(
        hours=_around(rng, life.pace.contact_hours * min(1.0, life.haste * 1.3), life.pace.spread)
    )
    if at + contact > now:
        return
    sent = at + contact * rng.uniform(0.08, 0.25)
    actions.dispatch(ticket, unit, reason=f"清单事项“{item.name}”（{item.code}）", by=town.desk(), at=sent)
    if rng.random() < life.pace.returned:
        if sent + timedelta(hours=24) > now:
            return
        sent, unit = _sent_round(town, ticket, (unit, area), item, sent, life)
    signed = sent + contact * rng.uniform(0.05, 0.3)
    called = sent + contact * 0.75
    if called > now:
        return
    actions.sign(ticket, by=town.of(unit), at=signed)
    actions.contact(ticket, how="电话联系诉求人，了解情况", by=town.of(unit), at=called)
    days = _around(rng, life.pace.reply_days * life.strain * life.haste, 0.5)
    _answered(town, ticket, unit, max(called + timedelta(minutes=20), at + timedelta(days=days)), life)


def _sent_round(
    town: Town,
    ticket: Ticket,
    units: tuple[Organisation, Organisation],
    item: RequestItem,
    at: datetime,
    life: Life,
) -> tuple[datetime, Organisation]:
    """Returned once and sent on; or twice, and decided by a joint ruling (会商裁定)."""
    first, area = units
    at, unit = returned(town, ticket, first, area, item, at)
    if town.rng.random() >= life.pace.returned_twice:
        return at, unit
    at, _ = returned(town, ticket, unit, area, item, at, again=False)
    at += timedelta(hours=town.rng.uniform(1, 4))
    grounds = f"会商认定由{first.short}主办，{unit.short}配合（演示）"
    actions.rule(
        fresh(ticket), first, grounds=grounds, conditions={}, becomes_rule=False, by=town.desk(), at=at
    )
    return at, first


def _around(rng: random.Random, median: float, spread: float) -> float:
    """A time around its median: never negative, sometimes much longer."""
    return median * math.exp(rng.gauss(0, spread))


def _by_day(rng: random.Random, at: datetime) -> datetime:
    """The same moment, or the next morning when offices are closed."""
    local = wall(at)
    if 8 <= local.hour < 20:
        return at
    morning = local.replace(hour=8, minute=rng.randrange(10, 60))
    return morning if local.hour < 8 else morning + timedelta(days=1)


def _answered(town: Town, ticket: Ticket, unit: Organisation, at: datetime, life: Life) -> None:
    at = _by_day(town.rng, at)
    checked = at + timedelta(hours=town.rng.uniform(0.2, 3))
    if checked > life.now:
        return
    said = "已到现场核实，问题属实，已按规定处理完毕并告知诉求人处理结果和依据。"
    actions.reply(ticket, public=said, by=town.of(unit), at=at)
    actions.approve(ticket, by=town.of(unit), at=checked)
    _called(town, ticket, unit, _by_day(town.rng, checked + timedelta(hours=town.rng.uniform(3, 40))), life)


def _called(town: Town, ticket: Ticket, unit: Organisation, at: datetime, life: Life) -> None:
    """Called back; who is not content has it handled again, some change their mind later."""
    if at > life.now:
        return
    rng = town.rng
    content = rng.random() >= min(0.8, (1 - life.pace.content) * life.strain)
    good = rng.choices((Rating.VERY_GOOD, Rating.GOOD, Rating.FAIR), (3, 5, 2))[0]
    actions.call_back(
        fresh(ticket),
        reached=rng.random() < 0.93,
        responded=True,
        resolved=content or rng.random() < 0.3,
        rating=good if content else rng.choice((Rating.BAD, Rating.VERY_BAD)),
        note="" if content else "问题没有彻底解决",
        by=town.desk(),
        at=at,
    )
    again = fresh(ticket)
    if again.case.state == TicketState.CALLBACK:
        _called(town, ticket, unit, at + timedelta(days=1), life)
        return
    reopened = again.case.state == TicketState.CLOSED and not again.redo_count and rng.random() < 0.03
    if reopened and (at := at + timedelta(days=rng.uniform(2, 9))) < life.now:
        actions.reopen(again, why="同样的问题又出现了，请再处理（演示）", by=town.desk(), at=at)
    elif again.case.state != TicketState.HANDLING:
        return
    later = at + timedelta(days=_around(rng, 1.6 * life.strain, 0.5))
    pace = replace(life.pace, content=life.pace.after_redo)
    _answered(town, again, unit, later, replace(life, pace=pace, strain=1.0))
