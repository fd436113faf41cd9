"""批量导入: upload, watch, stop, and take the refused rows home to mend."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.grassroots.tickets.batch import KIND, TEMPLATE, plan, refused_rows
from sanfu.records import files, jobs
from sanfu.records.actor import Refused
from sanfu.records.models import Job
from sanfu.web.access import once, page
from sanfu.web.components.export import send
from sanfu.web.components.progress import moving
from sanfu.web.request import Request


class UploadForm(forms.Form):
    """One table file."""

    file = forms.FileField(label="Excel 或 CSV 文件", error_messages={"required": "请选择文件。"})


@page("tickets.import")
@once
def upload(request: Request) -> HttpResponse:
    """批量导入。"""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            stored = files.store(name=given.name, content=given, by=request.actor, at=request.now)
            job = plan(stored, by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("officer:ticket_batch_report", job_id=job.id)
    recent = jobs.newest(request.actor.region, KIND)
    context = {
        "title": "批量导入",
        "form": form,
        "columns": TEMPLATE,
        "recent": recent,
        "crumbs": [("诉求工单", "officer:ticket_list")],
    }
    return render(request, "officer/tickets/batch.html", context, status=422 if form.errors else 200)


def _job(request: Request, job_id: uuid.UUID) -> Job:
    job = jobs.find(request.actor.region, KIND, job_id)
    if job is None:
        raise Http404("没有这次导入。")
    return job


def _shown(job: Job) -> dict[str, Any]:
    return {
        "label": job.title,
        "done": job.done,
        "total": job.total,
        "state": job.state,
        "message": job.message,
        "poll_url": reverse("officer:ticket_batch_progress", args=[job.id]),
        "cancel_url": reverse("officer:ticket_batch_stop", args=[job.id]),
    }


@page("tickets.import")
def report(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """导入结果: progress, rows taken, rows refused with the reason."""
    job = _job(request, job_id)
    errors = job.result.get("errors", [])
    context = {
        "title": "导入结果",
        "job": job,
        "shown": _shown(job),
        "errors": errors[:200],
        "failed": len(errors),
        "crumbs": [("诉求工单", "officer:ticket_list"), ("批量导入", "officer:ticket_batch")],
    }
    return render(request, "officer/tickets/batch_report.html", context)


@page("tickets.import")
def progress(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """The progress bar alone (polled)."""
    job = _job(request, job_id)
    return moving(request, _shown(job), job.state)


@page("tickets.import")
@require_POST
def stop(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Ask the worker to stop; what is in stays in."""
    jobs.ask_to_stop(_job(request, job_id).id, by=request.actor, at=request.now)
    if request.headers.get("HX-Request"):
        job = _job(request, job_id)
        return moving(request, _shown(job), job.state)
    return redirect("officer:ticket_batch_report", job_id=job_id)


@page("tickets.import")
def error_sheet(request: Request, job_id: uuid.UUID) -> HttpResponseBase:
    """The refused rows as a table in the form that can be uploaded again."""
    job = _job(request, job_id)
    rows = (
        [one["line"], one["why"], *(one["cells"].get(c, "") for c in TEMPLATE)] for one in refused_rows(job)
    )
    return send("csv", "未导入的行", ["行号", "原因", *TEMPLATE], rows)
