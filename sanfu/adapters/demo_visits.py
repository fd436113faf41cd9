"""Visits in the demo county (演示): wishes of three departments and one record from a phone."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.registry.actions import set_home
from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits import actions
from sanfu.enterprise.visits.actions import syncing
from sanfu.enterprise.visits.models import Wish
from sanfu.people.models import Organisation
from sanfu.people.queries import organisation
from sanfu.records.actor import Actor
from sanfu.records.ids import new_id
from sanfu.records.moments import day_of

ASKED = (("GXJ", "智能化改造情况"), ("SHJ", "订单和出口"), ("KJJ", "研发投入"), ("YJJ", "执法检查：安全生产"))


def visits(now: datetime) -> None:
    """A plan adopted from wishes, wishes that wait; the first firm's own visit is recorded and waits for its confirmation."""
    planner = cast("guqin", day_of(now))
    if Wish.objects.filter(region=planner.region).exists():
        return
    firms = list(Enterprise.objects.filter(region=planner.region).order_by("credit_code")[:12])
    for place, firm in enumerate(firms):
        for code, purpose in ASKED[: 2 + place % 3]:
            unit = organisation(planner.region, code)
            if unit is None:
                continue
            first = day_of(now) + timedelta(days=7 * (place % 6))
            actions.wish(
                enterprise=firm, department=unit, first=first, last=first + timedelta(days=21),
                purpose=f"{purpose}（演示）", lawful=code == "YJJ", by=planner, at=now,
            )  # fmt: skip
    actions.adopt(by=planner, at=now)
    if (labour := organisation(planner.region, "RSJ")) is not None:
        _wait_for_the_next_plan(firms[:4], labour, planner, now)
    for firm, home in zip(firms[1:4], ("JP", "DE", "KR"), strict=False):
        set_home(firm, home, by=cast("jiangyu", day_of(now)), at=now)
    own = next((firm for firm in firms if firm.organisation_id), None)
    if own:
        said = {
            "firm": own.name,
            "held_on": day_of(now).isoformat(),
            "note": "订单饱满，希望用电增容（演示）",
        }
        raw = {
            "id": str(new_id()),
            "record": str(new_id()),
            "changes": {key: {"old": None, "new": value} for key, value in said.items()},
        }
        syncing.receive(raw, by=cast("jiangyu", day_of(now)), at=now)


def _wait_for_the_next_plan(
    firms: list[Enterprise], unit: Organisation, planner: Actor, now: datetime
) -> None:
    """Wishes of one department that no plan has taken up yet."""
    first = day_of(now) + timedelta(days=30)
    for firm in firms:
        actions.wish(
            enterprise=firm, department=unit, first=first, last=first + timedelta(days=21), purpose="用工和社保（演示）", by=planner, at=now,
        )  # fmt: skip
