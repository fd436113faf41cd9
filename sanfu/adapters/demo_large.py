"""The large county (演示): the n-th block of enterprises written with all that belongs to it, one block in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from math import ceil
from typing import Any, TextIO

from django.db import transaction

from sanfu.adapters.demo_large_law import BLOCK, MOST, Block, Drawn, block_of
from sanfu.adapters.demo_monitoring import SOURCE, marks_of, readings_of
from sanfu.adapters.demo_research import NEEDS, OFFERS
from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.liaison.actions import Begun, begin_pairs, set_officer
from sanfu.enterprise.liaison.queries import rules
from sanfu.enterprise.monitoring.actions import add_marks, add_readings
from sanfu.enterprise.monitoring.content import new_years
from sanfu.enterprise.registry.actions import Said, record, register
from sanfu.enterprise.registry.content import dictionary
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.research import actions as research
from sanfu.kernel.monitoring.panel import month_text
from sanfu.people.actions import add_user, appoint
from sanfu.people.models import Organisation, User
from sanfu.people.queries import user_of
from sanfu.records.actor import Refused, machine
from sanfu.records.export import csv_lines
from sanfu.records.moments import day_of

EVENT_HEADS = ("firm", "month", "months", "kind")
FIRMS_OF_ONE, SPARE = 34, 1.08  # 60 officers for 2,000 enterprises, with 8 % above what these weigh
NEEDS_ONE_IN, OFFERS_ONE_IN = 100, 200
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "安博承达恩方广恒嘉凯乐明宁平清瑞"


@dataclass(frozen=True)
class Grown:
    """How far the county is after a block."""

    firms: int
    events: int


def grow(
    count: int,
    *,
    region: str,
    at: datetime,
    size: int = BLOCK,
    told: TextIO | None = None,
    around: bool = True,
) -> Iterator[Grown]:
    """Bring the large county to `count` enterprises, a block a transaction; it goes on from where it was broken off.

    told: takes the planted events as CSV (firm, month, months, kind). around: also facts, officers, needs and offers.
    Refused above a million.
    """
    if not 0 < count <= MOST:
        raise Refused(f"规模应在 1 到 {MOST:,} 家之间。")
    today = day_of(at)
    last = today.year * 12 + today.month - 2  # the month before this one
    done, events = made(region), 0
    first = True  # the heads of the file stand once
    while done < count:
        number = done // size
        begin, end = done - number * size, min(size, count - number * size)
        block = _cut(block_of(number, last, new_years(), size), begin, end)
        with transaction.atomic():
            _put(block, number, region, at, around)
        if told:
            lines = csv_lines(EVENT_HEADS, events_of(block))
            told.writelines(lines if first else islice(lines, 1, None))
            first = False
        done, events = number * size + end, events + len(block.world.events)
        yield Grown(done, events)


def made(region: str) -> int:
    """How many enterprises of the large county stand."""
    stem = "91329900D"  # then a digit; codes of the small demo county have an M here
    rows = Enterprise.objects.filter(region=region, demo=True)
    return rows.filter(credit_code__gte=f"{stem}1", credit_code__lt=f"{stem}A").count()


def events_of(block: Block) -> Iterator[tuple[str, str, int, str]]:
    """Planted events by credit code: when the fall begins, after how many months it is public, and the kind."""
    codes = dict(zip(block.world.panel.firms, (firm.code for firm in block.firms), strict=True))
    for event in block.world.events:
        yield codes[event.firm], month_text(event.onset), event.public - event.onset, event.kind


def _cut(block: Block, begin: int, end: int) -> Block:
    """The enterprises begin..end of a block with their part of the panel."""
    if (begin, end) == (0, len(block.firms)):
        return block
    panel, here = block.world.panel, slice(begin, end)
    kept = replace(
        panel,
        firms=panel.firms[here],
        industries=panel.industries[here],
        values=panel.values[here],
        flags=panel.flags[here],
    )
    names = set(kept.firms)
    events = tuple(event for event in block.world.events if event.firm in names)
    return Block(block.firms[here], replace(block.world, panel=kept, events=events))


def _put(block: Block, number: int, region: str, at: datetime, around: bool) -> None:
    by, then = machine(region, "演示数据"), at - timedelta(days=2)
    rows = _enterprises(block.firms, region)
    register(rows, by=by, at=then)
    firms = [one.pk for one in rows]
    add_readings(readings_of(block.world, firms), source=SOURCE, by=by, at=then)
    add_marks(marks_of(block.world, firms), source=SOURCE, by=by, at=then)
    if around:
        record(_facts(rows, block.firms, day_of(at)), by=by, at=then)
        _serve(rows, block.firms, number, at)
        _seek(rows, number, at)


def _enterprises(firms: tuple[Drawn, ...], region: str) -> list[Enterprise]:
    towns = list(Organisation.objects.filter(region=region, kind__in=["town", "zone"]).order_by("code"))
    return [
        Enterprise(
            credit_code=one.code, name=one.name, town=towns[int(one.town * len(towns))] if towns else None,
            industry=one.industry, size=one.size, established=one.established, demo=True,
        )
        for one in firms
    ]  # fmt: skip


def _facts(rows: list[Enterprise], firms: tuple[Drawn, ...], day: date) -> Iterator[Said]:
    """Revenue, staff and whether the firm counts as above scale, each with its source."""
    known, year = dictionary().facts, day.year - 1
    seen = min(date(day.year, 2, 15), day)
    for row, one in zip(rows, firms, strict=True):
        staff = max(3, round(one.revenue / 80))
        yield Said(
            row, "营业收入", str(year), known["营业收入"].encode(f"{one.revenue:.2f}万元"), "SWU", seen
        )
        yield Said(row, "从业人员", str(year), known["从业人员"].encode(f"{staff}人"), "RSJ", seen)
        above = known["规上企业"].encode("是" if one.above else "否")
        until = date(year + 3, 12, 31) if one.above else None
        yield Said(row, "规上企业", str(year) if one.above else "", above, "TJJ", seen, until)


def _serve(rows: list[Enterprise], firms: tuple[Drawn, ...], number: int, at: datetime) -> None:
    """Officers of the block and the firms that each of them serves."""
    heavy = int(rules()["above_scale_load"])
    load = sum(heavy if one.above else 1 for one in firms)
    people = max(1, round(len(rows) / FIRMS_OF_ONE))
    planner, each = cast("guqin", day_of(at)), ceil(load * SPARE / people)
    officers = [_officer(number, place, rows[0].region, each, at) for place in range(people)]
    pairs = (Begun(row.pk, officers[place % people].pk) for place, row in enumerate(rows))
    begin_pairs(pairs, by=planner, at=at)


def _officer(number: int, place: int, region: str, capacity: int, at: datetime) -> User:
    """An officer whom nobody can sign in as, with a post and a capacity; who stands is taken as he stands."""
    login = f"gg{number:03d}.{place:02d}"
    there = user_of(region, login)
    if there is not None:
        return there
    by, planner = machine(region, "演示数据"), cast("guqin", day_of(at))
    home = Organisation.objects.filter(region=region, code="GXJ").first()
    name = (
        SURNAMES[(number + place) % len(SURNAMES)] + GIVEN[(number * 7 + place // len(SURNAMES)) % len(GIVEN)]
    )
    sees = "只看自己挂钩的企业（演示，不能登录）。"
    user = add_user(login=login, name=f"{name}(演示)", password=None, organisation=home, by=by, at=at, sees=sees, demo=True)  # fmt: skip
    starts = date(day_of(at).year, 1, 1)
    appoint(user=user, role="liaison_officer", organisation=home, starts=starts, by=by, at=at)
    languages = (["en"], ["ja"], ["ko"], ["de"])[place // 10 % 4] if place % 10 == 0 else []
    set_officer(user, capacity=capacity, town=None, languages=languages, by=planner, at=at)
    return user


def _seek(rows: list[Enterprise], number: int, at: datetime) -> None:
    """Technical needs of some enterprises, and offers that may meet them."""
    broker = cast("luoqi", day_of(at))
    for place, row in enumerate(rows[::NEEDS_ONE_IN]):
        title, text, budget, secret, tools = NEEDS[(number + place) % len(NEEDS)]
        money = None if budget is None else Decimal(budget * 10_000)
        need = {"title": title, "text": text, "budget": money, "secret": secret, "equipment": tools}
        research.publish(row, need, by=broker, at=at)
    for place, row in enumerate(rows[::OFFERS_ONE_IN]):
        title, holder, kind, text, least, keeps, owned, level = OFFERS[(number + place) % len(OFFERS)]
        offered: dict[str, Any] = {
            "title": f"{title}（{int(row.credit_code[9:16])}号）", "holder": holder, "kind": kind, "text": text,
            "keeps_secrets": keeps, "equipment": owned, "readiness": level,
            "least": None if least is None else Decimal(least) * 10_000,
        }  # fmt: skip
        research.offer(offered, by=broker, at=at)
