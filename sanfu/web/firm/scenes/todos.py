"""What waits for a firm or its agent in joint applications (待办)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.states import BranchState, JointState
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of
from sanfu.web.todos import Todo, of_cases

ASKED_BACK = (BranchState.CORRECTING, BranchState.MENDING, BranchState.RETURNED)


def scene_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Applications of the own firm, or of firms that gave a mandate: to finish, to correct, to rate."""
    if not actor.may("scenes.apply"):
        return []
    rows = queries.visible(actor, day_of(now))
    asked = rows.filter(branches__state__in=ASKED_BACK).values("pk")
    lines = [
        ("填报中的联办申请", Q(state=JointState.DRAFT), "clipboard-pen", "info"),
        ("部门要求补正", Q(pk__in=asked, closed_at=None), "file-plus", "danger"),
    ]
    if "firm" in actor.roles:
        lines.append(("联办完成待评价", Q(state=JointState.CLOSED, application__rating=""), "star", "info"))
    address = reverse("firm:scene_index")
    return [
        of_cases(label, rows, url=address, page="firm:scene", icon=icon, tone=tone, about=about)
        for label, about, icon, tone in lines
    ]
