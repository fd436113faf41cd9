"""差评整改: the desk of what a bad rating sets going."""

from typing import Any

from django import forms

from sanfu.grassroots.ratings import actions, queries
from sanfu.grassroots.ratings.models import Remedy
from sanfu.grassroots.ratings.states import LEVELS, REMEDY_FLOW, RemedyEvent, RemedyState, Way
from sanfu.kernel.clocks import Light
from sanfu.records.actor import Actor
from sanfu.records.moments import said
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Column, Dates, Search, Table
from sanfu.web.request import Request

S, E = RemedyState, RemedyEvent

REMEDIES = Table(
    "remedies",
    title="差评整改",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:remedy", sort=True),
        Column("title", "事项", wide=True),
        Column("lead__short", "承办单位"),
        Column("state", "状态", tags=S),
        light_column(),
        due_column(),
        Column("opened_at", "立案时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(REMEDY_FLOW),
        light_choice(),
        Dates("opened_at", "立案日期"),
    ],
    empty="没有差评整改。办件被评为“不满意”“非常不满意”后自动立案。",
)


class ConfirmForm(forms.Form):
    told = Area(label="转给承办单位的话", min_length=4, max_length=1000)


class WhyForm(forms.Form):
    why = Area(label="情况", min_length=4, max_length=1000)


class AnswerForm(forms.Form):
    answer = Area(label="怎么改的，结果怎样", min_length=10, max_length=1000)


class AcceptForm(forms.Form):
    checked = Area(label="怎样核实的", min_length=4, max_length=1000)
    level_after = forms.TypedChoiceField(
        label="整改后对方的评价", coerce=int, empty_value=None, required=False,
        choices=[("", "没有再评"), *sorted(LEVELS.items(), reverse=True)],
    )  # fmt: skip


def _facts(row: Remedy) -> list[tuple[str, Any]]:
    """What the unit may read: the matter as the person agreed to show it, never who rated, when or which link."""
    after = LEVELS.get(row.level_after or 0, "")
    pairs = [
        ("事项", row.about),
        ("要改的问题", row.told),
        ("整改答复", row.answer),
        ("复核", row.checked),
        ("整改后评价", after),
    ]
    return [(label, value) for label, value in pairs if value]


def _may(row: Remedy, actor: Actor, event: Any) -> bool:
    return event is not E.ANSWER or row.case.lead_id in actor.units


def _more(request: Request, row: Remedy) -> dict[str, Any]:
    """The rating itself with its matter, for whoever verifies it and nobody else."""
    if not request.actor.may("ratings.manage"):
        return {}
    rating = row.rating
    return {
        "rating": [
            ("办件", f"{rating.case.number} {rating.case.title}"), ("评价", LEVELS[rating.level]), ("渠道", Way(rating.way).label),
            ("方面", "、".join(rating.aspects)), ("原话", rating.words), ("评价时间", said(rating.given_at)),
            ("愿意说明是哪件事", "是" if rating.named else "否"),
        ]
    }  # fmt: skip


DESK = CaseDesk(
    name="remedy",
    title="差评整改",
    flow=REMEDY_FLOW,
    table=REMEDIES,
    see=("ratings.see",),
    cases=queries.remedies,
    find=queries.remedy,
    facts=_facts,
    who=_may,
    acts={
        E.CONFIRM: Act(
            ConfirmForm,
            actions.confirm,
            "承办单位只看到这里写的话；不写姓名、电话和能认出是谁的细节。",
            "primary",
        ),
        E.DISMISS: Act(WhyForm, actions.dismiss, "评价保留不变，核实情况写在旁边。"),
        E.ANSWER: Act(AnswerForm, actions.answer, "写明措施和结果，不打听是谁评的。", "primary"),
        E.ACCEPT: Act(AcceptForm, actions.accept, "先与评价人核实；对方的新评价写在原评价旁边。", "primary"),
        E.AGAIN: Act(WhyForm, actions.again, "写明哪里没有改到位。"),
    },
    waiting=(
        Wait(S.VERIFY, "ratings.manage", "待核实的差评"),
        Wait(S.CHECK, "ratings.manage", "待复核的差评整改", "info"),
        Wait(S.REMEDY, "ratings.remedy", "待整改的差评"),
        Wait(Light.RED, "ratings.remedy|ratings.manage", "超期的差评整改", "danger", "clock-alert"),
    ),
    more=_more,
    template="officer/ratings/remedy.html",
)
todos = DESK.todos
