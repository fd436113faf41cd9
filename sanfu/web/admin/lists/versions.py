"""Versions of a list: the one in force, the drafts, what a draft changes, what its rules prove, and its moves."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from sanfu.kernel.conditions import Vocabulary
from sanfu.lists import actions, queries
from sanfu.lists.columns import HEADS, cells_of
from sanfu.lists.items import RequestItem
from sanfu.lists.models import ListVersion
from sanfu.lists.states import ListKind
from sanfu.lists.units import Units
from sanfu.lists.versions import VersionEvent, VersionState
from sanfu.people.queries import organisations
from sanfu.web.access import once, page
from sanfu.web.components import cells
from sanfu.web.components.chart import Chart
from sanfu.web.components.export import send
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.components.versions import DO, VersionSteps
from sanfu.web.request import Request

KIND = ListKind.REQUESTS
CRUMB = ("责任清单", "manage:list_index")


def _open(row: Mapping[str, Any]) -> Any:
    address = reverse("manage:list_version", args=[row["id"]])
    return format_html('<a href="{}">第 {} 版</a>', address, row["number"])


VERSIONS = Table(
    "versions",
    title="历次版本",
    unit="版",
    columns=[
        Column("number", "版本", render=_open, needs=("id",), sort=True),
        Column("title", "名称", wide=True),
        Column("state", "状态", tags=VersionState),
        Column("effective_from", "生效日", kind="date", sort=True),
        Column("effective_to", "失效日", kind="date"),
        Column("doc_no", "印发文号"),
        Column("editor_name", "编辑人"),
        Column("approver_name", "审核人"),
    ],
    filters=[Choice("state", "状态", VersionState.choices())],
    empty="还没有版本。点“导入清单”，从 Excel 或 CSV 开始。",
)


def _lead(row: Mapping[str, Any]) -> Any:
    return cells.tag("分情形", "info") if row["conditional"] else (row["lead_short"] or row["lead"])


def _units() -> list[tuple[str, str]]:
    return [(one["code"], one["short"]) for one in organisations(settings.REGION)]


class UnitChoice(Choice):
    """Items in which the unit leads or assists, whatever the condition."""

    def apply_to(self, rows: Any, params: Any) -> Any:
        value = params.get(self.key, "")
        return rows.filter(units__contains=[value]) if value else rows


ITEMS = Table(
    "items",
    title="清单事项",
    unit="项",
    columns=[
        Column("code", "编码", link="manage:list_item", link_args=("version_id", "code"), sort=True),
        Column("name", "诉求名称", wide=True, sort=True),
        Column("l1", "一级分类", sort=True),
        Column("l2", "二级分类"),
        Column("l3", "三级分类", hidden=True),
        Column("lead", "责任部门", render=_lead, needs=("conditional", "lead_short"), export_as=lambda r: "分情形" if r["conditional"] else r["lead_short"]),
        Column("payload__type", "类型"),
        Column("payload__urgency", "紧急程度"),
        Column("payload__close", "结案条件", hidden=True),
    ],
    filters=[
        Search(apply=queries.search, hint="两个字即可：路灯、噪声、欠薪"),
        Choice("l1", "一级分类", lambda: [(name, name) for name in queries.class_names(settings.REGION)]),
        UnitChoice("unit", "单位", _units),
        Choice("conditional", "分情形", [("True", "分情形"), ("False", "不分情形")]),
    ],
    empty="本版没有符合条件的事项，换个关键字试试。",
)  # fmt: skip


def find(request: Request, version_id: uuid.UUID) -> ListVersion:
    """The version, if the county has it."""
    version = queries.version_of(request.actor.region, version_id)
    if version is None:
        raise Http404("没有这个清单版本。")
    return version


def _submit(version: ListVersion, **given: Any) -> ListVersion:
    return actions.submit(version_id=version.id, **given)


E = VersionEvent
# A list has no comment round, and one list or another always holds: nobody ends it without a successor.
STEPS = VersionSteps(
    find=find, page="manage:list_version", act="manage:list_act",
    do={**{event: DO[event] for event in (E.APPROVE, E.SEND_BACK, E.PUBLISH, E.DISCARD)}, E.SUBMIT: _submit},
)  # fmt: skip


@page("lists.see")
def index(request: Request) -> HttpResponseBase:
    """责任清单: the version in force and all versions."""
    region = request.actor.region
    version = queries.in_force(KIND, request.today, region=region)
    classes = queries.classes_of(version) if version else []
    chart = None
    if version:
        address = reverse("manage:list_version", args=[version.id])
        names = [name for name, _ in classes]
        chart = Chart(
            "classes",
            "各类事项数",
            names,
            {"事项": [n for _, n in classes]},
            kind="rank",
            unit="项",
            links=[f"{address}?l1={name}" for name in names],
        )
    context = {
        "title": "责任清单",
        "version": version,
        "chart": chart,
        "items": sum(n for _, n in classes),
        "classes": len(classes),
        "conditional": len(queries.conditional_items(version)) if version else 0,
        "may_edit": request.actor.may("lists.edit"),
        "waiting": queries.versions(region, KIND).filter(state=VersionState.WAITING).count(),
    }
    return VERSIONS.respond(request, queries.versions(region, KIND), "admin/lists/index.html", context)


def frame(request: Request, version: ListVersion, tab: str) -> dict[str, Any]:
    """What all pages of one version share: head, steps, tabs, moves."""
    address = [version.id]
    return {
        "title": f"{version.title} 第 {version.number} 版",
        "version": version,
        "crumbs": [CRUMB],
        "panel": STEPS.panel(request, version),
        "facts": _facts(version),
        "may_edit": version.state == VersionState.DRAFT and request.actor.may("lists.edit"),
        "tab": tab,
        "tabs": [
            ("items", "事项", reverse("manage:list_version", args=address)),
            ("changes", "与前版差异", reverse("manage:list_changes", args=address)),
            ("proofs", "规则检查", reverse("manage:list_proofs", args=address)),
        ],
    }


def _facts(version: ListVersion) -> list[tuple[str, Any]]:
    return [
        ("编辑人", version.editor_name),
        ("审核人", version.approver_name),
        ("生效", version.effective_from),
        ("失效", version.effective_to),
        ("印发文号", version.doc_no),
        ("以此为底", f"第 {version.base.number} 版" if version.base else ""),
    ]


@page("lists.see")
def items(request: Request, version_id: uuid.UUID) -> HttpResponseBase:
    """One version: its items, searched by two characters, filtered by class and unit."""
    version = find(request, version_id)
    context = frame(request, version, "items")
    return ITEMS.respond(request, queries.rows_of_version(version), "admin/lists/version.html", context)


@page("lists.see")
def changes(request: Request, version_id: uuid.UUID) -> HttpResponse:
    """What a version changes against the one it was drafted from."""
    version = find(request, version_id)
    found = queries.difference(version.base, version)
    units = queries.units_of(version.region)
    changed = [
        (one.code, one.name, [(f.label, named(f.before, units), named(f.after, units)) for f in one.fields])
        for one in found.changed
    ]
    context = {**frame(request, version, "changes"), "difference": found, "changed": changed}
    return render(request, "admin/lists/changes.html", context)


def named(text: str, units: Units) -> str:
    """A field's text with unit codes written out."""
    for code in sorted(units.by_code, key=len, reverse=True):
        if code in text:
            text = text.replace(code, units.short(code))
    return text


