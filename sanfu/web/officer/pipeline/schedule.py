"""许可排期 of a project: from the land contract to the building permit on real working days, with float and what-if."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import render

from sanfu.grassroots.scenes.library import axis_for, land_plan
from sanfu.kernel.joint.landstart import LandPlan, done_before
from sanfu.kernel.schedule import Axis, Task, critical_path, earliest, slacks
from sanfu.projects.pipeline import queries
from sanfu.projects.pipeline.models import Project
from sanfu.records.moments import day_of
from sanfu.web.access import page
from sanfu.web.components.gantt import gantt
from sanfu.web.officer.pipeline.linked import linked
from sanfu.web.request import Request

MODES = [("prereview", "拿地前已预审"), ("plain", "拿地后再办")]


class WhatIfForm(forms.Form):
    """The day of the contract, the way, and other days for one or two steps."""

    start = forms.DateField(label="签约日", widget=forms.DateInput(attrs={"type": "date"}))
    mode = forms.ChoiceField(label="方式", choices=MODES)
    step = forms.ChoiceField(label="改哪一步", required=False)
    days = forms.IntegerField(label="改成几天", required=False, min_value=0, max_value=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(one.id, one.name) for one in land_plan().steps.values()]
        self.fields["step"].choices = [("", "不改"), *steps]  # type: ignore[attr-defined]

    def changed(self) -> dict[str, float]:
        """Step → days, where both are given."""
        step, days = self.cleaned_data["step"], self.cleaned_data["days"]
        return {step: float(days)} if step and days is not None else {}


def scheduled(plan: LandPlan, mode: str, start: date, changed: Mapping[str, float]) -> dict[str, Any]:
    """Bars of every step that is open at the contract, the finish, the critical path. Days are the county's working days."""
    done = done_before(plan, mode) if mode == "prereview" else done_before(plan, "serial")
    codes = _needed(plan, done)
    axis = axis_for(start)
    place = {code: n for n, code in enumerate(codes)}
    tasks = [Task(code, changed.get(code, float(plan.steps[code].days))) for code in codes]
    waits = [[(place[a],) for a in plan.steps[code].after if a in place] for code in codes]
    made = earliest(tasks, waits, float(start.toordinal()), axis)
    path, room = set(critical_path(made)), slacks(made, axis)
    rows = [
        _bar(plan, axis, start, code, made.starts[n], made.finishes[n], room[n], n in path)
        for n, code in enumerate(codes)
    ]
    return {"rows": sorted(rows, key=lambda one: (one["begin_workday"], one["end_workday"])), "finish": axis.day(made.finish),
            "days": axis.working_days(float(start.toordinal()), made.finish), "beyond": sum(float(r["days"]) for r in rows if r["critical"] and r["beyond"]), "done": [_said(plan, code) for code in sorted(done)]}  # fmt: skip


def _said(plan: LandPlan, code: str) -> str:
    step = plan.steps[code]
    return f"{step.name}（{step.beyond}）" if step.beyond else step.name


def _needed(plan: LandPlan, done: set[str]) -> list[str]:
    """The goal and what it waits for, but what is done already."""
    found: list[str] = []

    def visit(code: str) -> None:
        if code in found or code in done:
            return
        for before in plan.steps[code].after:
            visit(before)
        found.append(code)

    visit(plan.goal)
    return found


def _bar(
    plan: LandPlan, axis: Axis, start: date, code: str, begin: float, end: float, room: float, critical: bool
) -> dict[str, Any]:
    zero = float(start.toordinal())
    return {
        "id": code, "name": plan.steps[code].name, "begin_workday": axis.working_days(zero, begin),
        "end_workday": axis.working_days(zero, end), "slack": room, "room": f"{room:g}", "critical": critical,
        "days": f"{axis.working_days(begin, end):g}", "beyond": plan.steps[code].beyond, "note": plan.steps[code].note, "begin": axis.day(begin), "end": axis.day(end),
    }  # fmt: skip


def _start(row: Project, today: date) -> date:
    mark = row.milestones.filter(name="签约").first()
    found = (mark.actual or mark.plan) if mark else None
    return found or today


@page("pipeline.see", "pipeline.see_all")
def schedule(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """The plan, and beside it the same with the change asked for; nothing is kept."""
    row = queries.project(request.actor, id)
    if row is None:
        raise Http404("没有这个项目，或不在您可以查看的范围内。")
    today = day_of(request.now)
    given = {"start": _start(row, today).isoformat(), "mode": "prereview"} | request.GET.dict()
    form = WhatIfForm(given)
    context: dict[str, Any] = {
        "title": "许可排期", "lead": row.name, "crumbs": [("重大项目", "officer:projects")], "row": row, "form": form
    }  # fmt: skip
    context["linked"] = linked(row, request.GET)
    if form.is_valid():
        plan, start, mode = land_plan(), form.cleaned_data["start"], form.cleaned_data["mode"]
        try:
            base = scheduled(plan, mode, start, {})
            tried = scheduled(plan, mode, start, form.changed()) if form.changed() else None
        except ValueError as problem:
            form.add_error("start", str(problem))
        else:
            shown = tried or base
            context |= {"base": base, "tried": tried, "shown": shown, "g": gantt(shown["rows"])}
            context["idle"] = bool(form.changed()) and not set(form.changed()) & {
                one["id"] for one in base["rows"]
            }
            context["passed"] = shown["finish"] < today
            context["gain"] = (base["finish"] - shown["finish"]).days
    return render(request, "officer/pipeline/schedule.html", context)
