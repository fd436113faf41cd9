"""Demo ratings (演示): links, the counter and the phone; one bad rating at each stage of being put right."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.cases.models import Case
from sanfu.grassroots.ratings import actions
from sanfu.grassroots.ratings.models import Invitation, Rating, Remedy
from sanfu.grassroots.ratings.rules import handled, rules
from sanfu.grassroots.ratings.states import Way
from sanfu.records.actor import machine
from sanfu.records.moments import day_of

SAID = (
    (1, Way.WEB, "材料跑了三趟才说全（演示）"),
    (2, Way.QR, "等了很久没人管（演示）"),
    (5, Way.COUNTER, ""),
    (2, Way.WEB, "答复没有说到点子上（演示）"),
)


def ratings(now: datetime) -> None:
    """Finished cases are asked about; four are rated, three of them badly, and the rest wait for their answer."""
    region = cast("wushuang", day_of(now)).region
    if Rating.objects.filter(region=region).exists():
        return
    by = machine(region, "评价邀请")
    done = [
        case
        for kind in rules()["kinds"]
        for case in Case.objects.filter(region=region, kind=kind, state__in=handled(kind), invitation=None)
        .exclude(lead=None)
        .order_by("number")[:6]
    ]
    for case in done:
        actions.invite(case, by=by, at=now - timedelta(days=2))
    waiting = list(Invitation.objects.filter(region=region, used_at=None).exclude(unit=None).order_by("id"))
    for place, (row, (level, way, words)) in enumerate(zip(waiting, SAID, strict=False)):
        said = actions.Said(level, ("结果满意",), words, named=place == 1, device=f"演示{place}")
        given = actions.give(row, way, said, by=None, at=now - timedelta(days=1, hours=place))
        if place in (1, 3):
            _turned_over(Remedy.objects.select_related("case", "rating").get(rating=given), now)


def _turned_over(row: Remedy, now: datetime) -> None:
    told = "办事人反映等候时间长、答复笼统，请查明原因并改进（演示）"
    actions.confirm(row, told=told, by=cast("wushuang", day_of(now)), at=now - timedelta(hours=3))
