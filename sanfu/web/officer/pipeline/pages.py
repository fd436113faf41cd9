"""项目库: the list, a sheet brought in, one project with its dated series, money and blockers."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.projects.pipeline import actions, queries
from sanfu.projects.pipeline.models import Project
from sanfu.projects.pipeline.rules import MILESTONES
from sanfu.records.actor import Conflict, Refused
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Column, Search, Table
from sanfu.web.request import Request

CRUMB = ("重大项目", "officer:projects")
PROJECTS = Table(
    "projects",
    title="重大项目",
    unit="个",
    default_sort="number",
    columns=[
        Column("number", "编号", link="officer:project", sort=True),
        Column("name", "项目", wide=True),
        Column("unit__short", "单位"),
        Column("tier", "层级"),
        Column("total", "总投资（万元）", kind="number", sort=True),
        Column("code", "项目代码"),
        Column("at", "入库时间", kind="datetime", sort=True),
    ],
    filters=[Search(fields=("name", "owner", "code", "number"), hint="项目、业主、代码")],
    empty="还没有项目。从 Excel 导入后会出现在这里。",
)


class BringForm(forms.Form):
    file = forms.FileField(label="项目表", widget=forms.FileInput())


class MoveForm(forms.Form):
    milestone = forms.ChoiceField(label="里程碑", choices=[(name, name) for name in MILESTONES])
    series = forms.ChoiceField(label="改哪个日期", choices=list(actions.SERIES.items()))
    day = forms.DateField(label="改为", widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="为什么改", min_length=2, max_length=200)


class BlockForm(forms.Form):
    what = forms.CharField(label="卡在哪里", min_length=2, max_length=200)
    owner = forms.CharField(label="责任单位", min_length=2, max_length=80)
    since = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}))


SEE = ("pipeline.see", "pipeline.see_all")


@page(*SEE)
def project_list(request: Request) -> HttpResponseBase:
    """Projects of the unit, or of the county."""
    context = {"may_bring": request.actor.may("pipeline.edit")}
    return PROJECTS.respond(
        request, queries.projects(request.actor), "officer/pipeline/projects.html", context
    )


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
    context = {
        "title": row.name, "lead": row.number, "crumbs": [CRUMB], "row": row, "told": told,
        "light": (queries.LIGHTS[told["light"]], {"red": "danger", "amber": "warn", "green": "ok"}.get(told["light"], "muted")),
        "facts": _facts(row, told), "marks": sorted(row.milestones.all(), key=lambda m: MILESTONES.index(m.name)),
        "blockers": row.blockers.order_by("until", "since"), "history": _history(row),
        "may_edit": request.actor.may("pipeline.edit"), "move": MoveForm(), "stop": BlockForm(),
    }  # fmt: skip
    return render(request, "officer/pipeline/project.html", context)


def _facts(row: Project, told: dict[str, Any]) -> list[tuple[str, Any]]:
    few = "已完成项目太少，不给出" if told["too_few"] else "没有足够的里程碑"
    return [
        ("业主", row.owner), ("项目代码", row.code), ("单位", row.unit.short), ("总投资", f"{row.total} 万元"),
        ("累计完成", f"{told['actual']} 万元"), ("同期基线", f"{told['baseline']} 万元（逐月计划累加）"),
        ("P50", told["p50"] or few), ("P90", told["p90"] or few), ("误期", f"{told['lost']} 天（重叠只算一次）"),
    ]  # fmt: skip


def _history(row: Project) -> list[dict[str, Any]]:
    names = {"entered": "入库", "moved": "改日期", "blocked": "登记阻滞", "unblocked": "解除阻滞"}
    out = []
    for event in timeline(row.pk):
        data = event["data"]
        note = data.get("what", "")
        if "series" in data:
            note = f"{data['milestone']}{actions.SERIES[data['series']]}：{data['was'] or '空'} → {data['is']}，{data['why']}"
        out.append(
            {"label": names.get(event["kind"].partition(".")[2], event["kind"]), "at": event["at"], "by": event["by_name"],
             "note": note, "state": "done"}
        )  # fmt: skip
    return out


def _done(request: Request, id: uuid.UUID, form: forms.Form, act: Any, said: str) -> HttpResponseBase:
    """One small form of the project page: done with a word, or refused with the reason."""
    row = _found(request, id)
    if not form.is_valid():
        messages.error(request, "；".join(f"{form[n].label}：{e[0]}" for n, e in form.errors.items()))
        return redirect("officer:project", id)
    try:
        act(row, **form.cleaned_data, by=request.actor, at=request.now)
        messages.success(request, said)
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("officer:project", id)


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
