"""Talent of the demo county (演示): a firm's two applications under codes, one answered."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.projects.talent import actions
from sanfu.projects.talent.states import Event
from sanfu.records.moments import day_of

SKILLED = {"技能等级": "高级技师", "本地社保月数": "30"}
YOUNG = {"年龄": "31", "学历": "硕士", "全职引进": "是", "本地有房": "否", "引进日期": "2026-03-01"}


def talent(now: datetime) -> None:
    """One granted, one asked to supply, one waiting."""
    firm, officer = cast("wangqiang", day_of(now)), cast("caiqin", day_of(now))
    first = actions.apply(
        clause="rc-3", person="演示-甲", facts=SKILLED, by=firm, at=now - timedelta(days=20)
    )
    actions.accept(first, by=officer, at=now - timedelta(days=19))
    actions.answer(
        first,
        Event.GRANT,
        said="证书和社保记录已核，予以通过（演示）。",
        by=officer,
        at=now - timedelta(days=12),
    )
    second = actions.apply(clause="aj-1", person="演示-乙", facts=YOUNG, by=firm, at=now - timedelta(days=9))
    actions.accept(second, by=officer, at=now - timedelta(days=8))
    actions.ask(second, why="请补充学历证明", by=officer, at=now - timedelta(days=7))
    actions.apply(clause="rc-3", person="演示-丙", facts=SKILLED, by=firm, at=now - timedelta(days=2))
