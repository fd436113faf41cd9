"""留痕校验: begin a run, watch it, read what does not hold, and take the digest of all heads outside."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from sanfu.records import jobs, queries, verification
from sanfu.records.models import Job
from sanfu.records.states import STALLED, JobState
from sanfu.web.access import once, page, refuse
from sanfu.web.admin.jobs.pages import bar_of
from sanfu.web.components import cells
from sanfu.web.components.progress import moving
from sanfu.web.components.table import Column, Table
from sanfu.web.request import Request

CRUMB = ("留痕校验", "manage:verifications")


def _of(key: str) -> Any:
    return lambda row: row["result"].get(key)


def _broken(row: Any) -> Any:
    if row["shown"] != JobState.DONE:
        return cells.DASH
    broken = row["result"].get("broken", 0)
    return cells.tag(f"{broken} 处", "danger") if broken else cells.tag("没有问题", "ok")


def _until(params: dict[str, Any]) -> datetime | None:
    return parse_datetime(params.get("until", ""))


def _begun(row: Any) -> Any:
    url = reverse("manage:verification", args=[row["id"]])
    return format_html('<a href="{}">{}</a>', url, cells.moment(row["created_at"]))


RUNS = Table(
    "runs",
    title="留痕校验",
    unit="次",
    default_sort="-created_at",
    columns=[
        Column("created_at", "校验时间", sort=True, needs=("id",), render=_begun),
        Column("started_by", "发起人"),
        Column("shown", "状态", tags=JobState),
        Column(
            "events",
            "事件数",
            kind="number",
            virtual=True,
            needs=("result",),
            render=lambda r: cells.number(r["result"].get("events")),
            export_as=_of("events"),
        ),
        Column(
            "broken",
            "问题",
            virtual=True,
            needs=("result", "shown"),
            render=_broken,
            export_as=_of("broken"),
        ),
        Column(
            "until",
            "摘要截至",
            virtual=True,
            needs=("params",),
            render=lambda r: cells.moment(_until(r["params"])),
            export_as=lambda r: _until(r["params"]),
        ),
        Column(
            "digest",
            "链头摘要",
            virtual=True,
            needs=("params", "shown"),
            render=lambda r: (
                format_html('<span class="mono small">{}…</span>', r["params"].get("digest", "")[:16])
                if r["shown"] == JobState.DONE
                else cells.DASH
            ),
            export_as=lambda r: r["params"].get("digest") if r["shown"] == JobState.DONE else "",
        ),
    ],
    empty="还没有校验过。点上面的“开始校验”；以后每天夜里也会自动校验一次。",
)
FAULTS = Table(
    "faults",
    title="问题清单",
    unit="处",
    tie="",
    columns=[
        Column("stream", "事件流", wide=True),
        Column("seq", "第几条", kind="number"),
        Column("what", "哪里不对"),
        Column("kind", "事件"),
        Column("at", "事件时间", kind="datetime"),
        Column("by", "记在谁名下"),
    ],
    empty="没有问题：每一条的哈希、前后相接、序号和链头都对得上。",
)


class BeginForm(forms.Form):
    """The moment whose heads the digest is taken over."""

    until = forms.DateTimeField(
        label="摘要截至",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="不填就是现在。要核对留存在外的摘要，就填那份摘要上的截至时刻。",
    )


def _index(request: Request, form: BeginForm) -> dict[str, Any]:
    return {
        "title": RUNS.title,
        "form": form,
        "going": queries.unended(request.actor.region, verification.KIND),
    }


@page("records.verify")
def index(request: Request) -> HttpResponseBase:
    """留痕校验: one button, and the last runs."""
    rows = queries.jobs_of(request.actor.region, request.now).filter(kind=verification.KIND)
    return RUNS.respond(request, rows, "admin/records/index.html", _index(request, BeginForm()))


@page("records.verify")
@require_POST
@once
def begin(request: Request) -> HttpResponse:
    """Begin a run; the one that is going on already is that run."""
    form = BeginForm(request.POST)
    until = form.cleaned_data["until"] if form.is_valid() else None
    if until and until > request.now:
        form.add_error("until", "这个时刻还没有到；请填现在以前的时刻，或不填。")
    if form.errors:
        rows = queries.jobs_of(request.actor.region, request.now).filter(kind=verification.KIND)
        context = {**_index(request, form), "table": RUNS.read(request, rows)}
        return refuse(request, "admin/records/index.html", context)
    run = verification.plan(by=request.actor, at=request.now, until=until)
    return redirect("manage:verification", run_id=run.pk)


def _run(request: Request, run_id: uuid.UUID) -> Any:
    found = queries.job_of(request.actor.region, run_id, request.now)
    if found is None or found.kind != verification.KIND:
        raise Http404("没有这次校验。请从留痕校验的列表打开。")
    return found


def _bar(row: Job) -> dict[str, Any]:
    poll, halt = (reverse(f"manage:verification_{act}", args=[row.pk]) for act in ("progress", "stop"))
    return bar_of(row, poll, halt)


def _named(row: Job) -> list[dict[str, Any]]:
    faults = row.result.get("faults", [])
    places = [(uuid.UUID(one["stream"]), one["seq"]) for one in faults]
    events = queries.named_events(row.region, places)
    found = []
    for one, place in zip(faults, places, strict=True):
        event = events.get(place)
        known = {"kind": event.kind, "at": event.at, "by": event.by_name} if event else {}
        found.append({**one, "kind": "已不在库中", "at": None, "by": "", **known})
    return found


@page("records.verify")
def run(request: Request, run_id: uuid.UUID) -> HttpResponseBase:
    """One run: progress, figures, what does not hold, the digest."""
    row = _run(request, run_id)
    done = row.state == JobState.DONE
    context = {
        "title": f"留痕校验 {cells.moment(row.created_at)}",
        "crumbs": [CRUMB],
        "row": row,
        "bar": _bar(row),
        "done": done,
        "stalled": row.shown == STALLED,
        "seconds": round(row.result.get("seconds", 0.0), 1),
        "until": _until(row.params),
        "digest": row.params.get("digest", ""),
        "recipe": verification.RECIPE,
        "earlier": queries.rewritten(row) if done else None,
        "kept": len(row.result.get("faults", [])),
    }
    return FAULTS.respond(request, _named(row), "admin/records/run.html", context)


@page("records.verify")
def progress(request: Request, run_id: uuid.UUID) -> HttpResponse:
    """The progress bar (polled)."""
    row = _run(request, run_id)
    return moving(request, _bar(row), row.state)


@page("records.verify")
@require_POST
def stop(request: Request, run_id: uuid.UUID) -> HttpResponse:
    """停止: nothing is changed by a run, so nothing is lost."""
    jobs.ask_to_stop(_run(request, run_id).pk, by=request.actor, at=request.now)
    row = _run(request, run_id)
    return moving(request, _bar(row), row.state)


@page("records.verify")
def digest(request: Request, run_id: uuid.UUID) -> HttpResponse:
    """链头摘要 as a text to print or to keep where nobody of the platform can change it."""
    row = _run(request, run_id)
    if row.state != JobState.DONE or not row.result.get("heads"):
        raise Http404("这次校验没有办完，或截至时刻还没有留痕，所以没有摘要。请重新校验一次。")
    until = cells.moment(_until(row.params))
    lines = [
        "三服务平台 链头摘要",
        f"地区编码：{row.region}",
        f"摘要截至：{until}（北京时间）",
        f"事件流（链头）：{row.result.get('heads', 0)} 条",
        f"校验事件：{row.result.get('events', 0)} 条，问题 {row.result.get('broken', 0)} 处",
        f"校验时间：{cells.moment(row.created_at)}，校验编号 {row.pk}",
        f"SHA-256：{row.params['digest']}",
        "",
        f"算法：{verification.RECIPE}",
        "核对：在“留痕校验”里填同一个截至时刻重新校验，摘要应当一字不差；不同即说明那个时刻以前的留痕被改写过。",
    ]
    response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
    name = f"digest-{row.region}-{until.replace(' ', '-').replace(':', '')}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
