"""人才申报 on the desk: the list, one application with what the rule said, acts."""

from functools import partial
from typing import Any

from django import forms

from sanfu.kernel.clocks import Light
from sanfu.projects.talent import actions, queries
from sanfu.projects.talent.models import TalentApplication
from sanfu.projects.talent.states import FLOW, Event, Fit, State
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.table import Column, Dates, Search, Table
from sanfu.web.request import Request

S, E = State, Event
ROWS = Table(
    "talent",
    title="人才申报",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:talent", sort=True),
        Column("title", "计划和申报人代号", wide=True),
        Column("talent__firm_name", "申报企业"),
        Column("talent__amount", "金额"),
        Column("state", "状态", tags=State),
        light_column(),
        due_column(),
        Column("opened_at", "申报时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(FLOW),
        light_choice(),
        Dates("opened_at", "申报日期"),
    ],
    empty="还没有人才申报。企业在“人才计划”里匹配并申报。",
)


class WhyForm(forms.Form):
    why = forms.CharField(
        label="缺什么", min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    said = forms.CharField(
        label="答复",
        min_length=4,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="企业会看到",
    )


def _facts(row: TalentApplication) -> list[tuple[str, Any]]:
    return [
        ("计划", row.programme), ("条款", row.clause), ("金额", row.amount), ("申报企业", row.firm_name),
        ("申报人代号", row.person), *row.facts.items(), ("企业补充", row.supplied), ("答复", row.answer),
    ]  # fmt: skip


def _more(request: Request, row: TalentApplication) -> dict[str, Any]:
    return {"said": [(label, Fit.tag_of(answer)) for label, answer in row.said.items()]}


DESK = CaseDesk(
    name="talent",
    title="人才申报",
    flow=FLOW,
    table=ROWS,
    see=("talent.see", "talent.see_all"),
    cases=queries.visible,
    find=queries.access,
    facts=_facts,
    acts={
        E.ACCEPT: Act(None, actions.accept, tone="primary"),
        E.ASK: Act(WhyForm, actions.ask, "补充期间停表。"),
        E.GRANT: Act(
            AnswerForm, partial(actions.answer, event=E.GRANT), "规则没有定的条件由您核实。", "primary"
        ),
        E.REJECT: Act(AnswerForm, partial(actions.answer, event=E.REJECT), "写明哪一条不符合。", "danger"),
    },
    waiting=(
        Wait(S.SENT, "talent.answer", "待受理的人才申报"),
        Wait(S.CHECKING, "talent.answer", "核实中的人才申报", "info"),
        Wait(Light.RED, "talent.answer", "超期的人才申报", "danger", "clock-alert"),
    ),
    more=_more,
    template="officer/talent/application.html",
)
todos = DESK.todos
urlpatterns = DESK.urls("all")
