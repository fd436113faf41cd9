"""Projects of the demo county (演示): invented projects with dates, money and blockers, and one meeting pack."""

import io
import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.pipeline import actions
from sanfu.projects.pipeline.actions import deciding, hearing, promising
from sanfu.projects.pipeline.models import Project
from sanfu.projects.pipeline.rules import MILESTONES
from sanfu.records.actor import Actor
from sanfu.records.models import Event
from sanfu.records.moments import day_of

LENGTHS = (0, 60, 90, 420, 60, 300)
KINDS = ("精密部件", "智能装备", "新型材料", "生物试剂", "储能组件", "冷链仓储")


def projects(now: datetime) -> None:
    """Forty-four projects by the real import, three blockers, one promise with its fact."""
    officer = cast("gaoda", day_of(now))
    today = day_of(now)
    actions.bring(
        name="演示项目.csv",
        content=io.BytesIO(sheet(today).encode()),
        by=officer,
        at=now - timedelta(days=40),
    )
    rows = list(Project.objects.filter(region=officer.region).order_by("number"))
    _block(rows[-3], 46, officer, now)
    promising.promise(
        rows[0], kind="税收", year=today.year - 1, amount=Decimal(800), clause="第六条（演示）", remedy="", by=officer, at=now
    )  # fmt: skip
    held = rows[0].promises.get()
    promising.state_fact(held, fact=Decimal(655), source="税务局年度入库数（演示）", by=officer, at=now)


BLOCKERS = {
    46: ("排污指标未落实", "市生态环境局"),
    12: ("供电增容待批", "市供电公司（演示）"),
    8: ("拆迁未清表", "望江镇"),
}


def _block(row: Project, days: int, officer: Actor, now: datetime) -> None:
    """A blocker that has stood for so many days, registered the day after it began."""
    what, owner = BLOCKERS[days]
    began = now - timedelta(days=days - 1)
    at = max(began, now - timedelta(days=39))  # not before the project came in
    actions.block(row, what=what, owner=owner, since=day_of(now) - timedelta(days=days), by=officer, at=at)


def meeting(now: datetime) -> None:
    """Last month's pack with one decision, then a date that moved; after 要素统筹, whose gaps the pack shows."""
    officer = cast("gaoda", day_of(now))
    today = day_of(now)
    rows = list(Project.objects.filter(region=officer.region).order_by("number"))
    for event in Event.objects.filter(region=officer.region, kind="resources.adopted"):
        hearing.gaps_heard(event)  # the worker would bring it only after the seeding
    held = now - timedelta(days=max(1, today.day - 2))  # the meeting was early this month
    month = (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    pack = actions.freeze(month=month, by=officer, at=held)
    for row, days in zip(rows[-2:], (12, 8), strict=True):
        _block(row, days, officer, now)  # since the meeting
    actions.move_date(
        rows[-3], milestone="投产", series="forecast", day=today + timedelta(days=200), why="排污指标未落实（演示）", by=officer, at=now
    )  # fmt: skip
    deciding.decide(
        pack, text="生态环境局一周内答复排污指标来源（演示）", owner="市生态环境局", due=today + timedelta(days=7), by=officer, at=held
    )  # fmt: skip


def sheet(today: date, finished: int = 36, running: int = 8) -> str:
    """Finished projects and running ones after them, invented, as an officer's table."""
    chance = random.Random(15)
    heads = ["项目代码", "项目名称", "业主", "层级", "总投资（万元）"]
    heads += [f"{name}{series}" for name in MILESTONES for series in ("计划", "实际")]
    months = [f"{today.year}-{month:02d}" for month in range(1, 13)]
    heads += [f"{month}{series}" for month in months for series in ("计划", "实际")]
    lines = [",".join(heads)]
    for n in range(finished + running):
        runs = n >= finished
        begin = today - timedelta(days=500 if runs else 1500 + n * 7)
        pace, plan_day, actual_day = chance.lognormvariate(0.12, 0.25), begin, begin
        cells = [
            f"演示-{n:03d}",
            f"演示{KINDS[n % 6]}{n}号项目",
            f"演示{n}号业主",
            ("省级", "市级", "县级")[n % 3],
        ]
        total = chance.randint(5, 60) * 1000
        cells.append(str(total))
        for length in LENGTHS:
            plan_day += timedelta(days=length)
            actual_day += timedelta(days=round(length * pace * chance.lognormvariate(0, 0.15)))
            cells += [plan_day.isoformat(), actual_day.isoformat() if actual_day <= today else ""]
        for month in months:
            part = round(total / 24 * chance.uniform(0.6, 1.4), 1) if runs else 0
            cells += [
                str(round(total / 24, 1)) if runs else "0",
                str(part) if month < today.isoformat()[:7] else "",
            ]
        lines.append(",".join(cells))
    return "\n".join(lines)
