"""The centre and the sessions in the demo county (演示): a queue of today, hand-overs, a drawn session with promises."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.centre import actions, queries
from sanfu.enterprise.centre.models import Appointment, HandOver
from sanfu.enterprise.registry.models import Enterprise
from sanfu.records.moments import day_of


def centre(now: datetime) -> None:
    """Firms that wait at the counter today, one appointment to come, hand-overs open, taken and done."""
    desk = cast("guqin", day_of(now))
    if Appointment.objects.filter(region=desk.region).exists():
        return
    firms = list(Enterprise.objects.filter(region=desk.region).order_by("credit_code")[:6])
    for firm, matter in zip(
        firms[:3], ("开票额度提升（演示）", "用工登记（演示）", "环评咨询（演示）"), strict=True
    ):
        actions.walk_in(firm, matter=matter, by=desk, at=now - timedelta(minutes=30))
    actions.call_next(by=desk, at=now - timedelta(minutes=20))
    day = queries.bookable_days(day_of(now))[0]
    actions.book(firms[3], day=day, slot="09:30", matter="股权变更（演示）", by=desk, at=now)
    said = (("水电气网联合报装（演示）", 3), ("不动产换证（演示）", 10), ("进出口资质备案（演示）", 20))
    for place, (matter, days) in enumerate(said):
        at = now - timedelta(days=days)
        row = actions.hand_over(
            firms[3 + place],
            matter=matter,
            given="营业执照复印件（演示）",
            promised="办好后电话告知（演示）",
            by=desk,
            at=at,
        )
        _helped(row, place, at)


def _helped(row: HandOver, place: int, at: datetime) -> None:
    agent = cast("hanbang", day_of(at))
    if place == 0:
        return
    actions.take(row, by=agent, at=at + timedelta(hours=2))
    if place == 2:
        fresh = HandOver.objects.select_related("case").get(pk=row.pk)
        actions.complete(fresh, said="备案已办好，回执交给企业（演示）", by=agent, at=at + timedelta(days=3))
