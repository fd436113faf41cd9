"""未送达的事件: what a room should have heard and did not, because its handler failed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sanfu.records import actions, queries
from sanfu.records.actor import Refused
from sanfu.records.saying import said_of_kept
from sanfu.records.wires import kinds_heard
from sanfu.web.access import once, page
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.request import Request


def _goes_on(row: Any) -> str:
    return "停止自动重试" if row["attempts"] >= actions.DELIVER_AT_MOST else "每分钟自动再试"


EVENTS = Table(
    "events",
    title="未送达的事件",
    unit="条",
    default_sort="event__at",
    columns=[
        Column("kind", "事件", sort=True),
        Column("event__at", "发生时间", kind="datetime", sort=True),
        Column("event__by_name", "谁做的"),
        Column("attempts", "失败次数", kind="number", sort=True),
        Column(
            "error",
            "出了什么错",
            wide=True,
            render=lambda r: said_of_kept(r["error"]),
            export_as=lambda r: said_of_kept(r["error"]),
        ),
        Column(
            "state",
            "接下来",
            virtual=True,
            needs=("attempts",),
            render=lambda r: cells.tag(
                _goes_on(r), "danger" if r["attempts"] >= actions.DELIVER_AT_MOST else "warn"
            ),
            export_as=_goes_on,
        ),
        Column("event_id", "事件编号", hidden=True),
    ],
    filters=[Choice("kind", "事件", lambda: [(kind, kind) for kind in kinds_heard()])],
    empty="没有未送达的事件：每一条都已交到该听到它的模块。",
)


@page("system.manage")
def index(request: Request) -> HttpResponseBase:
    """未送达的事件: what failed, how often, and whether the platform still tries."""
    rows = queries.undelivered(request.actor.region)
    context = {"crumbs": [("后台任务", "manage:jobs")], "waiting": rows.exists()}
    return EVENTS.respond(request, rows, "admin/jobs/events.html", context)


@page("system.manage")
@require_POST
@once
def again(request: Request) -> HttpResponse:
    """全部重新投递: at the next delivery, within a minute."""
    try:
        count = actions.deliver_again(by=request.actor, at=request.now)
    except Refused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, f"{count} 条事件会在一分钟内重新投递；仍然失败的会再列在这里。")
    return redirect("manage:undelivered")
