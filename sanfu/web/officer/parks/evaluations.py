"""园区评价: a sheet under a scheme, with rank intervals; firms compared by industry."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.kernel.parks.scheme import read_scheme
from sanfu.projects.parks import actions, queries
from sanfu.projects.parks.content import raw_schemes, schemes
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Column, Table
from sanfu.web.pieces.small_forms import SchemeForm
from sanfu.web.request import Request

CRUMB = ("园区评价", "officer:park_runs")
RUNS = Table(
    "park-runs",
    title="园区评价",
    unit="次",
    default_sort="-at",
    columns=[
        Column("title", "评价", link="officer:park_run"),
        Column("by_name", "经办"),
        Column("at", "时间", kind="datetime", sort=True),
    ],
    empty="还没有评价过。点“新的评价”，上传各园区的指标。",
)


class RunForm(SchemeForm):
    """A sheet of parks of one class and a scheme, shipped or own."""

    title = forms.CharField(label="名称", max_length=100, help_text="只放同一类园区：不同类的不能比。")
    file = forms.FileField(label="园区指标表（Excel 或 CSV）", widget=forms.FileInput())
    firms = forms.FileField(
        label="企业表（可不传）",
        required=False,
        widget=forms.FileInput(),
        help_text="园区、行业、税收、用地面积；传了就按产业结构比较。",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        usable = [(s.id, f"{s.name}（{s.mark}）") for s in schemes().values()]
        self.offer(usable, 5, "名次写成这个误差内可能的范围。")

    def chosen(self) -> Mapping[str, Any]:
        """The scheme's mapping. Refused when there is none or the file is no mapping."""
        return self.mapping(raw_schemes().__getitem__, "groups（分组）")


@page("parks.evaluate", "parks.see_all")
def run_list(request: Request) -> HttpResponseBase:
    """Evaluations that the reader sees."""
    return RUNS.respond(request, queries.runs(request.actor), "officer/parks/runs.html")


@page("parks.evaluate")
@once
def new_run(request: Request) -> HttpResponseBase:
    """新的评价."""
    form = RunForm(request.POST or None, request.FILES or None)
    context = {"title": "新的园区评价", "crumbs": [CRUMB], "form": form, "schemes": schemes().values()}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.run(
                title=given["title"], scheme=form.chosen(), error=Decimal(given["error"]) / 100, name=given["file"].name,
                content=given["file"], firms_name=given["firms"].name if given["firms"] else "", firms=given["firms"] or None,
                by=request.actor, at=request.now,
            )  # fmt: skip
            return redirect("officer:park_run", made.id)
        except Refused as refused:
            form.add_error(None, str(refused))
    return (refuse if form.errors else render)(request, "officer/parks/new_run.html", context)


@page("parks.evaluate", "parks.see_all")
def run_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One evaluation: ranks as intervals, items, the comparison by industry, what was not read."""
    row = queries.runs(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这次评价，或不属于您的单位。")
    scheme = read_scheme(row.scheme)
    result = sorted(row.result, key=lambda one: (one["rank"], one["park"]))
    context = {
        "title": row.title, "crumbs": [CRUMB], "row": row, "scheme": scheme, "result": result, "items": scheme.items,
        "few": len(result) < scheme.fewest, "thin": [one["park"] for one in result if float(one["covered"]) < 50], "error": f"{float(row.error) * 100:g}%",
        "groups": [(name, f"{float(weight):g} 分") for name, weight in scheme.groups().items()],
    }  # fmt: skip
    return render(request, "officer/parks/run.html", context)
