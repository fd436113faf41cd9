"""Leads of the demo county (演示): invented investors, one reported by two zones, one transferred, one signed."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sanfu.adapters.demo_scenes import cast
from sanfu.people.models import Organisation
from sanfu.projects.leads import actions
from sanfu.projects.leads.models import Lead
from sanfu.projects.leads.states import Event
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of

FACTS = {"投资强度": "620", "亩均税收": "41", "产业类别": "鼓励类"}


def leads(now: datetime) -> None:
    """Six leads in every state but released."""
    on = day_of(now)
    east, west = cast("yuanjun", on), cast("yuangao", on)
    first = _report("演示澄光科技有限公司", "激光镜头模组", 28000, east, now - timedelta(days=26))
    actions.offer(
        first, terms={"土地价格": "底价挂牌", "厂房租金": "按标准"}, by=east, at=now - timedelta(days=20)
    )
    again = _report("演示澄光科技（一期）", "激光镜头模组", 28000, west, now - timedelta(days=25))
    actions.offer(
        again, terms={"土地价格": "底价挂牌", "厂房租金": "首年减半"}, by=west, at=now - timedelta(days=19)
    )
    talks = _report(
        "演示远行储能公司", "储能电池组件", 56000, west, now - timedelta(days=60), {"投资强度": "430"}
    )
    actions.forward(talks, Event.TALK, said="高层会谈，来函确认选址", by=west, at=now - timedelta(days=40))
    actions.progress(
        talks, said="第二次到访，看了两个地块", proof="到访签到", by=west, at=now - timedelta(days=12)
    )
    review = _report("演示智臂机器人公司", "协作机器人", 15000, east, now - timedelta(days=80))
    actions.forward(review, Event.TALK, said="签保密协议，提供产线清单", by=east, at=now - timedelta(days=62))
    actions.forward(review, Event.REVIEW, said="提交项目评审会", by=east, at=now - timedelta(days=9))
    signed = _report("演示清源试剂公司", "诊断试剂", 21000, west, now - timedelta(days=150))
    for event, days in ((Event.TALK, 130), (Event.REVIEW, 118), (Event.SIGN, 95)):
        actions.forward(signed, event, said="按程序推进（演示）", by=west, at=now - timedelta(days=days))
    moved = _report("演示北岸冷链公司", "冷链仓储", 12000, east, now - timedelta(days=15))
    town = Organisation.objects.get(region=east.region, code="GXQ")
    actions.transfer(moved, to=town.id, why="高新区有现成冷库条件", by=east, at=now - timedelta(days=10))
    lost = _report(
        "演示双桥纸业公司", "瓦楞纸板", 9000, east, now - timedelta(days=45), {"产业类别": "限制类"}
    )
    actions.lose(lost, why="不符合准入，企业已知悉", by=east, at=now - timedelta(days=30))


def _report(
    investor: str, product: str, amount: int, by: Actor, at: datetime, facts: dict[str, Any] | None = None
) -> Lead:
    return actions.report(
        investor=investor, code="", shareholders=[], product=product, amount=Decimal(amount), contact="演示联系人", phone="",
        proof="会谈纪要", proof_said="在园区会议室会谈（演示）", facts=FACTS if facts is None else facts, by=by, at=at,
    )  # fmt: skip
