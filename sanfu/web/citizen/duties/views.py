"""公开清单: every town's duty list in force, readable by everybody."""

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render

from sanfu.grassroots.duties import queries
from sanfu.kernel.duties.items import ListType
from sanfu.web.access import public_page
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import PublicRequest

ITEMS = Table(
    "public-duties",
    title="履职事项清单",
    unit="项",
    columns=[
        Column("list", "清单", tags=ListType),
        Column("category", "类别"),
        Column("name", "事项名称", wide=True),
        Column("departments", "上级部门及职责", wide=True, render=lambda row: "；".join(": ".join(filter(None, one)) for one in row["departments"]), export_as=lambda row: "；".join(": ".join(filter(None, one)) for one in row["departments"])),
        Column("duty", "镇（街道）做什么", wide=True, virtual=True, render=lambda row: row["town_duty"] or row["method"] or "镇（街道）直接承担", export_as=lambda row: row["town_duty"] or row["method"]),
    ],
    filters=[
        Choice("list", "清单", ListType.choices()),
        Search(apply=lambda rows, words: [row for row in rows if words in str(row)]),
    ],
    tie="",
    empty="没有符合条件的事项，换个词试试。",
)  # fmt: skip


@public_page
def index(request: PublicRequest) -> HttpResponseBase:
    """Which towns have published a list."""
    rows = queries.published(settings.REGION, request.today)
    return render(request, "citizen/duties/index.html", {"title": "镇（街道）履职事项清单", "versions": rows})


@public_page
def town(request: PublicRequest, code: str) -> HttpResponseBase:
    """One town's list in force."""
    version = queries.published(settings.REGION, request.today).filter(town__code=code).first()
    if version is None:
        raise Http404("该镇（街道）尚未公布履职清单。")
    context = {
        "title": f"{version.town.short}履职事项清单",
        "version": version,
        "crumbs": [("履职事项清单", "citizen:duty_index")],
    }
    return ITEMS.respond(request, version.items, "citizen/duties/town.html", context)
