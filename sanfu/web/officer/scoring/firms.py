"""One firm line by line, its objection computed again, and the decision."""

import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.kernel.land.scoring.engine import score_one
from sanfu.kernel.land.scoring.grading import needed
from sanfu.projects.scoring import actions, policy, queries
from sanfu.projects.scoring.computing import as_firm, scheme_of
from sanfu.projects.scoring.models import ScoredFirm
from sanfu.projects.scoring.states import FirmSet, RunState
from sanfu.records.moments import day_of
from sanfu.web.access import once, page
from sanfu.web.pieces.scoring import ObjectionForm, short, shown_lines, shown_objection
from sanfu.web.request import Request


def firm_or_404(request: Request, id: uuid.UUID) -> ScoredFirm:
    """The firm, when the reader may see its run."""
    found = queries.firms(request.actor).filter(id=id).first()
    if found is None:
        raise Http404("没有这家企业的评价，或不属于您的单位。")
    return found


@page("scoring.see", "scoring.see_all")
def firm_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """Every line with numerator, denominator, base and score; what would reach the next grade."""
    row = firm_or_404(request, id)
    scheme = scheme_of(row.run)
    reach = []
    if row.to_next is not None:
        caps = {i.name: i.cap for i in scheme.sets[row.set]}
        means = _means(row)
        score = score_one(scheme, as_firm(row), None, means)
        reach = [(name, f"{float(value):.6g}") for name, value in needed(score, row.to_next, caps)]
    may_edit = request.actor.may("scoring.edit")
    context = {
        "title": row.name, "row": row, "lines": shown_lines(row.lines), "reach": reach,
        "crumbs": [("亩均评价", "officer:scoring_runs"), (row.run.title, reverse("officer:scoring_run", args=[row.run_id]))],
        "facts": [
            ("类别", FirmSet.said(row.set)), ("属地", row.district), ("总分", row.total), ("名次", row.rank),
            ("等级", row.grade), ("离上一档", row.to_next), ("高出本档线", row.above_line), ("说明", row.reason),
        ],
        "form": ObjectionForm(row) if may_edit and row.run.state == RunState.NOTICE else None,
        "objections": [shown_objection(o) for o in queries.objections(request.actor).filter(firm=row)], "may_edit": may_edit,
        "policy": _policy(row, request), "trend": _trend(row, request),
    }  # fmt: skip
    return render(request, "officer/scoring/firm.html", context)


def _policy(row: ScoredFirm, request: Request) -> dict[str, Any]:
    """What the grade is worth, and what the next better one would be."""
    on = day_of(request.now)
    better = {"D": "C", "C": "B", "B": "A"}.get(row.grade, "")
    now, then = policy.worth(row, row.grade, on), policy.worth(row, better, on) if better else None
    return {
        "effects": [(one, _yuan(one.yuan)) for one in policy.effects(row, row.grade, on)], "better": better,
        "gain": _yuan(then - now) if now is not None and then is not None and better else "",
    }  # fmt: skip


def _trend(row: ScoredFirm, request: Request) -> list[dict[str, str]]:
    found = policy.trend(row, request.actor)
    return [
        {"title": one.title, "grade": one.grade, "published": short(None if one.published is None else str(one.published)),
         "rebased": short(None if one.rebased is None else str(one.rebased)), "why": one.why}
        for one in found
    ] if len(found) > 1 else []  # fmt: skip


def _yuan(amount: Fraction | None) -> str:
    return (
        ""
        if amount is None
        else f"{round(Decimal(amount.numerator) / Decimal(amount.denominator), 2):,f} 元/年"
    )


def _means(row: ScoredFirm) -> dict[str, Any]:
    return {k: Decimal(v) for k, v in row.run.means.items()} or {"": Decimal(0)}


@page("scoring.edit")
@require_POST
@once
def object_to(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """登记异议."""
    row = firm_or_404(request, id)
    form = ObjectionForm(row, request.POST)
    if not form.is_valid():
        messages.error(request, "请写明异议理由，数写得短一些。")
        return redirect("officer:scored_firm", id)
    made = actions.object_to(
        row, reason=form.cleaned_data["reason"], changes=form.changes(), by=request.actor, at=request.now
    )
    messages.success(
        request, f"已登记，按所报的数重算为 {short(made.after['total'])} 分、{made.after['grade']} 档。"
    )
    return redirect("officer:scored_firm", id)


@page("scoring.edit")
@require_POST
@once
def decide(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """采纳 or 不采纳."""
    row = queries.objections(request.actor).filter(id=id).first()
    if row is None:
        raise Http404("没有这件异议，或不属于您的单位。")
    uphold = request.POST.get("answer") == "uphold"
    actions.decide(
        row, uphold=uphold, answer=request.POST.get("why", "")[:500], by=request.actor, at=request.now
    )
    messages.success(request, "已采纳，这家企业的结果换成重算的。" if uphold else "已记下不采纳。")
    return redirect("officer:scored_firm", row.firm_id)
