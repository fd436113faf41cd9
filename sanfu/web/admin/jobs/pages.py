"""后台任务: the list, and one job with its progress, its result and what can be done about it."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from sanfu.kernel.codes import mask
from sanfu.records import jobs, queries, verification
from sanfu.records.actor import Refused
from sanfu.records.models import Job
from sanfu.records.saying import guarded
from sanfu.records.states import STALLED, JobState
from sanfu.records.wires import job_kinds
from sanfu.web.access import once, page
from sanfu.web.components import cells
from sanfu.web.components.progress import moving
from sanfu.web.components.table import Choice, Column, Dates, Search, Table
from sanfu.web.request import Request

ROWS_SHOWN = 200


def kind_name(kind: str) -> str:
    """What a kind of job is called."""
    known = job_kinds().get(kind)
    return known.label if known else kind


def lasting(spent: timedelta) -> str:
    """A length of time as people say it: 3 秒, 2 分 5 秒, 1 时 40 分, 3 天 4 时."""
    minutes, seconds = divmod(max(0, int(spent.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "天"), (hours, "时"), (minutes, "分"), (seconds, "秒")]
    first = next((n for n, (value, _) in enumerate(parts) if value), 3)
    return " ".join(f"{value} {unit}" for value, unit in parts[first : first + 2] if value) or "不到 1 秒"


def _title(row: Any) -> Any:
    return format_html('<a href="{}">{}</a>', reverse("manage:job", args=[row["id"]]), mask(row["title"]))


def _progress(row: Any) -> Any:
    share = row["done"] * 100 // row["total"] if row["total"] else 0
    done, total = cells.number(row["done"]), cells.number(row["total"])
    return format_html('{}<span class="nowrap">{} / {}</span>', cells.bar(share), done, total)


def _fault(row: Any) -> str:
    if row["shown"] == STALLED:
        return "后台进程没有声息了，点开看怎么办。"
    return guarded(row["message"])


def _kinds() -> list[tuple[str, str]]:
    return [(code, kind.label) for code, kind in job_kinds().items()]


JOBS = Table(
    "jobs",
    title="后台任务",
    unit="个",
    default_sort="-created_at",
    columns=[
        Column(
            "title",
            "任务",
            sort=True,
            wide=True,
            needs=("id",),
            render=_title,
            export_as=lambda r: mask(r["title"]),
        ),
        Column(
            "kind",
            "种类",
            sort=True,
            render=lambda r: kind_name(r["kind"]),
            export_as=lambda r: kind_name(r["kind"]),
        ),
        Column("shown", "状态", sort=True, tags=JobState),
        Column(
            "done",
            "进度",
            sort=True,
            needs=("total",),
            render=_progress,
            export_as=lambda r: f"{r['done']}/{r['total']}",
        ),
        Column("started_by", "发起人", sort=True, wide=True),
        Column("created_at", "发起时间", kind="datetime", sort=True),
        Column(
            "spent",
            "用时",
            sort=True,
            render=lambda r: lasting(r["spent"]),
            export_as=lambda r: lasting(r["spent"]),
        ),
        Column(
            "message",
            "出了什么错",
            wide=True,
            needs=("shown",),
            render=lambda r: _fault(r) or cells.DASH,
            export_as=_fault,
        ),
    ],
    filters=[
        Search(fields=("title", "started_by"), hint="任务名称、发起人"),
        Choice("state", "状态", JobState.choices(), lookup="shown"),
        Choice("kind", "种类", _kinds),
        Dates("created_at", "发起日期"),
    ],
    empty="还没有后台任务。批量导入诉求、匹配器重学、留痕校验开始后，会列在这里。",
)


@page("system.manage")
def index(request: Request) -> HttpResponseBase:
    """后台任务: what runs, who started it, how far it came and what went wrong."""
    rows = queries.jobs_of(request.actor.region, request.now)
    alive = queries.workers_alive(request.now)
    return JOBS.respond(request, rows, "admin/jobs/index.html", {"nobody": not alive})


def _job(request: Request, job_id: uuid.UUID) -> Any:
    found = queries.job_of(request.actor.region, job_id, request.now)
    if found is None:
        raise Http404("没有这个任务。它可能属于别的地区；请从后台任务列表打开。")
    return found


def bar_of(row: Any, poll: str, stop: str = "") -> dict[str, Any]:
    """What the progress component shows of a job."""
    asked = "已请停止，办完手上这一批就停。" if row.cancel_asked and row.state == JobState.RUNNING else ""
    return {
        "label": mask(row.title),
        "done": row.done,
        "total": row.total,
        "state": row.shown,
        "message": asked or guarded(row.message),
        "poll_url": poll,
        "cancel_url": "" if asked else stop,
    }


def _bar(row: Job) -> dict[str, Any]:
    return bar_of(
        row, reverse("manage:job_progress", args=[row.pk]), reverse("manage:job_stop", args=[row.pk])
    )


def _error_rows(row: Job) -> list[dict[str, Any]]:
    """Line and reason only: the cells are somebody's data and stay with whoever imported them."""
    errors = row.result.get("errors")
    rows = errors if isinstance(errors, list) else []
    return [{"line": one.get("line"), "why": guarded(str(one.get("why", "")))} for one in rows]


