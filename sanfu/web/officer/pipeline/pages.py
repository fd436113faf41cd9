"""项目库: the list, a sheet brought in, one project with its dated series, money and blockers."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.projects.pipeline import actions, queries
from sanfu.projects.pipeline.models import Project, Promise
from sanfu.projects.pipeline.rules import MILESTONES, STAGES, stage_of
from sanfu.projects.pipeline.standing import standing
from sanfu.projects.pipeline.states import ProjectLight
from sanfu.records.actor import Conflict, Refused
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline
from sanfu.web.access import once, page, refuse
from sanfu.web.components.chart import Chart
from sanfu.web.components.table import Choice, Column, Flag, Row, Search, Table
from sanfu.web.officer.pipeline.promises import FactForm, PromiseForm
from sanfu.web.officer.pipeline.promises import told as told_promise
from sanfu.web.pieces.small_forms import act_and_return
from sanfu.web.request import Request

CRUMB = ("重大项目", "officer:projects")


def _next(row: Row) -> Any:
    """The next milestone with its day; one that is past its day says so."""
    if not row["next"]:
        return "全部完成"
    day = row["next_day"]
    late = "，已过期" if row["late"] else ""
    return f"{row['next']} {day.isoformat()}{late}" if day else f"{row['next']}（没有日期）"


PROJECTS = Table(
    "projects",
    title="重大项目",
    unit="个",
    columns=[
        Column("name", "项目", link="officer:project", sort=True, wide=True),
        Column("light", "灯", tags=ProjectLight),
        Column("why", "原因", wide=True),
        Column("stage", "阶段"),
        Column("next_day", "下一节点", render=_next, export_as=_next, sort=True, needs=("next", "late")),
        Column("unit__short", "单位"),
        Column("tier", "层级"),
        Column("total", "总投资（万元）", kind="number", sort=True),
        Column("number", "编号", sort=True, hidden=True),
        Column("code", "项目代码", hidden=True),
        Column("at", "入库时间", kind="datetime", sort=True, hidden=True),
    ],
    filters=[
        Search(fields=("name", "owner", "code", "number"), hint="项目、业主、代码"),
        Choice("light", "灯", choices=[(one.value, one.label) for one in ProjectLight]),
        Choice("stage", "阶段", choices=[(name, name) for name in STAGES]),
        Choice("next", "下一节点", choices=[(name, name) for name in MILESTONES]),
        Flag("late", "下一节点已过期的"),
        Flag("counted", "计入门槛的（去重，含本数）"),
    ],
    empty="还没有项目。从 Excel 导入后会出现在这里。",
)


class BringForm(forms.Form):
    file = forms.FileField(label="项目表", widget=forms.FileInput())


class MoveForm(forms.Form):
    milestone = forms.ChoiceField(label="里程碑", choices=[(name, name) for name in MILESTONES])
    series = forms.ChoiceField(label="改哪个日期", choices=list(queries.SERIES.items()))
    day = forms.DateField(label="改为", widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="为什么改", min_length=2, max_length=200)


class BlockForm(forms.Form):
    what = forms.CharField(label="卡在哪里", min_length=2, max_length=200)
    owner = forms.CharField(label="责任单位", min_length=2, max_length=80)
    since = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}))


class LinkForm(forms.Form):
    application = forms.CharField(
        label="联合申请编号", max_length=30, required=False, help_text="LB 开头；清空就取消关联"
    )


SEE = ("pipeline.see", "pipeline.see_all")


@page(*SEE)
def project_list(request: Request) -> HttpResponseBase:
    """Projects of the unit, or of the county, with stage, light and next milestone; the reds first."""
    context = {"may_bring": request.actor.may("pipeline.edit")}
    rows = standing(request.actor, day_of(request.now))
    return PROJECTS.respond(request, rows, "officer/pipeline/projects.html", context)


@page("pipeline.edit")
@once
def bring(request: Request) -> HttpResponseBase:
    """导入: what stands is taken, what does not is told by line; the file is kept."""
    form = BringForm(request.POST or None, request.FILES or None)
    context = {"title": "导入项目", "crumbs": [CRUMB], "form": form}
    if request.method != "POST":
        return render(request, "officer/pipeline/bring.html", context)
    if not form.is_valid():
        return refuse(request, "officer/pipeline/bring.html", context)
    file = form.cleaned_data["file"]
    try:
        taken = actions.bring(name=file.name, content=file, by=request.actor, at=request.now)
    except Refused as refused:
        form.add_error("file", str(refused))
        return refuse(request, "officer/pipeline/bring.html", context)
    return render(request, "officer/pipeline/brought.html", {**context, "title": "导入结果", "taken": taken})


def _found(request: Request, id: uuid.UUID) -> Project:
    row = queries.project(request.actor, id)
    if row is None:
        raise Http404("没有这个项目，或不在您可以查看的范围内。")
    return row


@page(*SEE)
def project_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One project: four dated series, money against the baseline, forecast, blockers, who moved what and why."""
    row = _found(request, id)
    today = day_of(request.now)
    told = queries.told_of(row, today.isoformat()[:7], today)
    application, permits = queries.permits(row)
    promised = list(row.promises.order_by("kind", "year", "-version"))
    context = {
        "title": row.name, "lead": row.number, "crumbs": [CRUMB], "row": row, "told": told, "today": today,
        "light": ProjectLight(told["light"]).tag,
        "facts": _facts(row, told), "marks": sorted(row.milestones.all(), key=lambda m: MILESTONES.index(m.name)),
        "blockers": row.blockers.order_by("until", "since"), "history": _history(row),
        "may_edit": request.actor.may("pipeline.edit"), "move": MoveForm(), "stop": BlockForm(),
        "application": application, "permits": permits, "link": LinkForm(), "curve": _curve(row),
        "past": queries.past_coverage(row.region, today) if not told["too_few"] else None,
        "promises": [told_promise(one, today.year) for one in promised], "promise_form": PromiseForm(),
        "fact_form": FactForm(), "stages": _stages(row, promised),
    }  # fmt: skip
    return render(request, "officer/pipeline/project.html", context)


