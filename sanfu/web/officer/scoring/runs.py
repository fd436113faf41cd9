"""评价批次: list, a new run from the user's sheet, and one run with its firms."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.projects.scoring import actions, queries
from sanfu.projects.scoring.content import raw_scheme, schemes
from sanfu.projects.scoring.models import ScoringRun
from sanfu.projects.scoring.states import FirmSet, ObjectionState, RunState
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Flag, Search, Table
from sanfu.web.pieces.small_forms import SchemeForm
from sanfu.web.request import Request
from sanfu.web.todos import Todo, Waiting

RUNS = Table(
    "scoring-runs",
    title="亩均评价",
    unit="批",
    default_sort="-at",
    columns=[
        Column("title", "批次", link="officer:scoring_run"),
        Column("state", "状态", tags=RunState),
        Column("notice_until", "公示到", kind="date"),
        Column("by_name", "经办"),
        Column("at", "测算时间", kind="datetime", sort=True),
    ],
    filters=[Choice("state", "状态", RunState.choices())],
    empty="还没有测算过。点“新的测算”上传企业数据。",
)
FIRMS = Table(
    "scored-firms",
    title="参评企业",
    unit="家",
    default_sort="position",
    columns=[
        Column("name", "企业", link="officer:scored_firm"),
        Column("set", "类别", tags=FirmSet),
        Column("total", "总分", kind="number", sort=True),
        Column("rank", "名次", kind="number", sort=True),
        Column("grade", "等级", sort=True),
        Column("to_next", "离上一档（分）", kind="number", sort=True),
        Column("doubtful", "误差内存疑", tags={True: ("存疑", "warn"), False: ("稳", "muted")}),
        Column("reason", "说明", wide=True),
    ],
    filters=[
        Search("q", "企业", ["name", "code"]),
        Choice("set", "类别", FirmSet.choices()),
        Flag("doubtful", "只看误差内存疑"),
    ],
    empty="没有企业。",
)


class RunForm(SchemeForm):
    """A sheet of firms and a scheme, shipped or own."""

    title = forms.CharField(label="批次名称", max_length=100)
    file = forms.FileField(label="企业数据（Excel 或 CSV）", widget=forms.FileInput())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        usable = [(s.id, f"{s.name}（{s.mark}）") for s in schemes().values() if not s.without_base()]
        self.offer(usable, 2, "等级在这个误差内可能变的，标为存疑。")

    def chosen(self) -> Mapping[str, Any]:
        """The scheme's mapping. Refused when there is none or the file is no mapping."""
        return self.mapping(raw_scheme, "upper（规上）或 lower（规下）")


@page("scoring.see", "scoring.see_all")
def run_list(request: Request) -> HttpResponseBase:
    """All runs that the reader sees."""
    return RUNS.respond(request, queries.runs(request.actor), "officer/scoring/runs.html")


@page("scoring.edit")
@once
def new_run(request: Request) -> HttpResponseBase:
    """新的测算."""
    form = RunForm(request.POST or None, request.FILES or None)
    context = {"title": "新的测算", "crumbs": [("亩均评价", "officer:scoring_runs")], "form": form}
    if request.method != "POST":
        return render(request, "officer/scoring/new.html", context)
    if not form.is_valid():
        return refuse(request, "officer/scoring/new.html", context)
    given = form.cleaned_data
    try:
        made = actions.run(
            title=given["title"], scheme=form.chosen(), name=given["file"].name, content=given["file"],
            error=Decimal(given["error"]) / 100, by=request.actor, at=request.now,
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, str(refused))
        return refuse(request, "officer/scoring/new.html", context)
    return redirect("officer:scoring_run", made.id)


def run_or_404(request: Request, id: uuid.UUID) -> ScoringRun:
    """The run, when the reader may see it."""
    found = queries.runs(request.actor).filter(id=id).first()
    if found is None:
        raise Http404("没有这个批次，或不属于您的单位。")
    return found


@page("scoring.see", "scoring.see_all")
def run_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One run: grades counted, refused rows, firms, open objections."""
    row = run_or_404(request, id)
    firms = queries.firms(request.actor, row.id)
    grades: dict[str, int] = {}
    for grade in firms.order_by("grade").values_list("grade", flat=True):
        grades[grade or "未评"] = grades.get(grade or "未评", 0) + 1
    open_ones = queries.objections(request.actor).filter(firm__run=row, state=ObjectionState.OPEN)
    context = {
        "title": row.title, "crumbs": [("亩均评价", "officer:scoring_runs")], "row": row, "state": RunState(row.state),
        "grades": list(grades.items()), "objections": open_ones, "doubtful": firms.filter(doubtful=True).count(),
        "may_edit": request.actor.may("scoring.edit"), "weights": _weights(row),
    }  # fmt: skip
    return FIRMS.respond(request, firms, "officer/scoring/run.html", context)


def _weights(row: ScoringRun) -> list[tuple[str, str]]:
    from sanfu.projects.scoring.computing import scheme_of

    scheme = scheme_of(row)
    return [
        (f"{FirmSet.said(s)} {i.name}", f"权重 {i.weight:f}，基准 {i.base(scheme.year) or '按均值'}")
        for s, group in scheme.sets.items()
        for i in group
    ]


@page("scoring.edit")
@require_POST
@once
def act(request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
    """公示 and 定档."""
    row = run_or_404(request, id)
    if event == "publish":
        made = actions.publish(row, by=request.actor, at=request.now)
        messages.success(request, f"已公示，到 {made.notice_until} 为止可以提异议。")
    elif event == "finish":
        actions.finish(row, by=request.actor, at=request.now)
        messages.success(request, "已定档。")
    else:
        raise Http404("没有这个动作。")
    return redirect("officer:scoring_run", id)


def todos(actor: Actor, now: datetime) -> list[Todo]:
    """亩均异议待处理: open objections of the reader's runs, the oldest first; the runs that they stand on open."""
    if not actor.may("scoring.edit"):
        return []
    rows = list(queries.objections(actor).filter(state=ObjectionState.OPEN).order_by("at"))
    if not rows:
        return []
    runs = {one.firm.run_id for one in rows}
    url = (
        reverse("officer:scoring_run", args=[runs.pop()])
        if len(runs) == 1
        else reverse("officer:scoring_runs")
    )
    first = tuple(
        Waiting(f"{one.firm.name} {one.firm.run.title}", reverse("officer:scored_firm", args=[one.firm_id]))
        for one in rows[:5]
    )
    return [Todo("亩均异议待处理", len(rows), url, "gavel", "warn", first=first)]
