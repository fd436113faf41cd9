"""A town's inbox: tasks with their verdict, accept or object in one click, finish."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.cases.queries import days_of, reading
from sanfu.grassroots.duties import actions, queries, versions
from sanfu.grassroots.duties.models import Task
from sanfu.grassroots.duties.states import TASK_FLOW, TaskState
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.records.actor import Refused
from sanfu.records.queries import timeline
from sanfu.web.access import once, page
from sanfu.web.components.cases import LIGHT_TAGS, due_column, light_choice, light_column, state_choice
from sanfu.web.components.table import Choice, Column, Dates, Search, Table
from sanfu.web.officer.duties import show
from sanfu.web.request import Request

TASKS = Table(
    "duty-tasks",
    title="履职任务",
    unit="件",
    default_sort="-opened_at",
    columns=[
        Column("number", "编号", link="officer:duty_task", sort=True),
        Column("title", "任务", wide=True),
        Column("duty_task__document__issuer__short", "发文部门"),
        Column("lead__short", "镇（街道）"),
        Column("duty_task__verdict", "比对结论", tags=Verdict),
        Column("state", "状态", tags=TaskState),
        light_column(),
        due_column(),
        Column("opened_at", "下发时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(TASK_FLOW),
        Choice("verdict", "结论", Verdict.choices(), lookup="duty_task__verdict"),
        light_choice(),
        Choice(
            "issuer",
            "发文部门",
            lambda: queries.unit_choices(["department"]),
            lookup="duty_task__document__issuer__short",
        ),
        Choice("town", "镇（街道）", lambda: queries.unit_choices(["town", "zone"]), lookup="lead__short"),
        Dates("opened_at", "下发日期"),
    ],
    empty="没有任务。部门下发的任务会带着清单比对结论到这里。",
)


@page("duties.see")
def task_list(request: Request) -> HttpResponseBase:
    """履职任务: own town's, own department's, or all."""
    return TASKS.respond(request, queries.tasks(request.actor), "officer/duties/tasks.html")


def task_or_404(request: Request, case_id: uuid.UUID) -> Task:
    found = queries.task(request.actor, case_id)
    if found is None:
        raise Http404("没有这件任务，或不属于本单位。")
    return found


@page("duties.see")
def task_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One task: verdict and evidence by the list of its day, clocks, objections, and what may be done."""
    task = task_or_404(request, id)
    items = {item.code: item for item in versions.list_of(task.version)} if task.version else {}
    events = {str(move.event) for move in TASK_FLOW.moves(TaskState(task.case.state))}
    sides = {"town": task.town_id, "issuer": task.document.issuer_id}
    context = {
        "title": task.case.title,
        "crumbs": [("履职任务", "officer:duty_tasks")],
        "task": task,
        "state": TaskState(task.case.state),
        "verdict": Verdict(task.verdict),
        "demands": show.demands(task.judged, items),
        "may": {
            name: name in events and sides[side] in request.actor.units and request.actor.may(code)
            for name, (side, code) in ACTS.items()
        },
        "clocks": [
            {
                "name": clock.name,
                "due_at": clock.due_at,
                "light": LIGHT_TAGS.get(str(reading(clock, request.now).light), ("", "muted")),
                "stopped": clock.stopped_at,
                "days": [
                    {"date": d.date, "counts": d.counted, "label": d.why, "total": str(d.total)}
                    for d in days_of(clock, request.now)
                ],
            }
            for clock in task.case.clocks.order_by("started_at")
        ],
        "objections": queries.objections(request.actor).filter(task=task),
        "timeline": [_told(row) for row in timeline(task.case_id)],
    }
    return render(request, "officer/duties/task.html", context)


# act → whose it is, and the permission it needs
ACTS = {
    "accept": ("town", "duties.receive"),
    "object": ("town", "duties.object"),
    "finish": ("town", "duties.receive"),
    "withdraw": ("issuer", "duties.send"),
}
NAMES = {str(event): event.label for event in TASK_FLOW.events}


def _told(row: dict[str, object]) -> dict[str, object]:
    kind = str(row["kind"]).partition(".")[2]
    data = row["data"] if isinstance(row["data"], dict) else {}
    return {
        "label": NAMES.get(kind, "下发" if kind == "open" else "时限提醒"),
        "at": row["at"],
        "by": row["by_name"],
        "note": data.get("said", ""),
    }


@page("duties.receive", "duties.object", "duties.send")
@require_POST
@once
def act(request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
    """Accept, object, finish, or take back."""
    task = task_or_404(request, id)
    words = request.POST.get("words", "")
    version = request.POST.get("version", "")
    common: dict[str, Any] = {
        "by": request.actor,
        "at": request.now,
        "expected": int(version) if version.isdecimal() else None,
    }
    if event == "accept":
        actions.accept(task, **common)
        said = "已接办。"
    elif event == "object":
        actions.object_to(task, grounds=words, **common)
        said = "异议已提出，证据已附；裁定前本镇时钟暂停。"
    elif event == "finish":
        actions.finish(task, said=words, **common)
        said = "已办结。"
    elif event == "withdraw":
        actions.recall(task, said=words, **common)
        said = "已撤回，镇（街道）的时钟随之停止。"
    else:
        raise Refused("没有这个操作。")
    messages.success(request, said)
    return redirect("officer:duty_task", id)
