"""主动联系 at the desk: tasks of alerts and near misses, the brief, and what the officer found."""

from datetime import datetime
from typing import Any

from django import forms

from sanfu.enterprise.demands import queries as demands
from sanfu.enterprise.liaison import actions, queries
from sanfu.enterprise.liaison.models import Outreach
from sanfu.enterprise.liaison.states import (
    OUTREACH_FLOW,
    Finding,
    OutreachEvent,
    OutreachKind,
    OutreachState,
)
from sanfu.enterprise.registry.actions import look_for_task
from sanfu.enterprise.registry.queries import known_facts
from sanfu.enterprise.registry.states import Purpose
from sanfu.enterprise.visits import queries as visits
from sanfu.kernel.clocks import Light
from sanfu.records.actor import Actor
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request
from sanfu.web.todos import Todo

S, E = OutreachState, OutreachEvent

TASKS = Table(
    "outreach",
    title="主动联系",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:outreach", sort=True),
        Column("outreach__enterprise__name", "企业", wide=True),
        Column("outreach__kind", "为什么", tags=OutreachKind),
        Column("outreach__officer__name", "挂钩干部"),
        Column("outreach__finding", "核实结果", tags=Finding),
        Column("state", "状态", tags=OutreachState),
        light_column(),
        due_column(),
        Column("opened_at", "产生时间", kind="datetime", sort=True, hidden=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(OUTREACH_FLOW),
        Choice("kind", "为什么", OutreachKind.choices(), lookup="outreach__kind"),
        light_choice(),
    ],
    empty="现在没有要主动联系的企业。预警、将入规和只差一项的政策会自己到这里。",
)


class FoundForm(forms.Form):
    finding = forms.ChoiceField(label="核实结果", choices=Finding.choices())
    said = Area(
        label="了解到的情况", min_length=4, max_length=1000, help_text="和谁联系、企业怎么说、需要什么"
    )


class ReasonForm(forms.Form):
    reason = Area(label="为什么不用联系", min_length=4, max_length=300)


def _acts_here(row: Outreach, actor: Actor, event: Any) -> bool:
    """The firm's officer or the planner; a task is taken over by the officer of today."""
    if event is E.TAKE:
        officer = queries.officer_of(row.enterprise)
        return officer is not None and officer.pk != row.officer_id and (officer.pk == actor.id or actor.may("liaison.plan"))  # fmt: skip
    return row.officer_id == actor.id or actor.may("liaison.plan")


def _facts(row: Outreach) -> list[tuple[str, Any]]:
    firm = row.enterprise
    rows: list[tuple[str, Any]] = [
        ("企业", firm.name),
        ("镇（街道）", firm.town.short if firm.town else ""),
        ("挂钩干部", row.officer.name if row.officer else "还没有，请统筹员安排"),
        ("来源", OutreachKind(row.kind).label),
    ]
    if row.finding:
        rows += [("核实结果", Finding(row.finding).label), ("情况", row.said)]
    return rows


def _more(request: Request, row: Outreach) -> dict[str, Any]:
    actor = request.actor
    look_for_task(row.enterprise, Purpose.ALERT, "主动联系", by=actor, at=request.now)
    may_alert = row.kind == OutreachKind.ALERT and actor.may("monitoring.see", "monitoring.see_all")
    seen = visits.visible(actor).filter(enterprise=row.enterprise).order_by("-made_at")
    return {
        "why": row.brief.get("why", ()),
        "alert": row.brief.get("alert") if may_alert else None,
        "demands": demands.of_enterprise(actor, row.enterprise)[:5],
        "last_visits": seen[:3],
        "known": known_facts(row.enterprise)[:8],
        "may_wish": actor.may("visits.wish"),
    }


DESK = CaseDesk(
    name="outreach",
    title="主动联系",
    flow=OUTREACH_FLOW,
    table=TASKS,
    see=("liaison.see",),
    cases=queries.outreach,
    find=queries.access,
    facts=_facts,
    who=_acts_here,
    acts={
        E.CONTACT: Act(FoundForm, actions.contacted, "预警的核实结果会回到监测，名单因此更准。", "primary"),
        E.TAKE: Act(None, actions.take_over),
        E.PASS: Act(ReasonForm, actions.passed, "写明原因。"),
    },
    waiting=(
        Wait(S.OPEN, "liaison.see", "要主动联系的企业", "warn", "bell"),
        Wait(Light.RED, "liaison.see", "超期未联系的企业", "danger", "clock-alert"),
    ),
    labels={"open": "产生任务"},
    more=_more,
    template="officer/liaison/outreach.html",
)


def todos(actor: Actor, now: datetime) -> list[Todo]:
    """Lines of the first page."""
    return DESK.todos(actor, now)
