"""宗地一张图: the map with its list, and one parcel with screening, options and its original."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.kernel.land.datums import DATUMS
from sanfu.kernel.land.screening import Finding
from sanfu.projects.land import actions, queries
from sanfu.projects.land.models import LandParcel
from sanfu.web.access import once, page
from sanfu.web.components.parcel_map import Shape, View, parcel_map
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.officer.land.forms import OptionForm
from sanfu.web.request import Request

DRAWN = 2_000  # parcels that one SVG bears; beyond it the filter narrows
LIST = Table(
    "parcels",
    title="宗地一张图",
    unit="宗",
    default_sort="number",
    columns=[
        Column("number", "宗地编号", link="officer:parcel", sort=True),
        Column(
            "square_metres", "面积（亩）", kind="number", sort=True, render=queries.mu, export_as=queries.mu
        ),
        Column("finding", "低效筛查", tags=Finding, sort=True),
        Column("stated", "面积来源", tags={True: ("登记面积", "ok"), False: ("图上面积", "warn")}),
        Column("unit__short", "单位"),
        Column("at", "入库时间", kind="datetime", sort=True),
    ],
    filters=[
        Search("q", "宗地编号", ["number"]),
        Choice("finding", "低效筛查", Finding.choices()),
    ],
    empty="还没有宗地。点“导入宗地”上传 GeoJSON、Shapefile 或 Excel。",
)


@page("land.see", "land.see_all")
def parcel_list(request: Request) -> HttpResponseBase:
    """The map of the parcels that match the filter, and the list beside it."""
    rows = queries.parcels(request.actor)
    listing = LIST.read(request, rows)
    view = View.of(request.GET)
    fields = ("id", "number", "polygons", "square_metres", "finding")
    drawn = [_shape(row) for row in listing.matching.values(*fields)[:DRAWN]]  # type: ignore[union-attr]
    context = {
        "map": parcel_map(drawn, f"{len(drawn)} 宗地的平面图", view),
        "steps": view.links(),
        "more": max(0, listing.total - len(drawn)),
        "legend": [one.tag for one in Finding],
    }
    return LIST.respond(request, rows, "officer/land/parcels.html", context)


def _shape(row: dict[str, Any]) -> Shape:
    finding = Finding(row["finding"])
    title = f"{row['number']}，{queries.mu(row)} 亩，{finding.label}"
    return Shape(row["polygons"], reverse("officer:parcel", args=[row["id"]]), title, finding.tone)


class FactsForm(forms.Form):
    """The facts that screening rules ask for; an empty one stays unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(actions.STATED):
            self.fields[f"f{number}"] = forms.CharField(label=name, required=False, max_length=30)

    def facts(self) -> dict[str, str]:
        """By the name of the fact."""
        return {name: self.cleaned_data[f"f{n}"] for n, name in enumerate(actions.STATED)}


def parcel_or_404(request: Request, id: uuid.UUID) -> LandParcel:
    """The parcel, when the reader may see it."""
    found = queries.parcel(request.actor, id)
    if found is None:
        raise Http404("没有这宗地，或不属于您的单位。")
    return found


@page("land.see", "land.see_all")
def parcel_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One parcel: areas, notes, screening with what is missing, options, original."""
    row = parcel_or_404(request, id)
    answer = queries.screened(row)
    facts = FactsForm(initial={f"f{n}": row.facts.get(name, "") for n, name in enumerate(actions.STATED)})
    mine = queries.options(request.actor).filter(parcel__number=row.number)
    context = {
        "title": f"宗地 {row.number}", "crumbs": [("宗地一张图", "officer:parcels")], "row": row,
        "facts": [
            ("面积", f"{queries.mu(row)} 亩（{row.square_metres:.2f} 平方米）"),
            ("面积来源", "登记面积，图形只作核对" if row.stated else "没有登记面积，暂用图上面积"),
            ("图上面积", f"{row.measured:.2f} 平方米"), ("单位", row.unit.short),
            ("来源文件", row.brought.name), ("原坐标基准", DATUMS[row.brought.datum].label),
            ("状态", "现行" if row.current else "已被后来的导入替代"),
        ],
        "answer": answer, "finding": answer.finding.tag, "facts_form": facts, "option_form": OptionForm(),
        "options": mine, "may_edit": request.actor.may("land.edit") and row.current,
        "map": parcel_map([Shape(row.polygons, "#map", row.number, answer.finding.tone)], f"宗地 {row.number} 的平面图"),
        "original": row.raw["polygons"][0][0][:12], "attributes": list(row.raw["attributes"].items()),
    }  # fmt: skip
    return render(request, "officer/land/parcel.html", context)


@page("land.edit")
@require_POST
@once
def state_facts(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """补充事实 for the screening."""
    row = parcel_or_404(request, id)
    form = FactsForm(request.POST)
    if form.is_valid():
        made = actions.state_facts(row, facts=form.facts(), by=request.actor, at=request.now)
        messages.success(request, f"已记下，筛查结论：{made.finding}。")
    else:
        messages.error(request, "有一项太长，没有保存。")
    return redirect("officer:parcel", id)
