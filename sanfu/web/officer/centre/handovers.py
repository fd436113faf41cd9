"""转帮办 at the desk: what the counter handed over, who helps, how far it is."""

from typing import Any

from django import forms

from sanfu.enterprise.centre import actions, queries
from sanfu.enterprise.centre.models import HandOver
from sanfu.enterprise.centre.states import HANDOVER_FLOW, HandOverEvent, HandOverState
from sanfu.kernel.clocks import Light
from sanfu.records.actor import Actor
from sanfu.web.components.cases import due_column, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Column, Search, Table

S, E = HandOverState, HandOverEvent

HANDOVERS = Table(
    "handovers",
    title="转帮办",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:handover", sort=True),
        Column("handover__enterprise__name", "企业", wide=True),
        Column("handover__matter", "事项", wide=True),
        Column("handover__helper_name", "帮办员"),
        Column("state", "状态", tags=HandOverState),
        light_column(),
        due_column(),
        Column("opened_at", "转办时间", kind="datetime", sort=True),
    ],
    filters=[Search(apply=queries.search), state_choice(HANDOVER_FLOW), light_choice()],
    empty="还没有转帮办。专窗接待时点“转帮办”就会到这里。",
)


class SaidForm(forms.Form):
    said = Area(label="情况", min_length=4, max_length=500)


def _facts(row: HandOver) -> list[tuple[str, Any]]:
    return [
        ("企业", row.enterprise.name),
        ("事项", row.matter),
        ("企业留下的材料", row.given or "没有"),
        ("专窗答应企业的", row.promised or "没有"),
        ("帮办员", row.helper_name or "还没有人接收"),
    ]


def _acts_here(row: HandOver, actor: Actor, event: Any) -> bool:
    """Anybody of the helping unit takes it; afterwards only who took it goes on."""
    if row.case.lead_id not in actor.units:
        return False
    return event is E.TAKE or row.helper in (None, actor.id)


DESK = CaseDesk(
    name="handover",
    title="转帮办",
    flow=HANDOVER_FLOW,
    table=HANDOVERS,
    see=("centre.serve", "centre.help"),
    cases=queries.handovers,
    find=queries.handover,
    facts=_facts,
    who=_acts_here,
    acts={
        E.TAKE: Act(None, actions.take, tone="primary"),
        E.NOTE: Act(SaidForm, actions.note, "写明办到哪一步、还差什么。"),
        E.FINISH: Act(SaidForm, actions.complete, "写明结果和交给企业的东西。", "primary"),
        E.RETURN: Act(SaidForm, actions.give_back, "写明为什么不能帮办，专窗会告诉企业。", "danger"),
    },
    waiting=(
        Wait(S.OPEN, "centre.help", "待接收的帮办", "warn", "hand-helping"),
        Wait(Light.RED, "centre.help", "超期未接收的帮办", "danger", "clock-alert"),
    ),
    labels={"open": "专窗转办"},
)
todos = DESK.todos
