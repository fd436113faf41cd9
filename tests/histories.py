"""Histories of request orders made by the real acts, for tests of figures: the same seed, the same orders."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, Rating, RequestType, ReturnReason
from sanfu.people.models import Organisation, User
from sanfu.people.queries import actor_of
from sanfu.records.actor import Actor, machine

REGION = "329900"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in China
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


def two_months(seed: int = 7, begin: datetime = MONDAY, days: int = 40) -> None:
    """Two orders every other day."""
    source = random.Random(seed)
    for day in range(0, days, 2):
        for _ in range(2):
            lived(source, begin + timedelta(days=day, hours=source.randrange(0, 9)))
