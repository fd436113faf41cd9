"""企业注销: what becomes of the joint applications of a firm that is gone."""

from django.db import transaction

from sanfu.grassroots.scenes.actions.shared import move, move_branch
from sanfu.grassroots.scenes.models import Application
from sanfu.grassroots.scenes.states import JOINT_FLOW, BranchEvent, JointEvent
from sanfu.records.actor import machine
from sanfu.records.models import Event


@transaction.atomic
def deregistered(event: Event) -> None:
    """Open applications of the firm's account end, and with them their open branches; results given stay."""
    account = event.data.get("organisation")
    if not account:
        return  # a firm that never signed in has applied for nothing
    by, data = machine(event.region, "企业注销"), {"reason": event.data["says"]}
    rows = Application.objects.select_related("case").filter(
        region=event.region, case__firm=account, case__state__in=JOINT_FLOW.groups["open"]
    )
    for application in rows:
        for branch in application.branches.filter(case__closed_at=None):
            move_branch(branch, BranchEvent.LAPSE, by=by, at=event.at, data=data)
        move(application, JointEvent.LAPSE, by=by, at=event.at, data=data)
