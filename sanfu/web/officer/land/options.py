"""盘活方案: asked on the parcel's page, computed, and taken up by a person as a 一事一档."""

import re
import uuid
from fractions import Fraction
from typing import Any

from django import forms
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
from sanfu.web.officer.land.parcels import parcel_or_404
from sanfu.web.request import Request

BOUNDS = [("等于", "就是这个数"), ("不足", "不足这个数"), ("超过", "超过这个数")]
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


class OptionForm(forms.Form):
    """The question: what to build, and what is known of now and then."""

    way = forms.ChoiceField(label="盘活方式", choices=[(w.id, w.name) for w in ways()])
    storeys = forms.CharField(
        label="各层层高（米，从首层起）",
        max_length=300,
        initial="12、7、7、4.5、4.5、4.5",
        help_text="用顿号或逗号隔开；超过 8 米的层按两倍计容。",
    )
    plate = forms.DecimalField(
        label="每层建筑面积（平方米）", min_value=1, max_value=1_000_000, decimal_places=2
    )
    far_limit = forms.DecimalField(label="规划容积率上限", required=False, min_value=0, max_value=20)
    far_now = forms.DecimalField(label="现状容积率", required=False, min_value=0, max_value=20)
    far_bound = forms.ChoiceField(label="现状容积率的说法", choices=BOUNDS)
    numerator = forms.CharField(
        label="亩均的分子",
        required=False,
        max_length=20,
        help_text="例如 税收、产值。不写明分子就不计算亩均。",
    )
    per_mu_now = forms.DecimalField(label="现状亩均（万元）", required=False, min_value=0, max_value=100_000)
    expected = forms.DecimalField(
        label="建成后每年的分子（万元）", required=False, min_value=0, max_value=10_000_000
    )

    def clean_storeys(self) -> list[Fraction]:
        """Heights as exact numbers."""
        words = [w for w in re.split(r"[、,，;；\s]+", self.cleaned_data["storeys"]) if w]
        try:
            heights = [Fraction(w) for w in words]
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError("层高要写成 12、7、7 这样的数。") from None
        if not heights or len(heights) > 60 or not all(0 < h <= 60 for h in heights):
            raise forms.ValidationError("要有 1 至 60 层，每层层高大于 0、不超过 60 米。")
        return heights


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
