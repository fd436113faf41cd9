"""Public pages of the scenes: the list, and the guide of one with the questions answered in the address."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.library import axis_for
from sanfu.kernel.joint.catalogue.catalog import Bundle
from sanfu.kernel.joint.catalogue.problems import CatalogError
from sanfu.kernel.joint.compiling.guide import Order, compile_bundle, guide
from sanfu.kernel.marks import Mark
from sanfu.web.access import public_page
from sanfu.web.errors import BadRequest
from sanfu.web.pieces.guides import choices, guide_context
from sanfu.web.request import PublicRequest


@public_page
@require_GET
def scene_list(request: PublicRequest) -> HttpResponse:
    """一件事清单, by who it is for."""
    catalog = queries.public_catalog(settings.REGION)
    words = request.GET.get("q", "").strip()
    bundles = [b for b in catalog.bundles.values() if words in b.name]
    context = {
        "title": "高效办成一件事",
        "lead": "多件事一次告知、一表申请、一窗受理、并联办理",
        "words": words,
        "groups": [
            ("企业和项目", [_card(b) for b in bundles if b.extra.get("for") != "citizen"]),
            ("个人和家庭", [_card(b) for b in bundles if b.extra.get("for") == "citizen"]),
        ],
        "count": len(bundles),
    }
    return render(request, "citizen/scenes/list.html", context)


def _card(bundle: Bundle) -> dict[str, Any]:
    mark = str(bundle.extra.get("mark", "待核"))
    return {
        "id": bundle.id, "name": bundle.name, "items": len(bundle.items), "stage": bundle.extra.get("stage", ""),
        "level": bundle.extra.get("level", ""), "mark": mark, "tone": Mark.tone_of(mark),
    }  # fmt: skip


@public_page
@require_GET
def scene_guide(request: PublicRequest, bundle: str) -> HttpResponse:
    """办事指南 of one scene for the answers in the address; nothing is kept."""
    catalog = queries.public_catalog(settings.REGION)
    found = catalog.bundles.get(bundle)
    if found is None:
        raise Http404("没有这件事；请从“一件事”清单里选。")
    answers = {q.id: request.GET[q.id] for q in found.questions if request.GET.get(q.id)}
    try:
        written = guide(
            compile_bundle(catalog, Order(bundle, request.today, answers), axis_for(request.today))
        )
    except CatalogError as error:
        raise BadRequest(";".join(p.message for p in error.problems)) from error
    context = {
        "title": found.name,
        "crumbs": [("一件事", "citizen:scene_list")],
        "bundle": found,
        "questions": choices(found, answers),
        "may_apply": found.extra.get("for") != "citizen",
        **guide_context(written),
    }
    return render(request, "citizen/scenes/guide.html", context)
