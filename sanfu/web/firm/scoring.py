"""本企业亩均: the firm's own results line by line, and an objection computed again with the figures it says are right."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from sanfu.enterprise.registry import queries as registry
from sanfu.people import queries as people
from sanfu.projects.scoring import actions, queries
from sanfu.projects.scoring.models import ScoredFirm
from sanfu.projects.scoring.states import RunState
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.web.access import firm_page, once, refuse
from sanfu.web.pieces.scoring import ObjectionForm, shown_lines, shown_objection
from sanfu.web.request import Request

CRUMB = ("本企业亩均", "firm:own_scores")


def identity_of(actor: Actor) -> queries.Identity:
    """Credit code and name from the register, the full name of the account's organisation where the firm is not in it."""
    firm = registry.own(actor)
    if firm:
        return queries.Identity(firm.credit_code, firm.name)
    home = people.organisation(actor.region, actor.organisation_code)
    return queries.Identity("", home.name if home else "")


@firm_page("scoring.own")
def own_scores(request: Request) -> HttpResponse:
    """Every result of the firm that is on notice or final."""
    found = queries.own_results(request.actor, identity_of(request.actor))[:50]
    rows = [(one, RunState(one.run.state)) for one in found]
    return render(request, "firm/scoring/index.html", {"title": "本企业亩均", "rows": rows})


@firm_page("scoring.own")
@once
def own_score(request: Request, id: uuid.UUID) -> HttpResponse:
    """One result line by line; while it is on notice the form of an objection."""
    firm = identity_of(request.actor)
    row = queries.own_results(request.actor, firm).filter(pk=id).first()
    if row is None:
        raise Http404("没有这项结果，或不是本企业的。")
    form = ObjectionForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.object_as_firm(
                row, firm=firm, reason=form.cleaned_data["reason"], changes=form.changes(), by=request.actor, at=request.now
            )  # fmt: skip
        except (Refused, Conflict) as refused:
            form.add_error(None, str(refused))
        else:
            after = shown_objection(made)["after"]
            messages.success(
                request,
                f"异议已提交，按所报的数重算为 {after} 分、{made.after['grade'] or '未定'} 档；由主管部门核实后答复。",
            )
            return redirect("firm:own_score", id)
    answer = refuse if form.errors else render
    return answer(request, "firm/scoring/result.html", _shown(row, form))


def _shown(row: ScoredFirm, form: ObjectionForm) -> dict[str, Any]:
    found = [shown_objection(one) for one in row.objections.order_by("-at")]
    open_now = row.run.state == RunState.NOTICE and not any(one["open"] for one in found)
    facts = [
        ("总分", row.total), ("名次", row.rank), ("等级", row.grade), ("离上一档", row.to_next), ("说明", row.reason),
        ("公示到", row.run.notice_until),
    ]  # fmt: skip
    return {
        "title": row.run.title, "lead": row.name, "crumbs": [CRUMB], "row": row, "facts": facts,
        "lines": shown_lines(row.lines), "form": form if open_now else None, "objections": found,
    }  # fmt: skip


urlpatterns = [path("", own_scores, name="own_scores"), path("<uuid:id>/", own_score, name="own_score")]
