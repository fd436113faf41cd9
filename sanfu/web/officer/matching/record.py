"""匹配与自动派单: the promise, its proof, and the decided orders that it rests on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sanfu.match import actions, queries
from sanfu.records.actor import Refused
from sanfu.web.access import once, page
from sanfu.web.components.table import Choice, Column, Dates, Row, Table
from sanfu.web.request import Request


class PromiseForm(forms.Form):
    """How often automatic dispatch must be right."""

    precision = forms.DecimalField(
        label="精度承诺（%）",
        min_value=80,
        max_value=99.5,
        decimal_places=1,
        help_text="自动派出的工单里，至少这个比例派对。80 到 99.5。",
    )
    enabled = forms.BooleanField(label="启用自动派单", required=False)


def _first(row: Row) -> str:
    units = (row["suggested"] or {}).get("units") or ()
    return str(units[0]["unit_name"]) if units else "—"


DECISIONS = Table(
    "decisions",
    title="研判记录",
    unit="件",
    default_sort="-at",
    columns=[
        Column("number", "工单", link="officer:ticket", link_args=("source",)),
        Column("at", "研判时间", kind="datetime", sort=True),
        Column("item_name", "事项", sort=True, wide=True),
        Column("unit_name", "派往单位", sort=True),
        Column(
            "suggested_first", "首位建议", virtual=True, needs=("suggested",), render=_first, export_as=_first
        ),
        Column("lead", "领先分", kind="number", sort=True),
        Column("right", "建议是否正确", tags={True: ("一致", "ok"), False: ("更正", "warn")}, sort=True),
        Column("by_name", "研判人"),
    ],
    filters=[
        Choice("right", "建议是否正确", [("True", "一致"), ("False", "更正")]),
        Dates("at", "研判日期"),
    ],
    empty="还没有研判记录。派单员每派一件，系统就记住一次判断，下一条建议立刻用上。",
)


@page("tickets.dispatch", "match.correct")
def record(request: Request) -> HttpResponseBase:
    """匹配与自动派单。"""
    return _shown(request, _form(request.actor.region))


def _form(region: str) -> PromiseForm:
    held = queries.promise_of(region)
    return PromiseForm(
        initial={"precision": round(held.precision * 100, 1), "enabled": held.enabled}
        if held
        else {"precision": 95}
    )


def _shown(request: Request, form: PromiseForm) -> HttpResponseBase:
    region = request.actor.region
    policy = queries.auto_dispatch_policy(region)
    only_above = request.GET.get("above") == "1"
    context: dict[str, Any] = {
        "title": "匹配与自动派单",
        "crumbs": [("诉求工单", "officer:ticket_list")],
        "policy": policy,
        "promise": round(policy.promise * 100, 1) if policy.promise else None,
        "kept": round(policy.kept * 100, 1) if policy.kept is not None else None,
        "share": round(100 * policy.above / (policy.decided - policy.decided // 2), 1)
        if policy.above
        else None,
        "form": form,
        "only_above": only_above,
    }
    rows = queries.by_name(policy.rows if only_above else queries.decided(region), region, request.today)
    return DECISIONS.respond(request, rows, "officer/matching/record.html", context)


@page("tickets.dispatch")
@require_POST
@once
def promise(request: Request) -> HttpResponseBase:
    """Set the promise."""
    form = PromiseForm(request.POST)
    if form.is_valid():
        try:
            actions.promise(
                precision=float(form.cleaned_data["precision"]) / 100,
                enabled=form.cleaned_data["enabled"],
                by=request.actor,
                at=request.now,
            )
        except Refused as refused:
            form.add_error("precision", str(refused))
        else:
            messages.success(request, "精度承诺已保存，下一件工单起按此执行。")
            return redirect("officer:matching")
    response = _shown(request, form)
    if isinstance(response, HttpResponse):
        response.status_code = 422
    return response
