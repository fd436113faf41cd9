"""Liaison in the demo county (演示): three officers and an adopted plan."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.liaison import actions
from sanfu.enterprise.liaison.models import Pair
from sanfu.enterprise.registry.models import Enterprise
from sanfu.people.queries import user_of
from sanfu.records.moments import day_of


def liaison(now: datetime) -> None:
    """Three officers share the firms; the plan of last month is adopted."""
    planner = cast("guqin", day_of(now))
    if Pair.objects.filter(region=planner.region).exists():
        return
    at = now - timedelta(days=30)
    each = Enterprise.objects.filter(region=planner.region).count()
    for login, languages in (("jiangyu", ["en"]), ("qianjin", []), ("hetao", ["ja"])):
        user = user_of(planner.region, login)
        if user:
            actions.set_officer(user, capacity=each, town=None, languages=languages, by=planner, at=at)
    actions.adopt(actions.propose(by=planner, at=at), note="首次挂钩（演示）", by=planner, at=at)
