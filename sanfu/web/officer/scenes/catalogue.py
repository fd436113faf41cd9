"""事项目录: items with their bases, red where the law lapsed; import, change, publish; compile and play."""

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import catalogue
from sanfu.grassroots.scenes.library import axis_for
from sanfu.grassroots.scenes.models import CatalogueVersion
from sanfu.kernel.joint.catalogue import basis
from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.describe import describe_term
from sanfu.kernel.joint.compiling.guide import Compiled, Order, compile_bundle, guide
from sanfu.kernel.joint.compiling.whatif import whatif
from sanfu.kernel.joint.export.bpmn import to_bpmn
from sanfu.kernel.joint.export.calendar import to_ics
from sanfu.kernel.joint.export.cpsv import to_cpsv
from sanfu.kernel.joint.export.log import planned_log, to_ocel, to_xes
from sanfu.kernel.joint.proving.verify import verify
from sanfu.kernel.marks import Mark
from sanfu.records.actor import Refused, machine
from sanfu.web.access import once, page
from sanfu.web.errors import BadRequest
from sanfu.web.officer.scenes.downloads import as_file, as_table
from sanfu.web.pieces.guides import choices, guide_context
from sanfu.web.request import Request

SAMPLES = 1000
EXPORTED = {"id": "编码", "name": "事项", "kind": "类型", "dept": "部门", "statutory": "法定时限", "basis": "依据",
            "promised": "承诺", "mark": "核定"}  # fmt: skip


class ImportForm(forms.Form):
    file = forms.FileField(
        label="目录文件", help_text="YAML,与办事指南导入格式相同；有错会逐条指出，不会导入一半"
    )
    note = forms.CharField(label="说明", max_length=200, required=False)


def current(request: Request) -> tuple[CatalogueVersion, Catalog]:
    """The published catalogue; the shipped one is published at the first look."""
    version = queries.current_version(request.actor.region)
    if version is None:
        version = catalogue.import_shipped(by=machine(request.actor.region), at=request.now)
    return version, queries.catalog_of(version)


@page("scenes.see")
@require_GET
def item_list(request: Request) -> HttpResponseBase:
    """事项目录 with its bundles and versions."""
    version, catalog = current(request)
    words, show = request.GET.get("q", "").strip(), request.GET.get("show", "")
    red = basis.red_items(catalog, request.today)
    red_bundles = basis.red_bundles(catalog, request.today)
    rows = []
    for item in catalog.items.values():
        mark = basis.confidence(catalog, item)
        if (words and words not in f"{item.id}{item.name}") or (show == "red" and item.id not in red):
            continue
        if Mark.of(show) and mark != show:
            continue
        rows.append(
            {
                "id": item.id, "name": item.name, "kind": item.kind, "dept": catalog.departments.get(item.dept, item.dept),
                "statutory": describe_term(item.statutory)["shown"], "basis": basis.readable(catalog, item.statutory.source),
                "promised": describe_term(item.promised)["shown"], "mark": mark, "tone": Mark.tone_of(mark),
                "red": [basis.sentence(item.name, r) for r in red.get(item.id, [])],
            }
        )  # fmt: skip
    lines = ([r[k] for k in EXPORTED] + [";".join(r["red"])] for r in rows)
    sent = as_table(request, "事项目录", [*EXPORTED.values(), "依据失效"], lines)
    if sent is not None:
        return sent
    context = {
        "title": "事项目录", "lead": f"第 {version.number} 版，{len(catalog.items)} 个事项", "rows": rows,
        "words": words, "show": show, "marks": [str(one) for one in Mark if one is not Mark.DEMO], "version": version,
        "versions": _versions(request, catalog), "form": ImportForm(),
        "bundles": [{"b": b, "faults": red_bundles.get(b.id, [])} for b in catalog.bundles.values()],
        "red_count": len(red), "me": request.actor.id,
        "may_edit": request.actor.may("scenes.edit"), "may_approve": request.actor.may("scenes.approve"),
    }  # fmt: skip
    return render(request, "officer/scenes/catalogue.html", context)


def _versions(request: Request, catalog: Catalog) -> list[CatalogueVersion]:
    """The newest versions; their changes name the items instead of their codes."""
    rows = list(queries.versions(request.actor.region)[:8])
    for row in rows:
        for change in row.changes:
            if change["item"] in catalog.items:
                change["item_name"] = catalog.items[change["item"]].name
    return rows


