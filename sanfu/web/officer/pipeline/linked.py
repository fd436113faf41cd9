"""关联联合申请的排期: the guide of a project's own joint application with float, and what other days for one item would change."""

from datetime import date
from typing import Any

import numpy as np
from django import forms
from django.http import QueryDict

from sanfu.grassroots.scenes import queries as scenes
from sanfu.grassroots.scenes.library import axis_for
from sanfu.grassroots.scenes.models import Application
from sanfu.kernel.forecasting.reference import quantile
from sanfu.kernel.joint.compiling.guide import Compiled
from sanfu.kernel.joint.compiling.whatif import items
from sanfu.kernel.schedule import finish_with
from sanfu.projects.pipeline.content import limits
from sanfu.projects.pipeline.models import Project
from sanfu.web.components.gantt import gantt

MOST = 300  # past applications that a forecast looks back on


class ItemForm(forms.Form):
    """Other days for one item of the application."""

    item = forms.ChoiceField(label="改哪一项", required=False)
    item_days = forms.IntegerField(label="改成几个工作日", required=False, min_value=0, max_value=400)

    def __init__(self, compiled: Compiled, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.id, one.name) for one in compiled.network.items]
        self.fields["item"].choices = [("", "不改"), *named]  # type: ignore[attr-defined]


def linked(row: Project, given: QueryDict) -> dict[str, Any]:
    """Bars, float of every item and the answer to a what-if; empty without an application whose guide stands."""
    application = scenes.guided(row.region, row.application)
    if application is None:
        return {}
    context: dict[str, Any] = {
        "application": application, "g": gantt(application.guide["schedule"]),
        "rows": application.guide["schedule"], "finish": date.fromisoformat(application.guide["finish"]),
    }  # fmt: skip
    context["outlook"] = _outlook(application)
    compiled = scenes.compiled_of(application)
    if compiled is None:
        return context
    form = ItemForm(compiled, given if given.get("item") else None)
    context |= {"form": form, "levers": items(compiled)}
    if form.is_bound and form.is_valid() and form.cleaned_data["item_days"] is not None:
        context["tried"] = _tried(compiled, form.cleaned_data["item"], form.cleaned_data["item_days"])
    return context


def _tried(compiled: Compiled, code: str, days: int) -> dict[str, Any]:
    """The finish with other days for one item, and what that gains in working days."""
    place = next(n for n, one in enumerate(compiled.network.items) if one.id == code)
    plan, axis = compiled.solution.plan, compiled.axis
    finish = finish_with(plan, axis, {place: float(days)})
    gain = (
        axis.working_days(finish, plan.finish)
        if finish <= plan.finish
        else -axis.working_days(plan.finish, finish)
    )
    return {
        "name": compiled.network.items[place].name,
        "days": days,
        "finish": axis.day(finish),
        "gain": f"{gain:g}",
    }


def _outlook(application: Application) -> dict[str, Any]:
    """P50 and P90 of the last permit, from how long the county's finished applications took of what was promised."""
    least, guide = int(limits()["样本下限"]), application.guide
    ratios = _past_ratios(application.region)
    if len(ratios) < least:
        return {"finished": len(ratios), "least": least}
    start = date.fromisoformat(guide["start"])
    axis, values = axis_for(start), np.array(ratios)
    days = {
        name: axis.plus(
            float(start.toordinal()), guide["workdays"] * quantile(values, np.ones(len(values)), share)
        )
        for name, share in (("p50", 0.5), ("p90", 0.9))
    }
    return {"finished": len(ratios), "least": least, **{name: axis.day(day) for name, day in days.items()}}


def _past_ratios(region: str) -> list[float]:
    """Working days taken over working days promised, of closed applications; withdrawn ones have no last permit."""
    found = scenes.promised_and_taken(region, MOST)
    if not found:
        return []
    axis = axis_for(min(start for start, _, _ in found))
    return [
        max(0.0, axis.working_days(float(start.toordinal()), float(end.toordinal()))) / promised
        for start, end, promised in found
    ]
