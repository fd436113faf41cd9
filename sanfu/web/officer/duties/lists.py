"""Duty lists: import, row report, check, compare, consult, publish."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html_join

from sanfu.grassroots.duties import actions, queries
from sanfu.grassroots.duties.models import ListVersion
from sanfu.grassroots.duties.states import DutyChange
from sanfu.kernel.duties.items import ListType
from sanfu.lists.bases import register
from sanfu.lists.versions import VersionState
from sanfu.records.actor import Refused
from sanfu.records.moments import day_of
from sanfu.web.access import once, page, refuse
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.components.versions import VersionSteps
from sanfu.web.officer.duties.forms import ImportForm
from sanfu.web.request import Request


def _basis(row: Mapping[str, Any]) -> Any:
    """The bases as written, with 失效 or 存疑 beside those that the register knows to be so today."""
    today = day_of(timezone.now())
    read = [register().read(text, "待核" if "待核" in text else "已核", today) for text in row["basis"]]
    told = ((one.cited, one.says, cells.tag(one.standing, one.standing.tone)) for one in read)
    return format_html_join(" ", '<span title="{1}">{0} {2}</span>', told)


VERSIONS = Table(
    "duty-lists",
    title="履职清单",
    unit="版",
    default_sort="-created_at",
    columns=[
        Column("town__short", "镇（街道）", link="officer:duty_list", sort=True),
        Column("number", "版次", kind="number"),
        Column("state", "状态", tags=VersionState),
        Column("effective_from", "生效", kind="date", sort=True),
        Column("effective_to", "失效", kind="date"),
        Column("doc_no", "文号"),
        Column("editor_name", "编辑"),
        Column("approver_name", "审核"),
        Column("created_at", "导入时间", kind="datetime", sort=True),
        Column("mark", "标记"),
    ],
    filters=[Choice("state", "状态", VersionState.choices())],
    empty="还没有清单。点“导入清单”，选择公布版式的 Excel 或 Word。",
)
ITEMS = Table(
    "duty-items",
    title="履职事项",
    unit="项",
    columns=[
        Column("name", "事项名称", wide=True),
        Column("list", "清单", tags=ListType),
        Column("category", "类别"),
        Column("code", "编码"),
        Column("departments", "上级部门及职责", wide=True, render=lambda row: departments(row), export_as=lambda row: departments(row)),
        Column("duty", "镇配合职责 / 工作方式", wide=True, virtual=True, render=lambda row: row["town_duty"] or row["method"], export_as=lambda row: row["town_duty"] or row["method"]),
        Column("basis", "依据", render=_basis, export_as=lambda row: "；".join(row["basis"])),
    ],
    filters=[
        Choice("list", "清单", [("基本", "基本履职"), ("配合", "配合履职"), ("收回", "上级收回")]),
        Search(apply=lambda rows, words: [row for row in rows if words in str(row)]),
    ],
    tie="",
    empty="没有符合条件的事项。",
)  # fmt: skip


def departments(row: Mapping[str, Any]) -> str:
    return "；".join(f"{name}：{text}" if text else name for name, text in row["departments"])


def version_or_404(request: Request, version_id: uuid.UUID) -> ListVersion:
    found = queries.lists(request.actor).select_related("town", "source").filter(id=version_id).first()
    if found is None:
        raise Http404("没有这一版清单，或尚未对您公开。")
    return found


@page("duties.see", "lists.approve")
def version_list(request: Request) -> HttpResponseBase:
    """履职清单: every version the actor may see."""
    context = {"may_import": request.actor.may("duties.edit")}
    rows = queries.lists(request.actor).select_related("town")
    return VERSIONS.respond(request, rows, "officer/duties/lists.html", context)


@page("duties.edit")
@once
def import_list(request: Request) -> HttpResponseBase:
    """导入清单, with the row-by-row report on the next page."""
    form = ImportForm(request.POST or None, request.FILES or None, region=request.actor.region)
    context = {"title": "导入清单", "form": form, "crumbs": [("履职清单", "officer:duty_lists")]}
    if request.method == "POST":
        if not form.is_valid():
            return refuse(request, "officer/duties/form.html", context)
        upload = form.cleaned_data["file"]
        try:
            version = actions.import_list(
                town=form.cleaned_data["town"],
                name=upload.name,
                data=upload.read(),
                by=request.actor,
                at=request.now,
            )
        except Refused as problem:
            form.add_error("file", str(problem))
            return refuse(request, "officer/duties/form.html", context)
        messages.success(request, f"已导入 {len(version.items)} 项，请核对逐行报告和体检结果。")
        return redirect("officer:duty_list", version.id)
    return render(request, "officer/duties/form.html", context)


@page("duties.see", "lists.approve")
def version_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One version: items, what happened to each row, what the check found, and what differs from others."""
    version = version_or_404(request, id)
    others = (
        queries.lists(request.actor).select_related("town").exclude(id=id).order_by("town__code", "-number")
    )
    counts = {kind: sum(raw["list"] == kind for raw in version.items) for kind in ("基本", "配合", "收回")}
    refused = [note for note in version.notes if note["status"] in {"refused", "repaired"}]
    context = {
        "title": f"{version.town.short}履职清单 第{version.number}版",
        "crumbs": [("履职清单", "officer:duty_lists")],
        "version": version,
        "counts": counts,
        "notes": refused,
        "read": sum(note["status"] == "read" for note in version.notes),
        "others": others[:40],
        "panel": STEPS.panel(request, version),
    }
    return ITEMS.respond(request, version.items, "officer/duties/list.html", context)


STEPS = VersionSteps(find=version_or_404, page="officer:duty_list", act="officer:duty_list_act")


@page("duties.edit", "lists.approve")
@once
def act(request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
    """One step of a version: 征求意见, 送审, 审核, 退回, 公布, 停止执行, 作废."""
    return STEPS.respond(request, id, event)


COMPARED = Table(
    "duty-compare",
    title="清单对比",
    unit="处",
    columns=[
        Column("code", "编码"),
        Column("change", "变化", tags=DutyChange),
        Column("old", "原", wide=True),
        Column("new", "新", wide=True),
    ],
    filters=[Choice("change", "变化", DutyChange.choices())],
    tie="",
    empty="两版完全一致。",
)  # fmt: skip


@page("duties.see", "lists.approve")
def compare(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """Two versions or two towns side by side; `with` names the older."""
    new = version_or_404(request, id)
    try:
        old = version_or_404(request, uuid.UUID(request.GET.get("with", "")))
    except ValueError as problem:
        raise Http404("请选择要对比的版本。") from problem
    context = {
        "title": "清单对比",
        "crumbs": [("履职清单", "officer:duty_lists")],
        "lead": f"{old.town.short}第{old.number}版 → {new.town.short}第{new.number}版",
    }
    return COMPARED.respond(request, queries.compare(old, new), "officer/duties/compare.html", context)
