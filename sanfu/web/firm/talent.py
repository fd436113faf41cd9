"""人才计划 of a firm: facts of one person under a code, every programme with its answer, application, follow-up."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from sanfu.kernel.rules.judging.verdict import Status
from sanfu.kernel.rules.language.quantities import FLAG
from sanfu.projects.talent import actions, queries
from sanfu.projects.talent.models import TalentApplication
from sanfu.projects.talent.programmes import Matched, dictionary, encoded, matched
from sanfu.projects.talent.states import FLOW, State
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of
from sanfu.records.queries import timeline
from sanfu.web.access import firm_page, once, refuse
from sanfu.web.request import Request
from sanfu.web.todos import Todo


class PersonForm(forms.Form):
    """What is declared about one person; empty means unknown, not no."""

    person = forms.CharField(label="申报人代号", max_length=40, help_text="自己起的代号；不要写姓名和证件号")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, fact in dictionary().facts.items():
            label = f"{name}（{fact.unit}）" if fact.unit else name
            options = ("是", "否") if fact.type == FLAG else fact.values
            if options:
                choices = [("", "不填"), *((one, one) for one in options)]
                self.fields[name] = forms.ChoiceField(
                    label=label, choices=choices, required=False, help_text=fact.asks
                )
            else:
                self.fields[name] = forms.CharField(
                    label=label, max_length=40, required=False, help_text=fact.asks
                )

    def clean(self) -> dict[str, Any]:
        """Facts that cannot be are told at their field."""
        given = super().clean() or {}
        for name, why in encoded({k: _with_unit(k, str(v)) for k, v in given.items() if k != "person"})[
            1
        ].items():
            self.add_error(name, why)
        return given

    def facts(self) -> dict[str, str]:
        """Name → as written, ratios in percent."""
        return {k: _with_unit(k, str(v)) for k, v in self.cleaned_data.items() if k != "person" and v}


def _with_unit(name: str, value: str) -> str:
    """A bare number of a share is percent, as its label says."""
    fact = dictionary().facts.get(name)
    bare = value.replace(".", "", 1).isdigit()
    return f"{value}%" if fact is not None and fact.unit == "%" and bare else value


def _told(one: Matched) -> dict[str, Any]:
    said = one.explanation
    return {
        "clause": said.clause, "document": said.document, "tag": one.status.tag, "amount": said.amount,
        "lines": said.lines, "questions": said.questions, "open": one.status is not Status.NOT_MET,
    }  # fmt: skip


@firm_page("talent.own")
@once
def talent(request: Request) -> HttpResponse:
    """Match first; with a clause chosen the same form applies."""
    form = PersonForm(request.POST or None)
    context: dict[str, Any] = {"title": "人才计划", "form": form}
    rows = queries.of_firm(request.actor)[:50]
    context["rows"] = [(one, State(one.case.state)) for one in rows]
    if request.method != "POST":
        return render(request, "firm/talent/index.html", context)
    if not form.is_valid():
        return refuse(request, "firm/talent/index.html", context)
    facts, clause = form.facts(), request.POST.get("apply", "")
    context["found"] = [_told(one) for one in matched(encoded(facts)[0], day_of(request.now))]
    if not clause:
        return render(request, "firm/talent/index.html", context)
    try:
        made = actions.apply(
            clause=clause, person=form.cleaned_data["person"], facts=facts, by=request.actor, at=request.now
        )
    except (Refused, NotAllowed) as problem:
        form.add_error(None, str(problem))
        return refuse(request, "firm/talent/index.html", context)
    messages.success(request, f"已申报，编号 {made.case.number}。")
    return redirect("firm:own_talent", made.case_id)


def _found(request: Request, id: uuid.UUID) -> TalentApplication:
    row = queries.access(request.actor, id)
    if row is None:
        raise Http404("没有这件申报，或不是本企业的。")
    return row


@firm_page("talent.own")
def own_talent(request: Request, id: uuid.UUID) -> HttpResponse:
    """One application of the firm."""
    row = _found(request, id)
    names = {"open": "申报", "light": "时限提醒", **{str(event): event.label for event in FLOW.events}}
    steps = [
        {"label": names.get(e["kind"].partition(".")[2], e["kind"]), "at": e["at"], "by": "", "state": "done",
         "note": e["data"].get("why") or e["data"].get("said") or ""}
        for e in timeline(row.case_id)
    ]  # fmt: skip
    state = State(row.case.state)
    context = {
        "title": row.case.number, "row": row, "state": state, "steps": steps, "asked": state is State.ASKED,
        "may_withdraw": state not in FLOW.final, "facts": [("计划", row.programme), ("金额", row.amount), *row.facts.items()],
    }  # fmt: skip
    return render(request, "firm/talent/application.html", context)


def _act(request: Request, id: uuid.UUID, act: Any, done: str, **more: Any) -> HttpResponse:
    row = _found(request, id)
    try:
        act(row, **more, by=request.actor, at=request.now)
        messages.success(request, done)
    except (Refused, NotAllowed, Conflict) as problem:
        messages.error(request, str(problem))
    return redirect("firm:own_talent", id)


@firm_page("talent.own")
@require_POST
@once
def supply(request: Request, id: uuid.UUID) -> HttpResponse:
    """补充."""
    return _act(request, id, actions.supply, "已补充。", said=request.POST.get("said", "")[:1000])


@firm_page("talent.own")
@require_POST
@once
def withdraw(request: Request, id: uuid.UUID) -> HttpResponse:
    """撤回."""
    return _act(request, id, actions.withdraw, "已撤回。")


def todos(actor: Actor, now: datetime) -> list[Todo]:
    """Applications of the own firm that wait for something."""
    if not actor.may("talent.own"):
        return []
    waiting = queries.visible(actor).filter(state=State.ASKED)
    count = waiting.count()
    return [Todo("待补充的人才申报", count, reverse("firm:own_talents"), "users", "warn")] if count else []


urlpatterns = [
    path("", talent, name="own_talents"),
    path("<uuid:id>/", own_talent, name="own_talent"),
    path("<uuid:id>/supply/", supply, name="own_talent_supply"),
    path("<uuid:id>/withdraw/", withdraw, name="own_talent_withdraw"),
]
