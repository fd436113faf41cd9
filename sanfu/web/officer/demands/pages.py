"""企业诉求 at the desk: the pool, one demand with its repeats, its acts, and registering one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sanfu.enterprise.demands import actions, content, queries
from sanfu.enterprise.demands.models import Demand
from sanfu.enterprise.demands.states import DEMAND_FLOW, DemandEvent, DemandState
from sanfu.kernel.clocks import Light
from sanfu.people.queries import organisation
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.cases import due_column, left_choice, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area, SaysDone
from sanfu.web.components.table import Choice, Column, Dates, Search, Table
from sanfu.web.pieces.units import UnitField, UnitForm, UnitsField
from sanfu.web.request import Request

S, E = DemandState, DemandEvent

DEMANDS = Table(
    "demands",
    title="企业诉求",
    unit="件",
    default_sort="due_at",
    then="-opened_at",
    columns=[
        Column("number", "编号", link="officer:demand", sort=True),
        Column("title", "诉求", wide=True),
        Column("demand__enterprise__name", "企业", wide=True),
        Column("lead__short", "主办单位"),
        Column("state", "状态", tags=DemandState),
        light_column(),
        due_column(),
        Column("opened_at", "提出时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(DEMAND_FLOW),
        Choice("kind", "类别", content.kind_choices, lookup="demand__kind"),
        Choice("source", "来源", content.source_choices, lookup="demand__source"),
        light_choice(),
        left_choice(),
        Dates("opened_at", "提出日期"),
    ],
    empty="还没有企业诉求。走访、热线、企业自提、面对面和监测来的诉求都会到这里。",
)


class RouteForm(UnitForm):
    kind = forms.ChoiceField(label="类别", choices=content.kind_choices)
    lead = UnitField(label="主办单位")
    assist = UnitsField(label="协办单位", required=False, widget=forms.SelectMultiple)
    reason = Area(2, 2000, label="派单理由", help_text="企业和承办单位都能看到")


class ReasonForm(forms.Form):
    reason = Area(3, 2000, label="理由")


class ReplyForm(SaysDone):
    says_done = ("said",)

    said = Area(5, 2000, label="答复内容", help_text="企业会看到全文；写清做了什么、结果如何、找谁")


class SaidForm(forms.Form):
    said = Area(3, 2000, label="企业怎么说")


class MergeForm(forms.Form):
    into = forms.CharField(label="并入的诉求编号", max_length=20)


def _acts_here(demand: Demand, actor: Actor, event: Any) -> bool:
    """The desk routes and calls back; the lead signs and replies; the firm withdraws from its own page."""
    if event is E.WITHDRAW:
        return False
    if event in {E.SIGN, E.RETURN, E.REPLY}:
        return demand.case.lead_id in actor.units
    return True


def _facts(demand: Demand) -> list[tuple[str, Any]]:
    solved = {None: "未回访", True: "已解决", False: "未解决，已说明"}[demand.solved]
    rows: list[tuple[str, Any]] = [
        ("企业", demand.enterprise.name),
        ("所在板块", demand.enterprise.town.short if demand.enterprise.town else "未归属"),
        ("来源", dict(content.source_choices()).get(demand.source, demand.source)),
        ("类别", content.kinds()[demand.kind]["label"]),
        ("实际解决", solved),
    ]
    if demand.redone:
        rows.append(("重办", f"{demand.redone} 次"))
    if demand.merged_into:
        rows.append(("并入", demand.merged_into.case.number))
    return rows


def _more(request: Request, demand: Demand) -> dict[str, Any]:
    said = content.suggest(demand.text)
    unit = organisation(request.actor.region, said.unit)
    suggested = f"{content.kinds()[said.kind]['label']} → {unit.short if unit else said.unit}"
    return {
        "demand": demand,
        "suggested": suggested,
        "why": said.reason,
        "repeats": queries.repeats(demand, request.now) if request.actor.may("demands.route") else [],
        "may_topic": request.actor.may("demands.topic") and demand.topic is None,
    }


def _list_more(request: Request) -> dict[str, Any]:
    return {"figures": queries.figures(request.actor)}


DESK = CaseDesk(
    name="demand",
    title="企业诉求",
    flow=DEMAND_FLOW,
    table=DEMANDS,
    see=("demands.see",),
    cases=queries.visible,
    find=queries.access,
    who=_acts_here,
    facts=_facts,
    bulk=(E.ROUTE, E.SIGN),
    acts={
        E.ROUTE: Act(RouteForm, actions.route, "右侧有按用词给出的建议和可能重复的诉求。", "primary"),
        E.SIGN: Act(None, actions.sign, tone="primary"),
        E.REPLY: Act(ReplyForm, actions.reply, tone="primary"),
        E.RETURN: Act(ReasonForm, actions.send_back, "写明为什么不属于本单位、应由谁办。"),
        E.CONFIRM: Act(None, actions.confirm, tone="primary"),
        E.EXPLAIN: Act(SaidForm, actions.explain, "计入办结，不计入实际解决。"),
        E.REDO: Act(SaidForm, actions.redo, "回到承办单位重新办理。", "danger"),
        E.MERGE: Act(MergeForm, actions.merge, "抄“可能重复”里的编号。"),
        E.REFUSE: Act(ReasonForm, actions.refuse, "企业会看到理由。", "danger"),
    },
    waiting=(
        Wait(S.NEW, "demands.route", "待研判的企业诉求"),
        Wait(S.ROUTED, "demands.handle", "待签收的企业诉求"),
        Wait(S.HANDLING, "demands.handle", "办理中的企业诉求", "info", "clipboard-pen"),
        Wait(S.REPLIED, "demands.callback", "待回访的企业诉求"),
        Wait(Light.RED, "demands.handle|demands.route", "超期的企业诉求", "danger", "clock-alert"),
    ),
    labels={"open": "提出"},
    more=_more,
    list_more=_list_more,
    template="officer/demands/demand.html",
    list_template="officer/demands/list.html",
)
todos = DESK.todos


class NewForm(forms.Form):
    enterprise = forms.CharField(
        label="企业", max_length=80, help_text="名称、统一社会信用代码，或名称中独有的几个字"
    )
    source = forms.ChoiceField(label="来源", choices=content.source_choices)
    text = Area(5, 2000, label="诉求", help_text="原话记录；第一行作标题")


@page("demands.register")
@once
def demand_new(request: Request) -> HttpResponse:
    """登记企业诉求: for a firm that spoke by telephone, at the counter or in a session."""
    form = NewForm(request.POST or None)
    context = {"title": "登记企业诉求", "form": form, "cancel": "officer:demand_list"}
    if request.method != "POST":
        return render(request, "desk/new.html", context)
    if form.is_valid():
        firm = queries.enterprise_said(request.actor.region, form.cleaned_data["enterprise"].strip())
        if firm is None:
            form.add_error("enterprise", "没有找到唯一的企业；请写全称或统一社会信用代码。")
        else:
            try:
                made = actions.submit(enterprise=firm, text=form.cleaned_data["text"], source=form.cleaned_data["source"], by=request.actor, at=request.now)  # fmt: skip
            except Refused as problem:
                form.add_error("text", str(problem))
            else:
                messages.success(request, f"{made.case.number} 已登记。")
                return redirect("officer:demand", made.case_id)
    return refuse(request, "desk/new.html", context)
