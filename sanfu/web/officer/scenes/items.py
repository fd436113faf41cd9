"""One item of the catalogue: every part of it, checked while it is written; new items, and items no longer done."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import catalogue
from sanfu.grassroots.scenes.models import CatalogueVersion
from sanfu.kernel.joint.catalogue import basis
from sanfu.kernel.joint.catalogue.catalog import Catalog
from sanfu.kernel.joint.catalogue.load import load
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.officer.scenes.catalogue import current
from sanfu.web.officer.scenes.item_form import CODE, context_of, row_of
from sanfu.web.request import Request

NEW = "new"


def _base(request: Request) -> CatalogueVersion:
    return queries.newest_version(request.actor.region) or current(request)[0]


def _old(base: CatalogueVersion, item: str) -> dict[str, Any]:
    """The row as it is; an empty one for a new item."""
    if item == NEW:
        return {}
    found = next((row for row in base.raw["items"] if str(row["id"]) == item), None)
    if found is None:
        raise Http404("目录里没有这个事项。")
    return dict(found)


def _code(request: Request, item: str, catalog: Catalog) -> str:
    if item != NEW:
        return item
    code = request.POST.get("id", "").strip()
    if not CODE.fullmatch(code):
        raise Refused("事项编码要以字母开头，只用字母、数字、点和下划线，如 x.signboard。")
    if code in catalog.items:
        raise Refused(f"编码 {code} 已经是“{catalog.items[code].name}”，请换一个。")
    return code


@page("scenes.edit")
@once
def item(request: Request, item: str) -> HttpResponse:
    """Change an item or write a new one; saved as a draft that a second person publishes."""
    base = _base(request)
    catalog, old, refused = queries.catalog_of(base), _old(base, item), ""
    row: Mapping[str, Any] = old
    if request.method == "POST":
        try:
            row = row_of(request.POST, old, _code(request, item, catalog))
            if not request.POST.get("note", "").strip():
                raise Refused("请写改动说明：为什么改，会写进版本记录。")
            made = catalogue.save_item(
                base,
                row,
                request.POST.getlist("bundle"),
                note=request.POST["note"],
                by=request.actor,
                at=request.now,
            )
        except Refused as no:
            refused = str(no)
        else:
            messages.success(request, f"已存为第 {made.number} 版草稿，由“清单审核”岗位复核发布后生效。")
            return redirect("officer:catalogue")
    chosen = request.POST.getlist("bundle") if request.method == "POST" else None
    context = {
        "title": old.get("n", "新增事项"), "lead": f"在第 {base.number} 版上{'修改' if old else '新增'}", "item": item,
        "crumbs": [("事项目录", "officer:catalogue")], "refused": refused, "new": item == NEW,
        "note": request.POST.get("note", ""), **context_of(row, catalog), **_check(request, base, row),
        "bundles": [(b.id, b.name, b.id in chosen if chosen is not None else item in b.items)
                    for b in catalog.bundles.values()],
    }  # fmt: skip
    return render(request, "officer/scenes/item.html", context, status=422 if refused else 200)


@page("scenes.edit")
@require_POST
def check(request: Request, item: str) -> HttpResponse:
    """The live check: what would be wrong with the catalogue if this were saved. Nothing is written."""
    base = _base(request)
    try:
        row = row_of(request.POST, _old(base, item), _code(request, item, queries.catalog_of(base)))
    except Refused as no:
        return render(request, "officer/scenes/item_check.html", {"problems": [str(no)]})
    return render(request, "officer/scenes/item_check.html", _check(request, base, row))


def _check(request: Request, base: CatalogueVersion, row: Mapping[str, Any]) -> dict[str, Any]:
    """Problems with their path, lapsed bases, and how many bundles still compile."""
    if not row.get("id"):
        return {"problems": [], "red": [], "checked": False}
    known = queries.catalog_of(base).bundles
    bundles = (
        request.POST.getlist("bundle")
        if request.method == "POST"
        else [b for b in known if row["id"] in known[b].items]
    )
    raw, changes = catalogue.with_item(base.raw, row, bundles)
    try:
        made = load(raw)
    except CatalogError as error:
        return {
            "problems": [p.message if p.path else str(p) for p in error.problems],
            "red": [],
            "checked": True,
        }
    red = basis.red_items(made, request.today).get(str(row["id"]), [])
    return {
        "problems": [], "checked": True, "changes": changes,
        "red": [basis.sentence(str(row.get("n", "")), one) for one in red],
        "warnings": [w for w in made.warnings if str(w).startswith(f"{row['id']} ")],
    }  # fmt: skip


@page("scenes.edit")
@require_POST
@once
def retire(request: Request, item: str) -> HttpResponse:
    """Take an item out of the catalogue, as a draft; refused while other items need what it produces."""
    base = _base(request)
    if not _old(base, item):
        raise Http404("目录里没有这个事项。")
    note = request.POST.get("note", "").strip()
    if not note:
        raise Refused("请写停用的理由，会写进版本记录。")
    made = catalogue.retire_item(base, item, note=note, by=request.actor, at=request.now)
    messages.success(
        request, f"已存为第 {made.number} 版草稿：停用后不再列入任何一件事，已在办的申请不受影响。"
    )
    return redirect("officer:catalogue")
