"""Firms on the way to a listing in the demo county (演示): one in each early stage, one blocked, certificates asked for."""

from datetime import datetime, timedelta

from sanfu.adapters.demo_scenes import cast
from sanfu.enterprise.capital import actions
from sanfu.enterprise.capital.models import ListingCase
from sanfu.enterprise.capital.states import ListingEvent
from sanfu.enterprise.registry.models import Enterprise
from sanfu.records.moments import day_of

WAY = (
    ("北交所", ()),
    ("创业板", (ListingEvent.REFORM,)),
    ("科创板", (ListingEvent.REFORM, ListingEvent.TUTOR)),
)


def capital(now: datetime) -> None:
    """Three firms, a year of history."""
    officer = cast("rongcheng", day_of(now))
    if ListingCase.objects.filter(region=officer.region).exists():
        return
    firms = Enterprise.objects.filter(region=officer.region).order_by("credit_code")[: len(WAY)]
    for firm, (board, events) in zip(firms, WAY, strict=False):
        row = actions.enter(enterprise=firm, board=board, by=officer, at=now - timedelta(days=360))
        for place, event in enumerate(events):
            actions.move_on(row, event, by=officer, at=now - timedelta(days=240 - 120 * place))
        if board == "创业板":
            said = "历史沿革中一次出资未验资，待会计师补充说明（演示）"
            actions.block(row, reason=said, by=officer, at=now - timedelta(days=30))
        if board == "科创板":
            actions.ask_proofs(row, by=officer, at=now - timedelta(days=5))
