"""一企一档 on the desk: the list, one enterprise with facts and card, and the upload of a facts file."""

import uuid

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.enterprise.benefits.queries import payments_of
from sanfu.enterprise.registry import actions, queries
from sanfu.enterprise.registry.content import industry_name
from sanfu.enterprise.registry.states import ImportState
from sanfu.people.queries import organisations
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.pieces.uploads import UploadPages
from sanfu.web.request import Request

FIRMS = Table(
    "firms",
    title="企业档案",
    unit="家",
    default_sort="credit_code",
    columns=[
        Column("name", "企业", wide=True, link="officer:benefit_firm", link_args=("id",)),
        Column("credit_code", "统一社会信用代码", sort=True),
        Column("town__short", "镇街"),
        Column("industry", "行业", render=lambda row: industry_name(row["industry"])),
        Column("size", "规模"),
        Column("established", "成立", kind="date", sort=True),
        Column("demo", "标记", tags={True: ("演示", "warn"), False: ("", "muted")}),
    ],
    filters=[
        Search(
            apply=lambda rows, words: (
                rows.filter(name__icontains=words) | rows.filter(credit_code__icontains=words)
            )
        ),
        Choice("size", "规模", [(v, v) for v in ("大型", "中型", "小型", "微型")]),
    ],
    empty="企业档案是空的。可用演示数据，或请数据局导入企业名录。",
)


@page("benefits.see")
def firm_list(request: Request) -> HttpResponseBase:
    """企业档案: every enterprise of the county."""
    return FIRMS.respond(request, queries.visible(request.actor), "officer/benefits/firms.html")


@page("benefits.see")
def firm(request: Request, id: uuid.UUID) -> HttpResponse:
    """A firm met in the work on benefits: its record for who may open one, else what was paid to it and nothing more."""
    found = queries.visible(request.actor).select_related("town").filter(pk=id).first()
    if found is None:
        raise Http404("没有这家企业，或不在您可以查看的范围内。")
    if request.actor.may("registry.see"):
        return redirect("officer:registry_firm", id=id)
    context = {
        "title": found.name,
        "crumbs": [("企业档案", "officer:benefit_firms")],
        "about": [
            ("统一社会信用代码", found.credit_code),
            ("镇街", found.town.short if found.town else "未归属"),
            ("行业", industry_name(found.industry)),
            ("规模", found.size),
            ("标记", "演示" if found.demo else ""),
        ],
        "payments": payments_of(found)[:50],
    }
    return render(request, "officer/benefits/payee.html", context)


class UploadForm(forms.Form):
    """One facts file, who says it and on which day it was drawn."""

    file = forms.FileField(
        label="Excel 或 CSV 文件",
        error_messages={"required": "请选择文件。"},
        widget=forms.ClearableFileInput(),  # its own: a shared one may have been told to take many
    )
    source = forms.ChoiceField(label="数据来源部门")
    observed_on = forms.DateField(
        label="数据导出日",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="“上年”按这一天算",
    )


@page("benefits.edit", "benefits.batch")
@once
def fact_upload(request: Request) -> HttpResponse:
    """导入事实: check a file row by row; nothing is written before the person says so."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"observed_on": request.today})
    units = organisations(request.actor.region, kinds=["department"])
    form.fields["source"].choices = [(u["code"], u["short"]) for u in units]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            stored = files.store(name=given.name, content=given, by=request.actor, at=request.now)
            made = actions.check_import(
                stored,
                source=form.cleaned_data["source"],
                observed_on=form.cleaned_data["observed_on"],
                by=request.actor,
                at=request.now,
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("officer:benefit_import", id=made.id)
    context = {
        "title": "导入企业事实",
        "crumbs": [("企业档案", "officer:benefit_firms")],
        "form": form,
        "recent": queries.imports(request.actor)[:10],
    }
    return render(request, "officer/benefits/upload.html", context, status=422 if form.errors else 200)


IMPORT = UploadPages(
    "benefit_import", ("benefits.edit", "benefits.batch"), queries.imports, actions.decide_import, ImportState,
    [("企业档案", "officer:benefit_firms"), ("导入企业事实", "officer:benefit_upload")], word="入档", unit="条事实",
    more=lambda made: [("事实", sum(len(values) for _, values in made.good), "条")],
)  # fmt: skip