@page("scenes.edit")
@require_POST
@once
def import_file(request: Request) -> HttpResponse:
    """Import a catalogue file as a draft version."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Refused("没有选择目录文件。")
    try:
        text = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("目录文件不是 UTF-8 文本，请另存为 UTF-8 后再传。") from None
    version = catalogue.import_text(text, note=request.POST.get("note", ""), by=request.actor, at=request.now)
    messages.success(request, f"已导入为第 {version.number} 版草稿，发布后才生效。")
    return redirect("officer:catalogue")


@page("scenes.approve")
@require_POST
@once
def publish(request: Request, id: uuid.UUID) -> HttpResponse:
    """Publish a draft version that somebody else wrote."""
    version = queries.version_of(request.actor.region, id)
    if version is None:
        raise Http404("没有这个版本。")
    catalogue.publish(version, by=request.actor, at=request.now)
    messages.success(request, f"第 {version.number} 版已发布；正在办理的申请仍按原版本，不会自动改变。")
    return redirect("officer:catalogue")


def compiled_of(request: Request, bundle: str) -> Compiled:
    """Compile with the situation in the address."""
    _, catalog = current(request)
    found = catalog.bundles.get(bundle)
    if found is None:
        raise Http404("目录里没有这件事。")
    answers = {q.id: request.GET[q.id] for q in found.questions if request.GET.get(q.id)}
    order = Order(
        bundle, request.today, answers, share=request.GET.get("share", "on") == "on",
        prereview=tuple(c for c in request.GET.getlist("pre") if c), waive=tuple(c for c in request.GET.getlist("waive") if c),
    )  # fmt: skip
    try:
        return compile_bundle(catalog, order, axis_for(request.today))
    except CatalogError as error:
        raise BadRequest(";".join(p.message for p in error.problems)) from error


@page("scenes.see")
@require_GET
def compile_page(request: Request, bundle: str) -> HttpResponse:
    """编译: the joint guide of a bundle, its proof, what-if and exports."""
    compiled = compiled_of(request, bundle)
    written = guide(compiled)
    objections = verify(written, compiled.catalog.raw)
    found = compiled.bundle
    given = {q.id: request.GET.get(q.id, "") for q in found.questions}
    playing = whatif(compiled, SAMPLES, 7) if written["schedule"] else None
    names = {i["id"]: i["name"] for i in written["items"]}
    context = {
        "title": f"编译：{found.name}", "crumbs": [("事项目录", "officer:catalogue")], "bundle": found,
        "questions": choices(found, given), "share": request.GET.get("share", "on"), "objections": objections,
        "prereviewable": [(c, names[c], c in compiled.order.prereview) for c in found.prereview if c in names],
        "waivable": [(c, names[c], c in compiled.order.waive) for c in _soft(compiled)],
        "play": _named(playing, names), "query": request.GET.urlencode(),
        "pending": written["items_pending"], "alternatives": written["materials"]["alternatives"],
        "expected": round(compiled.asked.expected(compiled.situation.answers), 2), "open": written["questions"],
        "milestone": written["milestone"],
        "gates": [(g["day"], names.get(g["item"], g["item"])) for g in (written["milestone"] or {}).get("gates", [])],
        **guide_context(written),
    }  # fmt: skip
    return render(request, "officer/scenes/compile.html", context)


def _soft(compiled: Compiled) -> list[str]:
    """Items whose soft waits could be lifted, whether or not they are lifted now."""
    unlifted = compile_bundle(compiled.catalog, replace(compiled.order, waive=()), compiled.axis)
    return [i.id for n, i in enumerate(unlifted.network.items) if unlifted.network.soft[n]]


def _named(playing: dict[str, Any] | None, names: dict[str, str]) -> dict[str, Any] | None:
    """What-if with names instead of codes."""
    if playing is None:
        return None
    for key in ("waivers", "prereviews"):
        for row in playing[key]["best"]:
            row["names"] = [names[c] for c in row["chosen"]]
        playing[key]["pay_names"] = [names[c] for c in playing[key]["pays"]]
    return playing


@page("scenes.see")
@require_GET
def export(request: Request, bundle: str, form: str) -> HttpResponse:
    """The compiled guide as BPMN, iCalendar, OCEL or XES; the catalogue as CPSV-AP."""
    if form == "cpsv":
        return as_file(to_cpsv(current(request)[1]), "catalogue.jsonld", "application/ld+json")
    written = guide(compiled_of(request, bundle))
    if form == "bpmn":
        return as_file(to_bpmn(written), f"{bundle}.bpmn", "application/xml")
    if form == "ics":
        return as_file(to_ics(written), f"{bundle}.ics", "text/calendar")
    if form == "xes":
        return as_file(to_xes([planned_log(written)]), f"{bundle}.xes", "application/xml")
    if form == "ocel":
        return as_file(to_ocel(planned_log(written)), f"{bundle}.ocel.json", "application/json")
    return as_file(written, f"{bundle}.guide.json", "application/json")
