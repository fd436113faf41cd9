"""Enterprise care in the demo county (演示): a few demands in every state."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.demands import actions as demands_
from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.queries import organisation
from sanfu.records.moments import day_of

SAID = (
    ("园区这个月停电三次，注塑机每次要重新升温，希望提前通知停电时间。", "visit"),
    ("厂区变压器不够用，想申请用电增容，不知道要准备什么材料。", "portal"),
    ("外地员工子女入学名额不够，今年还差六个。", "hotline"),
    ("去年认定的奖补到现在没有兑现，账户已经核对过。", "session"),
    ("货车白天限行，成品出不了厂，希望给企业发通行证。", "counter"),
    ("银行续贷要先还后贷，过桥资金利息太高。", "visit"),
    ("园区停电没有提前通知，昨天又停了两个小时，注塑机要重新升温。", "portal"),
)


def demands(now: datetime) -> None:
    """Demands from every door; one routed, one replied, one solved, two that say the same."""
    desk = cast("guqin", day_of(now))
    if Demand.objects.filter(region=desk.region).exists():
        return
    firms = list(Enterprise.objects.filter(region=desk.region).order_by("credit_code")[: len(SAID)])
    made = [
        demands_.submit(
            enterprise=firm, text=text, source=source, by=desk, at=now - timedelta(hours=60 - 6 * place)
        )
        for place, (firm, (text, source)) in enumerate(zip(firms, SAID, strict=False))
    ]
    power = organisation(desk.region, "GDJ")
    if power is None or len(made) < 3:
        return
    worker = cast("dulei", day_of(now))
    for place, demand in enumerate(made[:3]):
        at = now - timedelta(hours=20 - place)
        demands_.route(demand, kind="energy", lead=power, reason="涉及供电（演示）", by=desk, at=at)
        if place < 2:
            fresh = Demand.objects.select_related("case").get(pk=demand.pk)
            demands_.sign(fresh, by=worker, at=at + timedelta(minutes=30))
        if place < 1:
            demands_.reply(
                fresh,
                said="已把停电计划改为提前三天短信告知（演示）。",
                by=worker,
                at=at + timedelta(hours=2),
            )
            demands_.confirm(fresh, by=desk, at=at + timedelta(hours=4))
