"""月度数据, 数据质量 and 入规机会 on the desk."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.monitoring import actions, queries
from sanfu.enterprise.monitoring.content import decided
from sanfu.enterprise.monitoring.states import IssueState, UploadState
from sanfu.kernel.monitoring.panel import SERIES_WORDS, month_text, said_number
from sanfu.people.queries import organisations
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.pieces.uploads import UploadPages
from sanfu.web.request import Request

ISSUES = Table(
    "monitor-issues",
    title="数据质量",
    unit="条",
    default_sort="-month",
    columns=[
        Column("enterprise__name", "企业", wide=True, link="officer:monitor_issue"),
        Column("month", "月份", render=lambda row: month_text(row["month"]), sort=True),
        Column("series", "指标", render=lambda row: SERIES_WORDS[row["series"]]),
        Column("value", "报送的数", kind="number"),
        Column("says", "问题", wide=True),
        Column("state", "状态", tags=IssueState),
    ],
    filters=[
        Search(apply=lambda rows, words: rows.filter(enterprise__name__icontains=words)),
        Choice("state", "状态", IssueState.choices()),
    ],
    empty="没有数据质量问题。疑似填错单位、负数的读数不会变成预警，会到这里等人核对。",
)

CHANCES = Table(
    "monitor-chances",
    title="入规机会",
    unit="家",
    default_sort="-chance",
    columns=[
        Column("enterprise__name", "企业", wide=True),
        Column("enterprise__town__short", "镇（街道）"),
        Column("month", "截至", render=lambda row: month_text(row["month"])),
        Column("so_far", "今年已开票（万元）", render=lambda row: f"{row['so_far']:,.0f}", sort=True),
        Column("rate", "按此速度全年（万元）", render=lambda row: f"{row['rate']:,.0f}", sort=True),
        Column("chance", "年内达标的可能", render=lambda row: f"{row['chance']:.0%}", sort=True),
    ],
    filters=[Search(apply=lambda rows, words: rows.filter(enterprise__name__icontains=words))],
    empty="还没有入规机会。每年 4 月起，研判会按开票进度估算哪些企业年内可能达到规上标准。",
)


@page("monitoring.see_all")
def issue_list(request: Request) -> HttpResponseBase:
    """数据质量: readings that were left out and wait for a person."""
    return ISSUES.respond(request, queries.issues(request.actor), "officer/monitoring/issues.html")


@page("monitoring.see_all")
def chance_list(request: Request) -> HttpResponseBase:
    """入规机会 of the newest run."""
    return CHANCES.respond(request, queries.chances(request.actor), "officer/monitoring/chances.html")


@page("monitoring.see_all")
def issue(request: Request, id: uuid.UUID) -> HttpResponse:
    """One issue: what was reported, what came before and after, and the decision."""
    found = queries.issues(request.actor).select_related("enterprise").filter(pk=id).first()
    if found is None:
        raise Http404("没有这条数据质量问题。")
    near = [
        (month_text(row["month"]), None if row.get(found.series) is None else said_number(row[found.series]))
        for row in queries.history(found.enterprise)
        if abs(row["month"] - found.month) <= 6
    ]
    context = {
        "title": f"{found.enterprise.name} {month_text(found.month)}",
        "crumbs": [("数据质量", "officer:monitor_issues")],
        "issue": found,
        "state": IssueState(found.state),
        "near": near,
        "about": [
            ("指标", SERIES_WORDS[found.series]),
            ("报送的数", said_number(found.value)),
            ("可能应为", "" if found.instead is None else said_number(found.instead)),
            ("核对人", found.settled_name),
        ],
    }
    return render(request, "officer/monitoring/issue.html", context)


@page("monitoring.data")
@once
@require_POST
def issue_settle(request: Request, id: uuid.UUID) -> HttpResponse:
    """数据属实 or 确为错误."""
    found = queries.issues(request.actor).select_related("enterprise").filter(pk=id).first()
    if found is None:
        raise Http404("没有这条数据质量问题。")
    right = request.POST.get("right") == "1"
    actions.settle_issue(found, right=right, by=request.actor, at=request.now)
    messages.success(
        request, "已记为数据属实，下次研判起计入。" if right else "已记为错误，请报送单位更正后重新导入。"
    )
    return redirect("officer:monitor_issue", id=id)


class UploadForm(forms.Form):
    """One file of monthly data and who sends it."""

    file = forms.FileField(
        label="Excel 或 CSV 文件",
        error_messages={"required": "请选择文件。"},
        widget=forms.ClearableFileInput(),
    )
    source = forms.ChoiceField(label="数据来源部门")


@page("monitoring.data")
@once
def upload(request: Request) -> HttpResponse:
    """月度数据: check a file, run the month, set the workload."""
    form = UploadForm(request.POST or None, request.FILES or None)
    units = organisations(request.actor.region, kinds=["department"])
    form.fields["source"].choices = [(u["code"], u["short"]) for u in units]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            stored = files.store(name=given.name, content=given, by=request.actor, at=request.now)
            made = actions.check_upload(
                stored, source=form.cleaned_data["source"], by=request.actor, at=request.now
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("officer:monitor_import", id=made.id)
    month = queries.newest_month(request.actor.region, request.now)
    context = {
        "title": "月度数据",
        "crumbs": [("企业预警", "officer:monitor_alert_list")],
        "form": form,
        "recent": queries.uploads(request.actor)[:10],
        "runs": [(month_text(run.month), run) for run in queries.runs(request.actor)[:12]],
        "month": None if month is None else month_text(month),
        "per_week": f"{queries.per_week(request.actor.region):g}",
        "most": decided()["most_per_week"],
    }
    return render(request, "officer/monitoring/upload.html", context, status=422 if form.errors else 200)


IMPORT = UploadPages(
    "monitor_import", ("monitoring.data",), queries.uploads, actions.decide_upload, UploadState,
    [("月度数据", "officer:monitor_upload")],
)  # fmt: skip
