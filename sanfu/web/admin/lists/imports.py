"""Bringing a file in: upload, the row-by-row report, and the original as it came."""

import uuid
from typing import Any
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from sanfu.lists import actions, queries
from sanfu.lists.columns import HEADS, NAMES
from sanfu.lists.models import ListImport
from sanfu.lists.rules import LABELS, Level
from sanfu.records import files
from sanfu.records.actor import Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.admin.lists.versions import CRUMB, KIND
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request

ACCEPT = ".xlsx,.xls,.csv,.yaml,.yml"
NEEDED = [NAMES[column][0] for column in ("l1", "name", "lead")]


def _outcome(row: Any) -> Any:
    if row["version__number"]:
        return cells.tag(f"已成第 {row['version__number']} 版", "ok")
    return cells.tag("未导入", "danger")


IMPORTS = Table(
    "imports",
    title="导入记录",
    unit="次",
    columns=[
        Column("file__name", "文件", link="manage:list_import", wide=True),
        Column("at", "时间", kind="datetime", sort=True),
        Column("by__name", "导入人"),
        Column("rows", "行数", kind="number"),
        Column("items", "合格事项", kind="number"),
        Column("errors", "错误", kind="number", sort=True),
        Column("warnings", "提醒", kind="number"),
        Column("version__number", "结果", render=_outcome),
    ],
    empty="还没有导入过文件。原件和报告都会留在这里。",
)

PROBLEMS = Table(
    "problems",
    title="导入报告",
    unit="处",
    columns=[
        Column("sheet", "工作表"),
        Column("line", "行", kind="number", sort=True),
        Column("level", "级别", tags=Level),
        Column("code", "编码"),
        Column("column", "栏目"),
        Column("what", "哪里不对", wide=True),
        Column("example", "最小反例"),
        Column("todo", "怎么办", wide=True),
    ],
    filters=[
        Search(fields=("what", "code", "todo"), hint="编码、单位、内容"),
        Choice("level", "级别", Level.choices()),
    ],
    empty="没有问题。",
    tie="",
)


class UploadForm(forms.Form):
    """A list file, and what the version will be called."""

    file = forms.FileField(
        label="清单文件",
        widget=forms.FileInput(),
        error_messages={"required": "请选择 Excel、CSV 或 YAML 文件。"},
    )
    title = forms.CharField(
        label="版本名称",
        max_length=80,
        required=False,
        initial=KIND.label,
        help_text="会写在每一版的标题上。",
    )


@page("lists.see")
def history(request: Request) -> HttpResponseBase:
    """导入记录: every file that was brought in, usable or not."""
    rows = queries.imports(request.actor.region, KIND)
    return IMPORTS.respond(request, rows, "admin/lists/imports.html", {"crumbs": [CRUMB]})


@page("lists.edit")
@once
def upload(request: Request) -> HttpResponse:
    """导入清单: one file; a draft when nothing is wrong, a report in any case."""
    form = UploadForm(request.POST or None, request.FILES or None)
    context = {
        "title": "导入清单",
        "crumbs": [CRUMB],
        "form": form,
        "accept": ACCEPT,
        "columns": HEADS,
        "needed": NEEDED,
    }
    if request.method != "POST":
        return render(request, "admin/lists/upload.html", context)
    if not form.is_valid():
        return refuse(request, "admin/lists/upload.html", context)
    given = form.cleaned_data["file"]
    try:
        row = actions.import_file(
            name=given.name,
            content=given.read(),
            title=form.cleaned_data["title"],
            by=request.actor,
            at=request.now,
        )
    except Refused as refused:
        form.add_error("file", str(refused))
        return refuse(request, "admin/lists/upload.html", context)
    return redirect("manage:list_import", row.id)


def _import(request: Request, import_id: uuid.UUID) -> ListImport:
    row = queries.import_of(request.actor.region, import_id)
    if row is None:
        raise Http404("没有这次导入。")
    return row


@page("lists.see")
def report(request: Request, import_id: uuid.UUID) -> HttpResponseBase:
    """导入报告: row by row what is wrong and what to do."""
    row = _import(request, import_id)
    problems = [
        {
            **one,
            "sheet": one["place"].get("sheet", ""),
            "line": one["place"]["line"],
            "column": LABELS.get(one["column"], one["column"]),
        }
        for one in row.report["problems"]
    ]
    context = {
        "title": f"导入报告：{row.file.name}",
        "crumbs": [CRUMB, ("导入记录", "manage:list_imports")],
        "row": row,
        "shown": len(problems),
        "changes": reverse("manage:list_changes", args=[row.version_id]) if row.version_id else "",
    }
    return PROBLEMS.respond(request, problems, "admin/lists/report.html", context)


@page("lists.see")
def original(request: Request, import_id: uuid.UUID) -> HttpResponse:
    """The file as it came."""
    row = _import(request, import_id)
    response = HttpResponse(files.read(row.file), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.file.name)}"
    return response