def _stages(row: Project, promised: list[Promise]) -> list[dict[str, Any]]:
    """线索 to 复核 as steps; the stage where the project stands is now."""
    days = {mark.name: mark.actual for mark in row.milestones.all()}
    here = STAGES.index(stage_of(days, any(one.fact is not None for one in promised)))
    return [
        {
            "label": name,
            "state": "done" if n < here else "now" if n == here else "todo",
            "note": str(days.get(name) or ""),
        }
        for n, name in enumerate(STAGES)
    ]


def _curve(row: Project) -> Chart | None:
    """Cumulative investment of the months against the baseline's S-curve; None without a plan."""
    months = sorted({*row.planned, *row.spent})
    if not row.planned or not months:
        return None
    done = [month for month in months if Decimal(row.spent.get(month, "0") or "0")]
    last = done[-1] if done else ""
    lines: dict[str, list[float | None]] = {"基线": [], "实际": []}
    for month in months:
        for name, held in (("基线", row.planned), ("实际", row.spent)):
            total = sum((Decimal(v) for k, v in held.items() if k <= month), Decimal(0))
            lines[name].append(float(total) if name == "基线" or month <= last else None)
    return Chart(
        "investment",
        "累计投资",
        months,
        lines,
        kind="line",
        unit="万元",
        x_label="月份",
        note="基线是逐月计划累加，不是全年除以十二。",
    )


def _facts(row: Project, told: dict[str, Any]) -> list[tuple[str, Any]]:
    few = "已完成项目太少，不给出" if told["too_few"] else "没有足够的里程碑"
    return [
        ("业主", row.owner), ("项目代码", row.code), ("单位", row.unit.short), ("总投资", f"{row.total} 万元"),
        ("累计完成", f"{told['actual']} 万元"), ("同期基线", f"{told['baseline']} 万元（逐月计划累加）"),
        ("一半把握完成（P50）", told["p50"] or few), ("九成把握完成（P90）", told["p90"] or few), ("因阻滞误期", f"{told['lost']} 天（重叠只算一次）"),
    ]  # fmt: skip


def _history(row: Project) -> list[dict[str, Any]]:
    names = {
        "entered": "入库",
        "linked": "关联联合申请",
        "promised": "记承诺",
        "fact": "填实际数",
        "moved": "改日期",
        "blocked": "登记阻滞",
        "unblocked": "解除阻滞",
    }
    out = []
    for event in timeline(row.pk):
        data = event["data"]
        note = data.get("what", "")
        if "series" in data:
            note = f"{data['milestone']}{queries.SERIES[data['series']]}：{data['was'] or '空'} → {data['is']}，{data['why']}"
        out.append(
            {"label": names.get(event["kind"].partition(".")[2], event["kind"]), "at": event["at"], "by": event["by_name"],
             "note": note, "state": "done"}
        )  # fmt: skip
    return out


def _done(request: Request, id: uuid.UUID, form: forms.Form, act: Any, said: str) -> HttpResponseBase:
    return act_and_return(request, form, act, _found(request, id), said, ("officer:project", id))


@page("pipeline.edit")
@require_POST
@once
def move_date(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """改日期 with its reason."""
    return _done(request, id, MoveForm(request.POST), actions.move_date, "日期已改，原因已记下。")


@page("pipeline.edit")
@require_POST
@once
def block(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """登记阻滞."""
    return _done(request, id, BlockForm(request.POST), actions.block, "阻滞已登记。")


@page("pipeline.edit")
@require_POST
@once
def unblock(request: Request, id: uuid.UUID, blocker: uuid.UUID) -> HttpResponseBase:
    """解除阻滞."""
    row = _found(request, id)
    found = row.blockers.filter(id=blocker).first()
    if found is None:
        raise Http404("没有这条阻滞。")
    try:
        actions.unblock(found, said=request.POST.get("said", "")[:200], by=request.actor, at=request.now)
        messages.success(request, "阻滞已解除。")
    except Conflict as problem:
        messages.error(request, str(problem))
    return redirect("officer:project", id)


@page("pipeline.edit")
@require_POST
@once
def link(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """关联联合申请."""
    return _done(request, id, LinkForm(request.POST), actions.link, "关联已更新；许可日期从联合申请读取。")
