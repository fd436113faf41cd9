"""议定事项 on the desk: the list, one decision with its clock, report, send back, strike off."""

from typing import Any

from django import forms

from sanfu.kernel.clocks import Light
from sanfu.projects.pipeline import queries
from sanfu.projects.pipeline.actions import deciding
from sanfu.projects.pipeline.models import Decision
from sanfu.projects.pipeline.states import FLOW, Event, State
from sanfu.records.actor import Actor
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.table import Column, Search, Table

S, E = State, Event
ROWS = Table(
    "meeting-decisions",
    title="议定事项",
    unit="项",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:decision", sort=True),
        Column("title", "议定什么", wide=True),
        Column("lead__short", "责任单位"),
        Column("decision__pack__month", "会议"),
        Column("state", "状态", tags=State),
        light_column(),
        due_column(),
    ],
    filters=[Search(apply=queries.search_decisions), state_choice(FLOW), light_choice()],
    empty="没有议定事项。",
)


class SaidForm(forms.Form):
    said = forms.CharField(
        label="结果", min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class WhyForm(forms.Form):
    why = forms.CharField(label="为什么不能销号", min_length=4, max_length=500)


class StrikeForm(forms.Form):
    said = forms.CharField(label="销号说明（可不填）", max_length=500, required=False)


def _facts(row: Decision) -> list[tuple[str, Any]]:
    return [
        ("会议", f"{row.pack.month} 专题分析会第 {row.pack.edition} 版"), ("责任单位", row.owner), ("期限", row.due),
        ("结果", row.said), ("销号日期", row.done),
    ]  # fmt: skip


def _who(row: Decision, actor: Actor, event: Event) -> bool:
    """The unit that owes it reports; who keeps the meeting sends back and strikes off."""
    return event is not E.REPORT or (row.case is not None and row.case.lead_id in actor.units)


DESK = CaseDesk(
    name="decision",
    title="议定事项",
    flow=FLOW,
    table=ROWS,
    see=("pipeline.answer", "pipeline.see_all"),
    cases=queries.decision_cases,
    find=queries.decision,
    facts=_facts,
    who=_who,
    acts={
        E.REPORT: Act(SaidForm, deciding.report, "写明做了什么、结果怎样。", "primary"),
        E.RETURN: Act(WhyForm, deciding.send_back, "退回后期限不变。"),
        E.FINISH: Act(StrikeForm, deciding.finish, "销号后这项就了结了。", "primary"),
    },
    waiting=(
        Wait(S.OPEN, "pipeline.answer", "要办的议定事项"),
        Wait(S.REPORTED, "pipeline.meet", "待销号的议定事项"),
        Wait(Light.RED, "pipeline.answer|pipeline.meet", "超期的议定事项", "danger", "clock-alert"),
    ),
)
todos = DESK.todos
