"""承诺兑现 over all projects, and 台账勾稽: a statistics ledger beside the register."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.projects.pipeline import queries
from sanfu.projects.pipeline.actions import promising
from sanfu.projects.pipeline.models import Promise
from sanfu.records.actor import NotAllowed, Refused
from sanfu.records.moments import day_of, year_of
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request

SEE = ("pipeline.see", "pipeline.see_all")
PROMISES = Table(
    "promises",
    title="承诺兑现",
    unit="项",
    default_sort="-year",
    columns=[
        Column("project__name", "项目", wide=True),
        Column("project__unit__short", "单位"),
        Column("kind", "指标"),
        Column("year", "年度", kind="number", sort=True),
        Column("version", "第几版", kind="number"),
        Column("amount", "承诺", kind="number"),
        Column("fact", "实际", kind="number"),
        Column("source", "来源"),
        Column("clause", "条款"),
    ],
    filters=[
        Search("q", "项目、条款", ["project__name", "clause"]),
        Choice("kind", "指标", [(kind, kind) for kind in promising.KINDS]),
    ],
    empty="还没有记承诺。在项目页“承诺”里记。",
)
LEDGERS = Table(
    "ledgers",
    title="台账勾稽",
    unit="次",
    default_sort="-at",
    columns=[
        Column("month", "月份", link="officer:ledger", sort=True),
        Column("by_name", "经办"),
        Column("at", "时间", kind="datetime", sort=True),
    ],
    empty="还没有勾稽过。上传统计部门的台账。",
)


class PromiseForm(forms.Form):
    kind = forms.ChoiceField(
        label="指标", choices=[(k, f"{k}（{unit}）") for k, unit in promising.KINDS.items()]
    )
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    amount = forms.DecimalField(label="承诺数", max_digits=14, decimal_places=2)
    clause = forms.CharField(label="条款", min_length=2, max_length=200, help_text="协议第几条")
    remedy = forms.CharField(label="违约怎样", max_length=200, required=False)


class FactForm(forms.Form):
    fact = forms.DecimalField(label="实际数", max_digits=14, decimal_places=2)
    source = forms.CharField(label="来源", min_length=2, max_length=200)


class LedgerForm(forms.Form):
    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", label="月份", help_text="写成 2026-03")
    file = forms.FileField(label="统计台账（Excel 或 CSV）", widget=forms.FileInput())


def told(row: Promise, year: int) -> dict[str, Any]:
    """One promise as a line of its project's page."""
    return {"row": row, "state": queries.kept(row, year), "unit": promising.KINDS.get(row.kind, "")}


@page(*SEE)
def promise_list(request: Request) -> HttpResponseBase:
    """Promises of all projects; kept and broken ones counted."""
    rows = queries.promises(request.actor)
    year = year_of(request.now)
    states = [queries.kept(row, year) for row in rows]
    context = {"counts": [(one, states.count(one)) for one in type(states[0])] if states else []}
    return PROMISES.respond(request, rows, "officer/pipeline/promises.html", context)


@page("pipeline.edit")
@require_POST
@once
def promise(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """记承诺."""
    row = queries.project(request.actor, id)
    if row is None:
        raise Http404("没有这个项目，或不在您可以查看的范围内。")
    _done(
        request,
        PromiseForm(request.POST),
        lambda given: promising.promise(row, **given, by=request.actor, at=request.now),
    )
    return redirect("officer:project", id)


@page("pipeline.edit")
@require_POST
@once
def fact(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """填实际数."""
    row = queries.promises(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这项承诺，或不在您可以查看的范围内。")
    _done(
        request,
        FactForm(request.POST),
        lambda given: promising.state_fact(row, **given, by=request.actor, at=request.now),
    )
    return redirect("officer:project", row.project_id)


def _done(request: Request, form: forms.Form, act: Any) -> None:
    try:
        if not form.is_valid():
            raise Refused("；".join(f"{form[n].label}：{e[0]}" for n, e in form.errors.items()))
        act(form.cleaned_data)
        messages.success(request, "已记下。")
    except (Refused, NotAllowed) as problem:
        messages.error(request, str(problem))


@page("pipeline.meet")
@once
def ledger_list(request: Request) -> HttpResponseBase:
    """Reconciliations, and the form for a new one."""
    form = LedgerForm(
        request.POST or None, request.FILES or None, initial={"month": day_of(request.now).isoformat()[:7]}
    )
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = promising.check_ledger(
                month=given["month"],
                name=given["file"].name,
                content=given["file"],
                by=request.actor,
                at=request.now,
            )
            return redirect("officer:ledger", made.id)
        except (Refused, NotAllowed) as problem:
            form.add_error("file", str(problem))
    if form.errors:
        return refuse(request, "officer/pipeline/ledger_new.html", {"title": "台账勾稽", **context})
    return LEDGERS.respond(
        request, queries.ledger_checks(request.actor), "officer/pipeline/ledgers.html", context
    )


@page("pipeline.meet", "pipeline.see_all")
def ledger_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One reconciliation: each difference with its words."""
    row = queries.ledger_checks(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这次勾稽，或不在您可以查看的范围内。")
    kinds: dict[str, int] = {}
    for _, what, _ in row.result["rows"]:
        kinds[what] = kinds.get(what, 0) + 1
    context = {
        "title": f"{row.month} 台账勾稽",
        "crumbs": [("台账勾稽", "officer:ledgers")],
        "row": row,
        "kinds": kinds.items(),
    }
    return render(request, "officer/pipeline/ledger.html", context)
