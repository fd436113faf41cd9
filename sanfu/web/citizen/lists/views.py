"""公开清单: what the county looks after, found by two characters, each with unit, promise and basis."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sanfu.lists import queries
from sanfu.lists.states import ListKind
from sanfu.web.access import public_page
from sanfu.web.components import cells
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.pieces.items import item_context
from sanfu.web.request import PublicRequest

KIND = ListKind.REQUESTS


def _lead(row: Any) -> Any:
    return cells.tag("看情形", "info") if row["conditional"] else row["lead_short"]


PUBLIC = Table(
    "public",
    title="公开清单",
    unit="项",
    columns=[
        Column("name", "诉求事项", link="citizen:list_item", link_args=("code",), wide=True),
        Column("l1", "分类"),
        Column("l2", "小类"),
        Column("lead", "谁来办", render=_lead, needs=("conditional", "lead_short"), export_as=lambda r: "看情形" if r["conditional"] else r["lead_short"]),
    ],
    filters=[
        Search(apply=queries.search, hint="想说的两个字：路灯、噪声、欠薪"),
        Choice("l1", "分类", lambda: [(name, name) for name in queries.class_names(settings.REGION)]),
    ],
    empty="清单里没有找到。换个说法试试，或直接点“我要诉求”，我们来判断该找谁。",
)  # fmt: skip


@public_page
def index(request: PublicRequest) -> HttpResponseBase:
    """公开清单: the list in force today."""
    version = queries.in_force(KIND, request.today, region=settings.REGION)
    if version is None:
        return render(request, "citizen/lists/none.html", {"title": PUBLIC.title})
    context = {"version": version, "lead": f"{version.effective_from:%Y-%m-%d}起施行 {version.doc_no}"}
    return PUBLIC.respond(request, queries.rows_of_version(version), "citizen/lists/index.html", context)


@public_page
def item(request: PublicRequest, code: str) -> HttpResponse:
    """One item for the public: who, on which condition, by when, and where else."""
    version = queries.in_force(KIND, request.today, region=settings.REGION)
    found = queries.item_of(version, code) if version else None
    if found is None:
        raise Http404("清单里没有这个事项，可能编码写错，或已调整。")
    context = {
        **item_context(request, found.item, settings.REGION),
        "title": found.item.name,
        "crumbs": [("公开清单", "citizen:list_index")],
        "version": found.version,
    }
    return render(request, "citizen/lists/item.html", context)