@page("lists.see")
def proofs(request: Request, version_id: uuid.UUID) -> HttpResponse:
    """What the rules of a version prove: no overlap, no gap, nothing idle, item by item."""
    version = find(request, version_id)
    vocabulary = queries.vocabulary()
    rows = [_proof(item, vocabulary) for item in queries.conditional_items(version)]
    context = {**frame(request, version, "proofs"), "rows": rows, "bad": [r for r in rows if r["findings"]]}
    return render(request, "admin/lists/proofs.html", context)


def _proof(item: RequestItem, vocabulary: Vocabulary) -> dict[str, Any]:
    decision = item.decide({}, vocabulary)
    return {
        "code": item.code,
        "name": item.name,
        "rules": len(item.branches),
        "cases": item.table(vocabulary).size,
        "ask": decision.ask,
        "findings": [(finding.kind, finding.example()) for finding in item.check(vocabulary)],
    }


@page("lists.see")
def export(request: Request, version_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """The version as a file that can be imported again."""
    if kind not in {"xlsx", "csv"}:
        raise Http404("只能导出 xlsx 或 csv。")
    version = find(request, version_id)
    units = queries.units_of(version.region)
    rows = (list(cells_of(item, units).values()) for item in queries.items_of(version))
    return send(kind, f"{version.title}第{version.number}版", HEADS, rows)


@page("lists.edit")
@require_POST
@once
def copy(request: Request) -> HttpResponse:
    """A draft that begins as the version in force."""
    version = actions.copy_in_force(kind=KIND, by=request.actor, at=request.now)
    return redirect("manage:list_version", version.id)


@page("lists.edit", "lists.approve")
@once
def act(request: Request, version_id: uuid.UUID, event: str) -> HttpResponseBase:
    """One move of a version: submit, approve, send back, publish, discard."""
    return STEPS.respond(request, version_id, event)
