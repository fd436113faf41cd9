"""Liaison in the demo county (演示): three officers, an adopted plan, and firms to call on without being asked."""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.models import Outreach, Pair
from sanfu.enterprise.liaison.states import PairRole
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.queries import user_of
from sanfu.records.actions import append
from sanfu.records.actor import machine
from sanfu.records.ids import new_id
from sanfu.records.models import Event
from sanfu.records.moments import day_of

OFFICERS = ("jiangyu", "qianjin", "hetao")
SPARE = 0.1  # capacity above what the firms weigh, so that all three have their share


def liaison(now: datetime) -> None:
    """Three officers share the firms; the plan of last month is adopted."""
    planner = cast("guqin", day_of(now))
    if Pair.objects.filter(region=planner.region).exists():
        return
    at = now - timedelta(days=30)
    whole = sum(one.load for one in queries.problem(planner.region).firms)
    each = ceil(whole * (1 + SPARE) / len(OFFICERS))
    for login, languages in (("jiangyu", ["en"]), ("qianjin", []), ("hetao", ["ja"])):
        user = user_of(planner.region, login)
        if user:
            actions.set_officer(user, capacity=each, town=None, languages=languages, by=planner, at=at)
    actions.adopt(actions.propose(by=planner, at=at), note="首次挂钩（演示）", by=planner, at=at)
    unasked(now)


@transaction.atomic
def unasked(now: datetime) -> None:
    """Chances and near misses as other rooms tell them, heard at once; one of them is already called on."""
    region = cast("guqin", day_of(now)).region
    firms = list(Enterprise.objects.filter(region=region).order_by("credit_code")[20:25])
    for place, firm in enumerate(firms):
        near = {"clause": f"演示-{place}", "title": "智能化改造奖补（演示）", "policy": "演示政策", "condition": "设备投入", "step": "设备投入再增加 20 万元"}  # fmt: skip
        chance = {"month": "2026-08", "chance": 0.62, "so_far": 1430.0, "rate": 2145.0}
        kind, told, hear = (
            ("monitoring.entering", chance, actions.entering)
            if place % 2
            else ("benefits.near", near, actions.near_missed)
        )
        stream = new_id()
        append(
            stream=stream, kind=kind, by=machine(region, "演示数据"), at=now - timedelta(days=1),
            data={"enterprise": str(firm.id), "code": firm.credit_code, "name": firm.name, **told},
        )  # fmt: skip
        hear(Event.objects.get(stream=stream))
    first = (
        Outreach.objects.filter(region=region).exclude(officer=None).select_related("case", "officer").first()
    )
    if first and first.officer:
        actions.contacted(
            first,
            finding="helped",
            said="已电话告知政策和入库办法（演示）",
            by=cast(first.officer.login, day_of(now)),
            at=now,
        )
    _handed_over(now)


def _handed_over(now: datetime) -> None:
    """One firm changed its officer with a hand-over note while a task was open: the task went along."""
    planner = cast("guqin", day_of(now))
    waiting = Outreach.objects.filter(region=planner.region, case__closed_at=None).exclude(officer=None)
    for task in waiting.select_related("enterprise").order_by("case__number"):
        serving = set(
            Pair.objects.filter(enterprise=task.enterprise, ends=None).values_list("officer", flat=True)
        )
        others = [user_of(planner.region, login) for login in OFFICERS]
        free = next((one for one in others if one and one.pk not in serving), None)
        if free is not None:
            note = "诉求未结一件，答应月底前回复，联系人是厂办主任（演示）"
            actions.link(task.enterprise, free, PairRole.MAIN, note=note, by=planner, at=now)
            return
