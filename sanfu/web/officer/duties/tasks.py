"""A town's inbox: tasks with their verdict, accept or object in one click, finish."""

from typing import Any

from django import forms

from sanfu.grassroots.duties import actions, queries, versions
from sanfu.grassroots.duties.models import Task
from sanfu.grassroots.duties.states import TASK_FLOW, TaskEvent, TaskState
from sanfu.kernel.clocks import Light
from sanfu.kernel.duties.judging.verdicts import Verdict
from sanfu.records.actor import Actor
from sanfu.web.components import cells
from sanfu.web.components.cases import due_column, left_choice, light_choice, light_column, state_choice
from sanfu.web.components.desk import Act, CaseDesk, Wait
from sanfu.web.components.fields import Area
from sanfu.web.components.table import Choice, Column, Dates, Search, Table
from sanfu.web.officer.duties import show
from sanfu.web.request import Request

S, E = TaskState, TaskEvent

TASKS = Table(
    "duty-tasks",
    title="履职任务",
    unit="件",
    default_sort="due_at",
    then="-opened_at",
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
        left_choice(),
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


class GroundsForm(forms.Form):
    grounds = Area(label="理由（可不填，比对证据会自动附上）", required=False, max_length=1000)


class FinishForm(forms.Form):
    said = Area(label="办理结果", min_length=4, max_length=1000)


class WithdrawForm(forms.Form):
    said = Area(label="撤回原因", min_length=4, max_length=1000, help_text="镇（街道）会看到原因")


def _side_acts(task: Task, actor: Actor, event: TaskEvent) -> bool:
    """The town acts on what it was sent; the issuer takes back what it sent."""
    side = task.document.issuer_id if event is E.WITHDRAW else task.town_id
    return side in actor.units


def _facts(task: Task) -> list[tuple[str, Any]]:
    return [
        ("发文部门", task.document.issuer.short),
        ("镇（街道）", task.town.short),
        ("比对结论", cells.status(Verdict(task.verdict))),
        ("按哪一版清单", f"{task.version}（下发当日）" if task.version else "没有清单"),
        ("坚持下发的理由", task.document.insisted),
    ]


def _more(request: Request, task: Task) -> dict[str, Any]:
    items = {item.code: item for item in versions.list_of(task.version)} if task.version else {}
    return {
        "task": task,
        "demands": show.demands(task.judged, items),
        "objections": queries.objections(request.actor).filter(task=task),
    }


DESK = CaseDesk(
    name="duty_task",
    title="履职任务",
    flow=TASK_FLOW,
    table=TASKS,
    see=("duties.see",),
    cases=queries.tasks,
    find=queries.task,
    who=_side_acts,
    facts=_facts,
    bulk=(E.ACCEPT,),
    acts={
        E.ACCEPT: Act(None, actions.accept, tone="primary"),
        E.OBJECT: Act(
            GroundsForm, actions.object_to, "比对证据会自动附上；裁定前本镇时钟暂停。", "danger", "一键异议"
        ),
        E.FINISH: Act(FinishForm, actions.finish, tone="primary"),
        E.WITHDRAW: Act(WithdrawForm, actions.recall, "撤回后时钟停止，记录保留。", "danger"),
    },
    waiting=(
        Wait(S.ISSUED, "duties.receive", "待签收的履职任务"),
        Wait(S.HANDLING, "duties.receive", "办理中的履职任务", "info", "clipboard-pen"),
        Wait(Light.RED, "duties.receive", "超期的履职任务", "danger", "clock-alert"),
    ),
    labels={"open": "下发"},
    more=_more,
    template="officer/duties/task.html",
)
todos = DESK.todos
