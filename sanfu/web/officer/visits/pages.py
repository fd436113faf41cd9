"""走访 at the desk: visits with their brief, wishes, the plan that merges them."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.demands import queries as demands
from sanfu.enterprise.registry.actions import look_for_task
from sanfu.enterprise.registry.queries import known_facts
from sanfu.enterprise.registry.states import Purpose
from sanfu.enterprise.visits import actions, queries
from sanfu.enterprise.visits.models import Visit
from sanfu.enterprise.visits.states import VisitState, WishState
from sanfu.people.queries import organisation_by_id
from sanfu.records.actor import Conflict, Refused
from sanfu.records.queries import timeline
from sanfu.web.access import once, page, refuse
from sanfu.web.components import enclosures
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.request import Request

VISITS = Table(
    "visits",
    title="企业走访",
    unit="次",
    default_sort="-made_at",
    columns=[
        Column("enterprise__name", "企业", link="officer:visit", wide=True),
        Column("planned_on", "计划（周一）", kind="date", sort=True),
        Column("lead__short", "牵头单位"),
        Column("visitor_name", "记录人"),
        Column("state", "状态", tags=VisitState),
        Column("made_at", "建立时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "状态", VisitState.choices())],
    empty="还没有走访。先提走访意向，再由统筹员归并成计划；也可以在手机上直接记录。",
)
WISHES = Table(
    "visit-wishes",
    title="走访意向",
    unit="项",
    default_sort="-made_at",
    columns=[
        Column("enterprise__name", "企业", wide=True),
        Column("department__short", "提出部门"),
        Column("purpose", "事由"),
        Column("first", "最早", kind="date", sort=True),
        Column("last", "最晚", kind="date", sort=True),
        Column("state", "结果", tags=WishState),
        Column("answer", "说明"),
        Column("made_at", "提出时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "结果", WishState.choices())],
    empty="还没有走访意向。",
)


@page("visits.see")
def visits(request: Request) -> HttpResponseBase:
    """All visits the actor may see."""
    return VISITS.respond(request, queries.visible(request.actor), "desk/list.html", {"title": "企业走访"})


def found(request: Request, id: uuid.UUID) -> Visit:
    """The visit, if the actor may see it."""
    row = queries.access(request.actor, id)
    if row is None:
        raise Http404("没有这次走访，或不在您可以查看的范围内。")
    return row


LABELS = {
    "visits.planned": "列入计划",
    "visits.recorded": "手机记录",
    "visits.changed": "机关修改",
    "visits.settled": "裁定两份记录",
    "visits.photo": "收到照片",
    "visits.files": "附照片和文件",
    "visits.joined": "新的挂钩干部加入",
    "visits.demand_said": "企业提出诉求",
    "visits.confirmed": "企业确认",
}


class FilesForm(forms.Form):
    """Photos and files for a record, and what they show."""

    note = forms.CharField(label="说明（可不填）", required=False, max_length=200)
    enclosures = enclosures.EnclosureField(label="照片和文件")


@page("visits.see")
def visit(request: Request, id: uuid.UUID) -> HttpResponse:
    """One visit: the brief before, the record after, what the phone sent."""
    row = found(request, id)
    look_for_task(row.enterprise, Purpose.VISIT, "走访记录和一页纸", by=request.actor, at=request.now)
    return _shown(request, row, FilesForm())


def _shown(request: Request, row: Visit, form: FilesForm, status: int = 200) -> HttpResponse:
    context = {
        "title": row.enterprise.name,
        "crumbs": [("企业走访", "officer:visits")],
        "visit": row,
        "state": VisitState(row.state),
        "fields": [(name, label, row.values.get(name, "")) for name, label in queries.FIELDS.items()],
        "held_on_is_day": _is_day(row.values.get("held_on", "")),
        "kept": [{**one, "label": queries.FIELDS[one["field"]]} for one in row.open],
        "facts": known_facts(row.enterprise)[:12],
        "demands": demands.of_enterprise(request.actor, row.enterprise)[:8],
        "wishes": row.wishes.select_related("department"),
        "photos": row.photos.all(),
        "operations": queries.operations(row),
        "may": request.actor.may("visits.record") and row.state != VisitState.CONFIRMED,
        "files_form": form if request.actor.may("visits.record") else None,
        "events": enclosures.with_files(map(_line, timeline(row.id)), row.id, "officer:visit_file", may_open=True),
    }  # fmt: skip
    return render(request, "officer/visits/visit.html", context, status=status)


def _is_day(said: str) -> bool:
    """Whether a field of dates can hold what was said; other words stay in a field of text and are not lost."""
    try:
        return not said or bool(date.fromisoformat(said))
    except ValueError:
        return False


def _line(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": event["id"], "kind": event["kind"], "label": LABELS.get(event["kind"], event["kind"]), "at": event["at"],
        "by": event["by_name"], "note": event["data"].get("note", ""), "state": "done",
    }  # fmt: skip


@page("visits.record")
@require_POST
@once
def visit_enclose(request: Request, id: uuid.UUID) -> HttpResponse:
    """附照片和文件 to a record; what is refused comes back, what was good is not chosen twice."""
    row = found(request, id)
    form = FilesForm(request.POST, request.FILES)
    valid = form.is_valid()
    kept = enclosures.keep(form, by=request.actor, at=request.now)
    if valid:
        try:
            actions.enclose(row, kept, note=form.cleaned_data["note"], by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error("enclosures", str(refused))
        else:
            messages.success(request, "已附上，并和走访记录一起留痕。")
            return redirect("officer:visit", id)
    return _shown(request, row, form, 422)


@page("visits.see")
def visit_file(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A photo or file of a record, for whoever may see the visit."""
    return enclosures.serve(request, found(request, id).pk, file_id)


