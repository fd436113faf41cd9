"""盘活方案: asked on the parcel's page, computed, and taken up by a person as a 一事一档."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.projects.land import actions, queries
from sanfu.projects.land.content import ways
from sanfu.projects.land.states import OptionState
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.officer.land.forms import OptionForm
from sanfu.web.officer.land.parcels import parcel_or_404
from sanfu.web.request import Request

LIST = Table(
    "land-options",
    title="盘活方案",
    unit="个",
    default_sort="-at",
    columns=[
        Column("parcel__number", "宗地", link="officer:land_option"),
        Column("way", "方式", tags={w.id: (w.name, "muted") for w in ways()}),
        Column("number", "档号"),
        Column("state", "状态", tags=OptionState),
        Column("by_name", "经办"),
        Column("at", "时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "状态", OptionState.choices())],
    empty="还没有测算过方案。打开一宗地就能测算。",
)


@page("land.edit")
@require_POST
@once
def propose(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """测算; a question that cannot be computed comes back with its reason."""
    row = parcel_or_404(request, id)
    form = OptionForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "；".join(f"{form[name].label}：{errors[0]}" for name, errors in form.errors.items())
        )
        return redirect("officer:parcel", id)
    made = actions.propose(row, asked=_asked(form.cleaned_data), by=request.actor, at=request.now)
    return redirect("officer:land_option", made.id)


def _asked(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {**cleaned}


@page("land.see", "land.see_all")
def option_list(request: Request) -> HttpResponseBase:
    """All options, with their state."""
    return LIST.respond(request, queries.options(request.actor), "officer/land/imports.html")


@page("land.see", "land.see_all")
def option_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One option: figures, sentences that are true, cash by half-year."""
    row = queries.options(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这个方案，或不属于您的单位。")
    told = row.answer
    per_mu = f"{told['per_mu']} 万元/亩（{told['numerator']}）" if told["per_mu"] else "没有写明分子，不计算"
    context = {
        "title": f"盘活方案 {row.parcel.number} {told['way']}", "row": row, "state": OptionState(row.state),
        "crumbs": [("宗地一张图", "officer:parcels"), ("盘活方案", "officer:land_options")],
        "facts": [
            ("方式", told["way"]), ("档号", row.number), ("土地", f"{told['land_mu']} 亩"), ("容积率", told["far"]),
            ("建筑密度", f"{told['coverage']}%"), ("建筑面积", f"{told['gross']} 平方米"),
            ("计容面积", f"{told['counted']} 平方米"), ("新增计容", f"{told['added']} 平方米"), ("亩均", per_mu),
            ("总投入", f"{told['cost']} 万元"), ("总月数", f"{told['months']} 个月"),
        ],
        "cash": [(f"第 {n} 个半年", f"{c} 万元") for n, c in enumerate(told["cash"], 1)],
        "may_decide": request.actor.may("land.edit") and row.state == OptionState.DRAFT,
    }  # fmt: skip
    return render(request, "officer/land/option.html", context)


@page("land.edit")
@require_POST
@once
def decide(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """立档 or 不采用."""
    row = queries.options(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这个方案，或不属于您的单位。")
    if request.POST.get("answer") not in ("adopt", "drop"):
        raise Refused("请选择立档或不采用。")
    made = actions.decide(row, adopt=request.POST["answer"] == "adopt", by=request.actor, at=request.now)
    messages.success(request, f"已立档，档号 {made.number}。" if made.number else "已记下不采用。")
    return redirect("officer:land_option", id)
