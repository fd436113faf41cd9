"""职责准入: a department asks, three opinions are heard, a temporary duty ends by itself."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.grassroots.duties import actions, queries
from sanfu.grassroots.duties.states import AdmissionState
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.officer.duties.forms import AdmissionForm, DecideForm
from sanfu.web.request import Request

ADMISSIONS = Table(
    "duty-admissions",
    title="职责准入",
    unit="件",
    default_sort="-applied_at",
    columns=[
        Column("number", "编号", link="officer:duty_admission"),
        Column("name", "事项", wide=True),
        Column("department__short", "申请部门"),
        Column("temporary", "临时", kind="bool"),
        Column("ends_on", "截止", kind="date", sort=True),
        Column("state", "状态", tags=AdmissionState),
        Column("applied_at", "申请时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "状态", AdmissionState.choices())],
    empty="没有准入申请。清单外的任务请先申请准入，写明权、人、钱随事转。",
)


@page("duties.see")
def admission_list(request: Request) -> HttpResponseBase:
    """职责准入: own applications, those that bind the own town, or all."""
    return ADMISSIONS.respond(
        request, queries.admissions(request.actor), "officer/duties/admissions.html",
        {"may_apply": request.actor.may("duties.send")},
    )  # fmt: skip


@page("duties.send")
@once
def apply(request: Request) -> HttpResponseBase:
    """申请准入."""
    form = AdmissionForm(request.POST or None, region=request.actor.region)
    context = {
        "title": "申请职责准入",
        "form": form,
        "crumbs": [("职责准入", "officer:duty_admissions")],
        "submit": "提交申请",
    }
    if request.method == "POST":
        if not form.is_valid():
            return refuse(request, "officer/duties/form.html", context)
        fields = {**form.cleaned_data, "towns": [town.id for town in form.cleaned_data["towns"]]}
        department = queries.own_unit(request.actor)
        try:
            row = actions.apply_admission(
                department=department, fields=fields, by=request.actor, at=request.now
            )
        except Refused as problem:
            form.add_error(None, str(problem))
            return refuse(request, "officer/duties/form.html", context)
        messages.success(request, f"已提交 {row.number}。")
        return redirect("officer:duty_admission", row.id)
    return render(request, "officer/duties/form.html", context)


@page("duties.see")
@once
def admission_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One application; 编办 decides here."""
    row = queries.admissions(request.actor).select_related("department").filter(id=id).first()
    if row is None:
        raise Http404("没有这件申请，或不属于本单位。")
    steward = request.actor.may("duties.rule") and row.state == AdmissionState.APPLIED
    form = DecideForm(request.POST or None) if steward else None
    context = {
        "title": row.name,
        "crumbs": [("职责准入", "officer:duty_admissions")],
        "row": row,
        "state": AdmissionState(row.state),
        "form": form,
        "facts": [
            ("申请部门", row.department.short), ("类别", row.category), ("依据", row.basis),
            ("权随事转", row.power), ("人随事转", row.staff), ("钱随事转", row.money),
            ("镇（街道）做什么", row.town_duty), ("期限", f"临时，至 {row.ends_on}" if row.temporary else "长期"),
            *row.opinions.items(), ("批准文件", row.decision or "—"),
        ],
    }  # fmt: skip
    if request.method == "POST" and form is not None:
        if form.is_valid():
            said = form.cleaned_data
            opinions = {"编办": said["office"], "司法": said["justice"], "镇（街道）": said["town"]}
            try:
                actions.decide_admission(
                    row, opinions=opinions, approve=said["approve"] == "yes", decision=said["decision"],
                    by=request.actor, at=request.now,
                )  # fmt: skip
                messages.success(request, "已决定。")
                return redirect("officer:duty_admission", row.id)
            except Refused as problem:
                form.add_error(None, str(problem))
        return refuse(request, "officer/duties/admission.html", context)
    return render(request, "officer/duties/admission.html", context)