@page("visits.record")
@require_POST
@once
def visit_change(request: Request, id: uuid.UUID) -> HttpResponse:
    """The office writes the record, or settles a field with two values."""
    row = found(request, id)
    field = request.POST.get("settle", "")
    try:
        if field:
            actions.settle(row, field, request.POST.get("which", ""), by=request.actor, at=request.now)
        else:
            values = {name: request.POST[name] for name in queries.FIELDS if name in request.POST}
            seen = request.POST.get("version", "")
            expected = int(seen) if seen.isdecimal() and len(seen) < 9 else None
            actions.change(row, values, by=request.actor, at=request.now, expected=expected)
        messages.success(request, "已保存。")
    except (Refused, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("officer:visit", id)


@page("visits.see")
def visit_photo(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One photo."""
    photo = queries.photo(request.actor, id)
    if photo is None:
        raise Http404("没有这张照片，或不在您可以查看的范围内。")
    return send_file(photo.file)


class WishForm(forms.Form):
    enterprise = forms.CharField(
        label="企业", max_length=80, help_text="登记全称、信用代码，或名称中独有的几个字"
    )
    first = forms.DateField(label="最早", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="最晚", widget=forms.DateInput(attrs={"type": "date"}))
    purpose = forms.CharField(label="事由", max_length=200)
    alone = forms.BooleanField(label="须单独走访", required=False)
    lawful = forms.BooleanField(label="执法检查（只列示，不并、不移）", required=False)


@page("visits.wish")
@once
def wishes(request: Request) -> HttpResponseBase:
    """走访意向: the list, and the form for a new one."""
    form = WishForm(request.POST or None, initial={"enterprise": request.GET.get("enterprise", "")[:80]})
    context: dict[str, Any] = {"title": "走访意向", "form": form}
    template = "officer/visits/wishes.html"
    rows = queries.wishes(request.actor)
    if request.method != "POST":
        return WISHES.respond(request, rows, template, context)
    if form.is_valid():
        said = form.cleaned_data
        firm = demands.enterprise_said(request.actor.region, said.pop("enterprise").strip())
        unit = (
            organisation_by_id(request.actor.region, request.actor.organisation)
            if request.actor.organisation
            else None
        )
        if firm is None:
            form.add_error("enterprise", "没有找到唯一的企业；请写全称或统一社会信用代码。")
        elif unit is None:
            form.add_error(None, "您的账号没有所属单位，请联系系统管理员。")
        else:
            try:
                actions.wish(enterprise=firm, department=unit, by=request.actor, at=request.now, **said)
            except Refused as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, "走访意向已提出，归并后会告诉您并入哪一次走访。")
                return redirect("officer:visit_wishes")
    context["table"] = WISHES.read(request, rows)
    return refuse(request, template, context)


@page("visits.plan")
@once
def plan(request: Request) -> HttpResponse:
    """季度计划: what open wishes would become; adopting it writes the visits."""
    if request.method == "POST":
        try:
            count = actions.adopt(by=request.actor, at=request.now)
            messages.success(request, f"计划已采纳：{count} 次走访。")
        except (Refused, Conflict) as problem:
            messages.error(request, str(problem))
        return redirect("officer:visits")
    rows = list(
        queries.wishes(request.actor).filter(state=WishState.OPEN).select_related("department", "enterprise")
    )
    context: dict[str, Any] = {
        "title": "走访计划",
        "crumbs": [("走访意向", "officer:visit_wishes")],
        "wishes": len(rows),
    }
    if rows:
        made, start = actions.proposed(rows)
        by_id = {str(row.id): row for row in rows}
        context |= {
            "visits": [(one, by_id[one.wishes[0].code].enterprise.name) for one in made.visits],
            "start": start,
            "merged": [(by_id[one.wish.code], made.visits[one.visit], one.outside) for one in made.merged],
            "inspections": [by_id[one.code] for one in made.inspections],
            "left": [by_id[one.code] for one in made.left],
            "weeks": made.by_week().items(),
        }
    return render(request, "officer/visits/plan.html", context)
