"""要素统筹: two tables in, a kept plan with its gap, the reason of everyone left out, curves, what-if, a decision."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.projects.resources import actions, queries
from sanfu.projects.resources.models import ResourcePlan
from sanfu.projects.resources.states import PlanState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.request import Request

TEMPLATE = "officer/resources/allocate.html"
CRUMB = ("要素统筹", "officer:resource_plans")
SEE = ("resources.allocate", "resources.see_all")
PLANS = Table(
    "resource-plans",
    title="要素统筹",
    unit="个",
    default_sort="-at",
    columns=[
        Column("number", "编号", link="officer:resource_plan", sort=True),
        Column("title", "方案", wide=True),
        Column("state", "状态", tags=PlanState),
        Column("by_name", "测算"),
        Column("decided_by", "决定"),
        Column("at", "测算时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "状态", PlanState.choices())],
    empty="还没有测算过。点“新的测算”，上传项目表和要素表。",
)


class TablesForm(forms.Form):
    """The two tables of an allocation."""

    title = forms.CharField(label="名称", max_length=100, required=False, help_text="不填按日期起名")
    projects = forms.FileField(label="项目表", widget=forms.FileInput())
    factors = forms.FileField(label="要素表", widget=forms.FileInput())


class TryForm(forms.Form):
    """Another supply of one factor."""

    factor = forms.ChoiceField(label="要素")
    amount = forms.FloatField(label="增加多少（减少写负数）")

    def __init__(self, plan: ResourcePlan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one["name"], f"{one['name']}（{one['unit']}）") for one in plan.answer["factors"]]
        self.fields["factor"].choices = names  # type: ignore[attr-defined]


@page(*SEE)
def plan_list(request: Request) -> HttpResponseBase:
    """Plans of the unit, or of the county."""
    return PLANS.respond(request, queries.plans(request.actor), "officer/resources/plans.html")


@page("resources.allocate")
@once
def allocate_page(request: Request) -> HttpResponseBase:
    """新的测算: kept with its two tables; a person adopts it in the meeting."""
    form = TablesForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"title": "新的测算", "crumbs": [CRUMB], "form": form}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        pair = [(given[key].name, given[key]) for key in ("projects", "factors")]
        title = given["title"] or f"{day_of(request.now)} 要素统筹"
        try:
            made = actions.compute(
                title=title, projects=pair[0], factors=pair[1], by=request.actor, at=request.now
            )
            return redirect("officer:resource_plan", made.id)
        except (Refused, NotAllowed) as problem:
            form.add_error(None, str(problem))
    return (refuse if form.errors else render)(request, TEMPLATE, context)


def _found(request: Request, id: uuid.UUID) -> ResourcePlan:
    row = queries.plans(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这个方案，或不在您可以查看的范围内。")
    return row


@page(*SEE)
def plan_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One plan; a trial stands beside the plan it starts from."""
    row = _found(request, id)
    context = {
        "title": row.title, "crumbs": [CRUMB], "row": row, "state": PlanState(row.state), "answer": row.answer,
        "gap": f"{row.answer['gap']:.2%}", "left_out": _reasons(row.answer),
        "beside": queries.beside(row.against, row) if row.against else None,
        "trials": queries.plans(request.actor).filter(against=row), "try_form": TryForm(row),
        "may_try": request.actor.may("resources.allocate") and row.against is None,
        "may_decide": request.actor.may("resources.adopt") and row.state == PlanState.DRAFT and not row.more,
    }  # fmt: skip
    return render(request, "officer/resources/plan.html", context)


def _reasons(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Everyone left out with the levels of the reason; who would have to leave is said by name."""
    names = {one["id"]: one["name"] for one in answer["plan"]}
    return [_told(one, names) for one in answer["left_out"]]


def _told(one: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The four levels of the reason, each a line where it says something."""
    short = "、".join(
        f"{s['factor']}（{s['month']} 月要 {s['need']:g}，余 {s['left']:g}{s['unit']}）" for s in one["short"]
    )
    levels = [("一、放不进去", short)]
    if one["priced_out"]:
        cost = sum(one["cost_at_margin"].values())
        levels.append(("二、占得比值得多", f"所占要素按紧缺程度值 {cost:.2f} 分，本项目 {one['value']:g} 分"))
    if one["displaced_by"]:
        levels.append(("三、要谁让出", "、".join(names.get(id, id) for id in one["displaced_by"])))
    conditions = [
        f"{c['sentence']}{'（已重新求解验证）' if c['verified_by_solving_again'] else ''}"
        for c in one["would_get_in_if"]
    ]
    levels.append(("四、怎样能进", "；或".join(conditions)))
    return {**one, "levels": [(name, said) for name, said in levels if said]}


@page("resources.allocate")
@require_POST
@once
def what_if(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """换一种供给再算."""
    row = _found(request, id)
    form = TryForm(row, request.POST)
    try:
        if not form.is_valid():
            raise Refused("请选择要素，并写增减的数。")
        made = actions.what_if(row, **form.cleaned_data, by=request.actor, at=request.now)
        return redirect("officer:resource_plan", made.id)
    except (Refused, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("officer:resource_plan", id)


@page("resources.adopt")
@require_POST
@once
def decide(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """采用 or 不采用, with the reason."""
    row = _found(request, id)
    act = actions.adopt if request.POST.get("answer") == "adopt" else actions.drop
    try:
        made = act(row, why=request.POST.get("why", "")[:500], by=request.actor, at=request.now)
        messages.success(request, f"{made.number} {PlanState(made.state).label}。")
    except (Refused, NotAllowed, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("officer:resource_plan", id)
