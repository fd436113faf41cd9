"""随机复访 for 督查: draw a month's lot, call, write down what was said the second time."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.measure import reading
from sanfu.measure.actions import recalls as acts
from sanfu.measure.models import Recall
from sanfu.measure.states import RecallState
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Table
from sanfu.web.leader.book import show
from sanfu.web.request import Request

CALLS = Table(
    "recalls",
    title="随机复访",
    unit="件",
    per_page=50,
    tie="",
    columns=[
        Column("number", "编号", link="leader:recall"),
        Column("title", "标题", wide=True),
        Column("unit", "承办单位"),
        Column("month", "回访月份"),
        Column("state", "结果", tags=RecallState),
        Column("done", "复访"),
    ],
    filters=[Choice("state", "结果", RecallState.choices())],
    empty="还没有抽取。选一个月份，按“抽取”。",
)


class CallForm(forms.Form):
    """What came of the re-call."""

    answer = forms.ChoiceField(
        label="结果", widget=forms.RadioSelect,
        choices=[one for one in RecallState.choices() if one[0] != RecallState.OPEN.value],
    )  # fmt: skip
    note = forms.CharField(
        label="原话或情况", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


def _state(row: Recall) -> RecallState:
    if row.done_at is None:
        return RecallState.OPEN
    if not row.reached:
        return RecallState.SILENT
    return RecallState.SAME if row.content else RecallState.OTHER


def _line(row: Recall, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.case.number, "title": row.case.title, "unit": names.get(row.unit, "其他"),
        "month": f"{row.month:%Y-%m}", "state": _state(row).value, "done": row.done_name,
    }  # fmt: skip


@page("measure.audit")
def recalls(request: Request) -> HttpResponseBase:
    """Everything drawn, with what came of it, and by unit how often the second answer differs."""
    rows = list(reading.recalls(request.actor.region))
    names = reading.unit_names({row.unit for row in rows})
    drawn = {row.month for row in rows}
    months = [one for one in show.back(request.today.replace(day=1), 13)[::-1] if one not in drawn]
    context = {
        "title": "随机复访", "crumbs": [("评价", ""), ("防注水线索", reverse("leader:gaming"))],
        "months": [(f"{one:%Y-%m}", show.in_words(one)) for one in months], "share": f"{acts.share():g}",
        "reached": sum(bool(row.reached) for row in rows), "other": sum(row.content is False for row in rows),
    }  # fmt: skip
    return CALLS.respond(request, [_line(row, names) for row in rows], "leader/book/recalls.html", context)


@page("measure.audit")
@once
@require_POST
def draw(request: Request) -> HttpResponseBase:
    """Draw a month's lot."""
    try:
        count = acts.draw(show.month_in(request.POST, request.today), by=request.actor, at=request.now)
        messages.success(request, f"抽出 {count} 件，请逐件复访。")
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("leader:recalls")


@page("measure.audit")
@once
def recall(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One drawn case: who is called stands in its record; here is written what was said."""
    row = reading.recalls(request.actor.region).filter(pk=id).first()
    if row is None:
        raise Http404("没有这一件随机复访。")
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["answer"]
        try:
            acts.record(
                row, reached=said != RecallState.SILENT.value, content={RecallState.SAME.value: True, RecallState.OTHER.value: False}.get(said),
                note=form.cleaned_data["note"], by=request.actor, at=request.now,
            )  # fmt: skip
            messages.success(request, "已记录。")
            return redirect("leader:recalls")
        except (Refused, Conflict, NotAllowed) as problem:
            form.add_error(None, str(problem))
    context = {
        "title": f"随机复访 {row.case.number}", "crumbs": [("评价", ""), ("随机复访", reverse("leader:recalls"))],
        "row": row, "form": form, "state": _state(row), "unit": reading.unit_names([row.unit]).get(row.unit, "其他"),
        "record": reverse("officer:ticket", args=[row.case_id]) if request.actor.may("tickets.see") else "",
    }  # fmt: skip
    return (refuse if form.errors else render)(request, "leader/book/recall.html", context)
