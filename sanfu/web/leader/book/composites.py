"""综合指数: indexes of the book by unit, each with the shares that it is made of, each share with its rows."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sanfu.kernel.indicators.composite import Composite, index
from sanfu.measure import reading
from sanfu.measure.book import composites
from sanfu.measure.counting import COUNTY, Cell
from sanfu.web.access import page
from sanfu.web.leader.book import show
from sanfu.web.leader.book.pages import state_of
from sanfu.web.request import Request


@page("measure.see")
def all_of_them(request: Request) -> HttpResponseBase:
    """Every index with its formula."""
    rows = [
        {"name": one.name, "sentence": one.sentence(), "basis": one.basis, "url": reverse("leader:composite", args=[one.id])}
        for one in composites().values()
    ]  # fmt: skip
    context = {
        "title": "综合指数",
        "crumbs": [("评价", ""), ("指标册", reverse("leader:book"))],
        "rows": rows,
    }
    return render(request, "leader/book/composites.html", context)


@page("measure.see")
def composite(request: Request, name: str) -> HttpResponseBase:
    """One index by unit, best first; who lacks a part has none and stands below, with what is lacking."""
    one = composites().get(name)
    if one is None:
        raise Http404("没有这个综合指数。")
    month = show.recent_month(request.GET, request.today)
    closing = show.closing_of(request, request.actor.region, month)
    cells: dict[uuid.UUID, dict[str, Cell]] = {}
    for cell in reading.cells(request.actor, [part for part, _ in one.parts], [month], closing):
        cells.setdefault(cell.unit, {})[cell.indicator] = cell
    names = reading.unit_names(cells)
    lines = [
        _line(one, unit, names.get(unit, "其他"), some, month, closing is not None)
        for unit, some in cells.items()
    ]
    lines.sort(
        key=lambda line: (not line["whole"], line["value"] is None, -(line["value"] or 0), line["unit"])
    )
    rank = 0
    for line in lines:
        rank += line["value"] is not None and not line["whole"]
        line["rank"] = rank if line["value"] is not None and not line["whole"] else "–"
    context = {
        "title": f"{one.name} · {show.in_words(month)}", "one": one, "lines": lines, "state": state_of(request, closing),
        "crumbs": [("评价", ""), ("综合指数", reverse("leader:composites"))], "month": month,
        "months": show.back(request.today.replace(day=1), 13)[::-1],
    }  # fmt: skip
    return render(request, "leader/book/composite.html", context)


def _line(
    one: Composite, unit: uuid.UUID, name: str, some: dict[str, Cell], month: Any, frozen: bool
) -> dict[str, Any]:
    found = index(one, {key: (cell.hits, cell.rows) for key, cell in some.items()})
    return {
        "unit": name, "whole": unit == COUNTY, "value": None if found.value is None else float(found.value),
        "missing": "、".join(found.missing),
        "parts": [_part(part, some.get(part.id), show.rows_url(part.id, month, unit, frozen=frozen)) for part, _ in one.parts],
    }  # fmt: skip


def _part(part: Any, cell: Cell | None, url: str) -> SafeString | str:
    if cell is None:
        return "–"
    small = "*" if cell.rows < part.small_sample else ""
    return format_html('<a class="figure" href="{}">{}</a>{}', url, show.said(part, cell), small)