def _results(row: Job) -> list[tuple[str, Any]]:
    known = job_kinds().get(row.kind)
    named = known.results.items() if known else ()
    found = [(label, row.result[code]) for code, label in named if code in row.result]
    return [(label, len(value) if isinstance(value, list) else value) for label, value in found]


@page("system.manage")
def job(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """One job: progress, result, rows that were refused, and what can be done."""
    row = _job(request, job_id)
    errors = _error_rows(row)
    ended = row.state in (JobState.DONE, JobState.CANCELLED, JobState.FAILED)
    facts = [
        ("种类", kind_name(row.kind)),
        ("状态", cells.status(JobState(row.shown))),
        ("发起人", row.started_by),
        ("发起时间", row.created_at),
        ("最近一次动静", row.beat_at),
        ("结束时间", row.ended_at),
        ("用时", lasting(row.spent)),
        ("任务编号", str(row.pk)),
    ]
    context = {
        "title": mask(row.title),
        "crumbs": [("后台任务", "manage:jobs")],
        "row": row,
        "bar": {**_bar(row), "message": ""} if row.state == JobState.FAILED else _bar(row),
        "said": guarded(row.message),
        "facts": facts,
        "results": _results(row),
        "errors": errors[:ROWS_SHOWN],
        "refused": len(errors),
        "ended": ended,
        "stalled": row.shown == STALLED,
        "why_not": jobs.why_not_again(row, request.now),
        "unseen": queries.unseen_failures(row.region).filter(pk=row.pk).exists(),
        "run": reverse("manage:verification", args=[row.pk]) if row.kind == verification.KIND else "",
    }
    return render(request, "admin/jobs/job.html", context)


@page("system.manage")
def progress(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """The progress bar (polled)."""
    row = _job(request, job_id)
    return moving(request, _bar(row), row.state)


@page("system.manage")
@require_POST
def stop(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """停止: after the piece that is being worked on; what is done stays done."""
    jobs.ask_to_stop(_job(request, job_id).pk, by=request.actor, at=request.now)
    row = _job(request, job_id)
    if request.headers.get("HX-Request"):
        return moving(request, _bar(row), row.state)
    return redirect("manage:job", job_id=job_id)


@page("system.manage")
@require_POST
@once
def again(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """重试: the job goes on where it had stopped, or the page says why it cannot."""
    try:
        jobs.retry(_job(request, job_id).pk, by=request.actor, at=request.now)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已重新排队，会从停下的地方接着办。")
    return redirect("manage:job", job_id=job_id)


@page("system.manage")
@require_POST
@once
def looked_at(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """已阅: a failed job leaves the to-do list."""
    jobs.look_at(_job(request, job_id).pk, by=request.actor, at=request.now)
    messages.success(request, "已阅，不再列入待办。")
    return redirect("manage:jobs")
