"""每月专题分析会: a pack in one click, frozen; the Word file from the same data; decisions with their due day."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.projects.pipeline import actions, queries
from sanfu.projects.pipeline.actions import deciding
from sanfu.projects.pipeline.models import Pack
from sanfu.projects.pipeline.papers import word_of
from sanfu.projects.pipeline.states import ProjectLight, State
from sanfu.records.actor import NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.web.access import once, page
from sanfu.web.components.table import Column, Table
from sanfu.web.request import Request

A_SCREEN = 8  # rows that the far end of a meeting room can read at once
CRUMB = ("专题分析会", "officer:packs")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PACKS = Table(
    "packs",
    title="专题分析会",
    unit="份",
    default_sort="-month",
    columns=[
        Column("month", "月份", link="officer:pack", sort=True),
        Column("edition", "版次", kind="number"),
        Column("by_name", "生成人"),
        Column("at", "冻结时间", kind="datetime", sort=True),
    ],
    empty="还没有会议材料。点“生成本月材料”。",
)


class DecideForm(forms.Form):
    text = forms.CharField(label="议定什么", min_length=4, max_length=500)
    owner = forms.CharField(
        label="责任单位", min_length=2, max_length=80, help_text="按机构简称，例如 市生态环境局"
    )
    due = forms.DateField(label="办结期限", widget=forms.DateInput(attrs={"type": "date"}))


@page("pipeline.see_all")
def pack_list(request: Request) -> HttpResponseBase:
    """Packs of all months and editions."""
    context = {
        "may_meet": request.actor.may("pipeline.meet"),
        "month": day_of(request.now).isoformat()[:7],
    }
    return PACKS.respond(request, queries.packs(request.actor), "officer/pipeline/packs.html", context)


@page("pipeline.meet")
@require_POST
@once
def freeze(request: Request) -> HttpResponseBase:
    """One click: the month's numbers are computed and frozen."""
    try:
        made = actions.freeze(month=request.POST.get("month", ""), by=request.actor, at=request.now)
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("officer:packs")
    messages.success(request, f"{made.month} 第 {made.edition} 版已冻结。")
    return redirect("officer:pack", made.id)


def _found(request: Request, id: uuid.UUID) -> Pack:
    row = queries.packs(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这份材料，或不在您可以查看的范围内。")
    return row


@page("pipeline.see_all")
def pack_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """The frozen pack: lights, reasons, blockers, last decisions; decisions taken now."""
    row = _found(request, id)
    body = row.body
    attention = [{**one, "tag": ProjectLight(one["light"]).tag} for one in body["attention"]]
    context = {
        "title": f"{row.month} 专题分析会", "lead": f"第 {row.edition} 版", "crumbs": [CRUMB], "row": row, "body": body,
        "attention": attention, "decisions": [(one, State(one.case.state) if one.case else None) for one in queries.decisions(request.actor).filter(pack=row)], "form": DecideForm(),
        "may_meet": request.actor.may("pipeline.meet"), "too_few": body["finished_in_history"] < body["fewest"],
    }  # fmt: skip
    return render(request, "officer/pipeline/pack.html", context)


@page("pipeline.see_all")
def pack_word(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """The same numbers as a Word document."""
    row = _found(request, id)
    response = HttpResponse(word_of(row.body, row.edition), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="meeting-{row.month}-{row.edition}.docx"'
    return response


@page("pipeline.meet")
@require_POST
@once
def decide(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """记下议定事项."""
    row = _found(request, id)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, "；".join(f"{form[n].label}：{e[0]}" for n, e in form.errors.items()))
        return redirect("officer:pack", id)
    try:
        deciding.decide(row, **form.cleaned_data, by=request.actor, at=request.now)
        messages.success(request, "已记下议定事项。")
    except (Refused, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("officer:pack", id)


@page("pipeline.see_all")
def pack_slides(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """The same frozen numbers as pages of the room's screen."""
    row = _found(request, id)
    context = {
        "title": f"{row.month} 专题分析会",
        "row": row,
        "body": row.body,
        "attention": _screens(row.body["attention"]),
        "blockers": _screens(row.body["blockers"]),
    }
    return render(request, "officer/pipeline/slides.html", context)


def _screens(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """As many rows as one screen bears, screen after screen; one empty screen where there are none."""
    return [rows[n : n + A_SCREEN] for n in range(0, len(rows), A_SCREEN)] or [[]]
