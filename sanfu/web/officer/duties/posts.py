"""岗位: grid, gaps, levelling before and after, Word, and a person against a post."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.grassroots.duties import queries as duty_queries
from sanfu.grassroots.duties import versions as duty_versions
from sanfu.grassroots.posts import actions, queries
from sanfu.grassroots.posts.models import PostVersion
from sanfu.grassroots.posts.states import POSTS, Made
from sanfu.grassroots.posts.tables import table_of
from sanfu.kernel.duties.posts.description import describe
from sanfu.kernel.duties.posts.model import PostTable
from sanfu.lists.versions import VersionState
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components.chart import Chart
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.components.versions import VersionSteps, version_lines
from sanfu.web.request import Request
from sanfu.web.todos import Todo

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TABLES = Table(
    "post-tables",
    title="岗位全量表",
    unit="版",
    default_sort="-created_at",
    columns=[
        Column("town__short", "镇（街道）", link="officer:post_table", sort=True),
        Column("number", "版次", kind="number"),
        Column("made", "来源", tags=Made),
        Column("state", "状态", tags=VersionState),
        Column("effective_from", "生效", kind="date", sort=True),
        Column("editor_name", "经办"),
        Column("created_at", "时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "状态", VersionState.choices()), Choice("made", "来源", Made.choices())],
    empty="还没有岗位全量表。先公布该镇履职清单，再点“由清单生成”。",
)
GRID = Table(
    "post-grid",
    title="岗位全量表",
    unit="岗",
    columns=[
        Column("name", "岗位"),
        Column("code", "编码"),
        Column("unit", "所属机构"),
        Column("nature", "编制性质"),
        Column("seats", "职数", kind="number"),
        Column("certificates", "资格"),
        Column("lead", "主办", kind="number", sort=True),
        Column("backup", "备岗", kind="number", sort=True),
        Column("load", "负荷%", kind="number", sort=True),
        Column("items", "主办事项", wide=True, hidden=True),
    ],
    tie="",
    per_page=50,
    empty="没有岗位。",
)


@page("posts.see", "lists.approve")
def table_list(request: Request) -> HttpResponseBase:
    """岗位全量表: versions of the own town, or all."""
    context = {"towns": duty_queries.units(request.actor.region) if request.actor.may("posts.edit") else ()}
    return TABLES.respond(
        request, queries.versions(request.actor), "officer/duties/post_tables.html", context
    )


def table_or_404(request: Request, version_id: uuid.UUID) -> PostVersion:
    found = queries.version(request.actor, version_id)
    if found is None:
        raise Http404("没有这一版岗位表，或不属于本镇。")
    return found


@page("posts.see", "lists.approve")
def table_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One version: grid, gaps, load of each post, and what a levelling moved."""
    row = table_or_404(request, id)
    table = table_of(row.table)
    grid = queries.grid(table)
    names = {post.code: post.name for post in table.posts}
    tasks = {task.code: task.name for task in table.tasks}
    context = {
        "title": f"{row.town.short}岗位全量表 第{row.number}版",
        "crumbs": [("岗位全量表", "officer:post_tables")],
        "row": row, "panel": STEPS.panel(request, row), "may_match": request.actor.may("posts.see"), "made": Made(row.made).tag, "gaps": queries.faults(row), "posts": table.posts,
        "items": len(table.tasks), "before": _spread(row.before), "after": _spread(row.after),
        "moved": [(tasks.get(item, item), role, names.get(old, "—"), names.get(new, new)) for item, role, old, new in row.moved],
        "chart": Chart("load", "各岗位年度负荷", [one["name"] for one in grid], {"负荷": [one["load"] for one in grid]}, kind="bar", unit="%"),
        "may_edit": request.actor.may("posts.edit"),
    }  # fmt: skip
    return GRID.respond(request, grid, "officer/duties/post_table.html", context)


STEPS = VersionSteps(find=table_or_404, page="officer:post_table", act="officer:post_table_act")


@page("posts.edit", "lists.approve")
@once
def act(request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
    """One step of a version: 送审, 审核, 退回, 公布, 停止执行, 作废."""
    return STEPS.respond(request, id, event)


def todos(actor: Actor, now: datetime) -> list[Todo]:
    """Tables of posts for the second person to approve and publish; drafts for those who edit them."""
    return version_lines(
        actor,
        queries.versions(actor),
        POSTS,
        lists="officer:post_tables",
        page="officer:post_table",
        icon="users",
    )


def _spread(spread: dict[str, float]) -> list[tuple[str, str]]:
    if not spread:
        return []
    return [
        ("最高负荷", f"{spread['most']:.1%}"),
        ("最低负荷", f"{spread['least']:.1%}"),
        ("离散系数", f"{spread['variation']:.3f}"),
    ]


@page("posts.edit")
@require_POST
@once
def derive(request: Request) -> HttpResponseBase:
    """由清单生成 a table from the list in force today."""
    town = duty_queries.unit(request.actor.region, request.POST.get("town", ""))
    version = duty_versions.in_force(request.actor.region, town.id, request.today) if town else None
    if town is None or version is None:
        raise Refused("该镇还没有生效的履职清单；请先导入并公布清单，再生成岗位表。")
    row = actions.derive(
        town=town,
        duty_list=duty_versions.list_of(version),
        list_version=version.id,
        by=request.actor,
        at=request.now,
    )
    messages.success(request, "已由清单生成岗位全量表草稿，核对后请送审。")
    return redirect("officer:post_table", row.id)


@page("posts.edit")
@require_POST
@once
def level(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """均衡负荷, as a new version."""
    row = actions.level(table_or_404(request, id), by=request.actor, at=request.now)
    messages.success(request, f"已均衡负荷，调整 {len(row.moved)} 处；另存为新的草稿，原版本保留。")
    return redirect("officer:post_table", row.id)


@page("posts.see")
def word(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """岗位说明书 as Word: all posts, or `post=G-01`."""
    row = table_or_404(request, id)
    table = table_of(row.table)
    code = request.GET.get("post")
    response = HttpResponse(describe(table, [code] if code and table.post(code) else None), content_type=WORD)
    response["Content-Disposition"] = (
        "attachment; filename*=UTF-8''" + "%E5%B2%97%E4%BD%8D%E8%AF%B4%E6%98%8E%E4%B9%A6.docx"
    )
    return response


@page("posts.see")
def match(request: Request, id: uuid.UUID, post: str) -> HttpResponseBase:
    """人岗相宜: each requirement beside what is known; looking is logged."""
    row = table_or_404(request, id)
    table = table_of(row.table)
    found = table.post(post)
    if found is None:
        raise Http404("没有这个岗位。")
    people = queries.match(table, post)
    for code, *_ in people:
        actions.look(row, post=post, person=code, by=request.actor, at=request.now)
    context = {
        "title": f"{found.name} · 人岗比对", "crumbs": [("岗位全量表", "officer:post_tables")], "row": row,
        "people": people, "looks": _named_looks(queries.looks(row), table),
    }  # fmt: skip
    return render(request, "officer/duties/match.html", context)


def _named_looks(looks: list[dict[str, Any]], table: PostTable) -> list[dict[str, Any]]:
    """Who looked at whom, with names instead of codes."""
    people, posts = {one.code: one.name for one in table.people}, {one.code: one.name for one in table.posts}
    return [
        look
        | {
            "person": people.get(look["person"], look["person"]),
            "post": posts.get(look["post"], look["post"]),
        }
        for look in looks
    ]
