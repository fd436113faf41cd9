"""What waits in joint applications: branches of a department, opinions, meetings, drafts of the catalogue (待办)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from sanfu.cases.queries import OPEN
from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.states import BranchState, JointState
from sanfu.records.actor import Actor
from sanfu.records.moments import day_of
from sanfu.web.todos import Todo, Waiting, of_cases

B = BranchState


def branch_todos(actor: Actor, now: datetime) -> list[Todo]:
    """Branches and pre-review opinions that wait for the actor's department."""
    if not actor.may("scenes.handle"):
        return []
    rows = queries.visible_branches(actor).filter(lead__in=actor.units).filter(OPEN)
    address = reverse("officer:branch_list")

    def line(label: str, query: str, about: Q, icon: str, tone: str) -> Todo:
        return of_cases(
            label, rows, url=f"{address}?{query}", page="officer:branch", icon=icon, tone=tone, about=about
        )

    opinions = (
        queries.visible(actor, day_of(now))
        .filter(state=JointState.PREREVIEW)
        .exclude(application__opinions__unit__in=actor.units)
    )
    return [
        line("待受理的联办分支", "state=pending", Q(state=B.PENDING), "git-branch", "warn"),
        line("待决定的联办分支", "state=handling", Q(state=B.HANDLING), "file-check", "info"),
        line("特别程序中的分支", "state=special", Q(state=B.SPECIAL), "timer", "info"),
        line("超期的联办分支", "light=red", Q(light="red"), "clock-alert", "danger"),
        of_cases(
            "待出预审意见",
            opinions,
            url=f"{reverse('officer:application_list')}?state=prereview",
            page="officer:application",
            icon="message-square",
        ),
    ]


def lead_todos(actor: Actor, now: datetime) -> list[Todo]:
    """What waits for those who lead a joint matter: late ones, meetings to conclude, drafts to publish."""
    if not actor.may("scenes.compile"):
        return []
    rows = queries.visible(actor, day_of(now)).filter(OPEN)
    address = reverse("officer:application_list")
    drafts = [
        Waiting(f"第 {one.number} 版目录草稿", reverse("officer:catalogue"))
        for one in queries.versions(actor.region).filter(published_at=None)
    ]
    return [
        of_cases(
            "有超期分支的联办申请",
            rows,
            url=f"{address}?late=1",
            page="officer:application",
            icon="clock-alert",
            tone="danger",
            about=queries.with_late_branches(),
        ),
        of_cases(
            "联审联验待结论",
            rows,
            url=f"{address}?meeting=1",
            page="officer:application",
            icon="users",
            about=queries.with_open_meetings(),
        ),
        Todo(
            "目录草稿待发布",
            len(drafts),
            reverse("officer:catalogue"),
            "list-tree",
            "warn",
            first=tuple(drafts[:5]),
        ),
    ]
