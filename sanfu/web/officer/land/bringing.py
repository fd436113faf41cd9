"""导入宗地: the form with the stated datum, and what came of each file."""

import uuid

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.kernel.land.datums import DATUMS
from sanfu.projects.land import actions, queries
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Column, Table
from sanfu.web.request import Request

CRUMB = ("宗地一张图", "officer:parcels")
IMPORTS = Table(
    "land-imports",
    title="导入记录",
    unit="次",
    default_sort="-at",
    columns=[
        Column("name", "文件", link="officer:land_import"),
        Column("taken", "入库（宗）", kind="number", sort=True),
        Column("datum", "声明的基准", tags={d.code: (d.label, "muted") for d in DATUMS.values()}),
        Column("by_name", "经办"),
        Column("at", "时间", kind="datetime", sort=True),
    ],
    empty="还没有导入过文件。",
)


class BringForm(forms.Form):
    """A file and the datum that it is in; a datum cannot be told from a file, so it is asked."""

    file = forms.FileField(label="宗地文件", widget=forms.FileInput())
    datum = forms.ChoiceField(
        label="坐标基准",
        choices=[("", "请选择")] + [(d.code, d.label) for d in DATUMS.values()],
        help_text="问清数据从哪里来：测绘成果多为 CGCS2000；从高德、腾讯地图描的是 GCJ-02，从百度描的是 BD-09。",
    )
    meridian = forms.FloatField(
        label="中央经线（度）",
        required=False,
        min_value=72,
        max_value=138,
        help_text="只有投影坐标没有带号时才填，例如 120。",
    )


@page("land.edit")
@once
def bring(request: Request) -> HttpResponseBase:
    """Taken at once; what was converted, refused or overlaps stands on the next page."""
    form = BringForm(request.POST or None, request.FILES or None)
    context = {"title": "导入宗地", "crumbs": [CRUMB], "form": form}
    if request.method != "POST":
        return render(request, "officer/land/bring.html", context)
    if not form.is_valid():
        return refuse(request, "officer/land/bring.html", context)
    given = form.cleaned_data
    try:
        made = actions.bring(
            name=given["file"].name, content=given["file"], datum=given["datum"], meridian=given["meridian"],
            by=request.actor, at=request.now,
        )  # fmt: skip
    except Refused as refused:
        form.add_error("file", str(refused))
        return refuse(request, "officer/land/bring.html", context)
    return redirect("officer:land_import", made.id)


@page("land.see", "land.see_all")
def import_list(request: Request) -> HttpResponseBase:
    """Every file that was brought in."""
    return IMPORTS.respond(
        request, queries.imports(request.actor), "officer/land/imports.html", {"crumbs": [CRUMB]}
    )


@page("land.see", "land.see_all")
def import_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """What came of one file."""
    row = queries.imports(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这次导入，或不属于您的单位。")
    parcels = [
        {"id": p.id, "number": p.number, "mu": queries.mu(p), "notes": p.notes}
        for p in row.parcels.order_by("number")[:500]
    ]
    context = {
        "title": row.name, "crumbs": [CRUMB, ("导入记录", "officer:land_imports")], "row": row, "parcels": parcels,
        "datum": DATUMS[row.datum].label,
    }  # fmt: skip
    return render(request, "officer/land/import.html", context)
