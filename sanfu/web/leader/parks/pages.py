"""园区承载: every park with what is scarce, on one page; the last evaluation with its rank intervals."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from sanfu.projects.parks import queries
from sanfu.projects.parks.content import kinds
from sanfu.web.access import page
from sanfu.web.pieces.parks import told
from sanfu.web.request import Request


@page("parks.see_all")
def parks(request: Request) -> HttpResponseBase:
    """Parks by kinds of capacity: bound share in each cell, opening to the park."""
    rows: list[dict[str, Any]] = []
    for row in queries.parks(request.actor).prefetch_related("stocks"):
        held = {stock.kind: told(stock) for stock in queries.stock_rows(row)}
        rows.append({"park": row, "cells": [(kind, held.get(kind)) for kind in kinds()]})
    scarce = [
        (r["park"], kind)
        for r in rows
        for kind, one in r["cells"]
        if one and one["tag"][1] in {"warn", "danger"}
    ]
    context = {
        "title": "园区承载", "rows": rows, "kinds": list(kinds()), "scarce": len(scarce),
        "unknown": sum(one is None for r in rows for _, one in r["cells"]), "run": queries.runs(request.actor).first(),
    }  # fmt: skip
    return render(request, "leader/parks/parks.html", context)
