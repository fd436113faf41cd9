"""The department's desk: its branches, one branch, and every act on it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from sanfu.grassroots.scenes import queries
from sanfu.grassroots.scenes.actions import branch as desk
from sanfu.grassroots.scenes.models import Branch
from sanfu.grassroots.scenes.states import BRANCH_FLOW, BranchEvent, BranchState, SpecialReason
from sanfu.records.actor import Actor, Refused
from sanfu.web.access import once, page
from sanfu.web.components import enclosures
from sanfu.web.components.cases import (
    due_column,
    left_choice,
    light_choice,
    light_column,
    light_tag,
    state_choice,
)
from sanfu.web.components.enclosures import send_file
from sanfu.web.components.fields import VersionField
from sanfu.web.components.table import Column, Dates, Search, Table
from sanfu.web.pieces.scenes import STOPPED
from sanfu.web.request import Request

E = BranchEvent
BRANCHES = Table(
    "branches",
    title="联办分支",
    unit="支",
    default_sort="due_at",
    columns=[
        Column("number", "编号", link="officer:branch", link_args=("id",), sort=True),
        Column("title", "事项", wide=True),
        Column("firm__short", "申请人"),
        Column("parent__title", "一件事"),
        Column("lead__short", "承办部门"),
        Column("state", "状态", tags=BranchState),
        light_column(),
        due_column(),
    ],
    filters=[
        Search(apply=queries.search),
        state_choice(BRANCH_FLOW),
        light_choice(),
        left_choice(),
        Dates("opened_at", "收到日期"),
    ],
    empty="没有分派到本部门的分支。",
)


OPEN_FILES = ("scenes.handle", "scenes.edit", "scenes.agent")


class Words(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), strip=True, max_length=2000, **kwargs)


class PlainForm(forms.Form):
    version = VersionField()


class ReasonForm(PlainForm):
    words = Words(label="理由", help_text="申请人会看到")


class CorrectForm(PlainForm):
    words = Words(label="需要补正的全部内容", help_text="一次性写全，之后不得再要求")
    materials = Words(label="需要补的材料", required=False, help_text="一行一份，没有就不填")
    notice = forms.CharField(
        label="补正告知书文号", required=False, max_length=60, help_text="受理后补正停表时必填"
    )


class SpecialForm(PlainForm):
    reason = forms.ChoiceField(
        label="法定事由", choices=SpecialReason.choices(), help_text="行政许可法第四十五条"
    )
    notice = forms.CharField(
        label="告知书文号", required=False, max_length=60, help_text="书面告知所需时间，不告知不停表"
    )
    words = Words(label="说明", required=False)


class ResultForm(PlainForm):
    number = forms.CharField(label="结果文号", max_length=80)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its form, what it does, the tone of its button."""

    form: type[PlainForm]
    do: Callable[..., Any]
    tone: str = ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


ACTS: dict[BranchEvent, Act] = {
    E.ACCEPT: Act(PlainForm, lambda b, f, **k: desk.accept(b, **k), "primary"),
    E.ACCEPT_LACKING: Act(PlainForm, lambda b, f, **k: desk.accept_lacking(b, **k)),
    E.CORRECT: Act(
        CorrectForm,
        lambda b, f, **k: desk.correct(
            b, what=f["words"], materials=_lines(f["materials"]), notice=f["notice"], **k
        ),
    ),
    E.SPECIAL: Act(
        SpecialForm,
        lambda b, f, **k: desk.special(
            b, reason=SpecialReason(f["reason"]), notice=f["notice"], words=f["words"], **k
        ),
    ),
    E.SPECIAL_END: Act(ReasonForm, lambda b, f, **k: desk.special_end(b, result=f["words"], **k), "primary"),
    E.RETURN: Act(ReasonForm, lambda b, f, **k: desk.send_back(b, why=f["words"], **k)),
    E.REFUSE: Act(ReasonForm, lambda b, f, **k: desk.refuse(b, why=f["words"], **k), "danger"),
    E.PASS: Act(ResultForm, lambda b, f, **k: desk.decide(b, E.PASS, number=f["number"], **k), "primary"),
    E.PASS_LACKING: Act(
        ResultForm, lambda b, f, **k: desk.decide(b, E.PASS_LACKING, number=f["number"], **k)
    ),
    E.FAIL: Act(ReasonForm, lambda b, f, **k: desk.decide(b, E.FAIL, why=f["words"], **k), "danger"),
}


@page("scenes.see")
@require_GET
def branch_list(request: Request) -> HttpResponseBase:
    """联办分支: what is with the actor's department."""
    rows = queries.visible_branches(request.actor)
    return BRANCHES.respond(request, rows, "officer/scenes/branches.html", {"title": "联办分支"})


def find(request: Request, id: uuid.UUID) -> Branch:
    found = queries.access_branch(request.actor, id)
    if found is None:
        raise Http404("没有这一支，或不由您的部门承办。")
    return found


@page("scenes.see")
@require_GET
def branch(request: Request, id: uuid.UUID) -> HttpResponse:
    """One branch: what it needs, its clocks day by day, what may be done now."""
    found = find(request, id)
    item = next((i for i in found.application.guide["items"] if i["id"] == found.item), None)
    given = queries.materials_by_code(found.application)
    kept = [m for m in found.application.guide["materials"]["kept"] if found.item in m["items"]]
    shared = [m for m in found.application.guide["materials"]["dropped"] if found.item in m["items"]]
    context = {
        "title": found.case.number,
        "lead": f"{found.name} · {found.case.firm.name if found.case.firm else ''}",
        "crumbs": [("联办分支", "officer:branch_list")],
        "why": queries.reason_of(found) if found.case.state in STOPPED else "",
        "b": found, "case": found.case, "state": BranchState(found.case.state), "item": item,
        "light": light_tag(found.case), "clocks": queries.clocks(found.case, request.now),
        "may_open": request.actor.may(*OPEN_FILES),
        "kept": [{**m, "given": given.get(m["id"])} for m in kept], "shared": shared,
        "extra": [row for row in given.values() if row.asked_by == found.item],
        "fields": _fields(found), "acts": buttons(found, request.actor),
        "timeline": enclosures.with_files(
            queries.history(found.pk), found.pk, "officer:branch_enclosure", may_open=request.actor.may(*OPEN_FILES)
        ),
        "meetings": [m for m in found.application.meetings.all() if found.item in m.items],
    }  # fmt: skip
    return render(request, "officer/scenes/branch.html", context)


def _fields(found: Branch) -> list[tuple[str, str]]:
    """What the one form says to this item."""
    filled = {**found.application.facts, **found.application.form}
    return [
        (f["name"], filled.get(f["id"]) or (f"由{f['source']}带入" if f["origin"] == "shared" else "—"))
        for f in found.application.guide["form"]["fields"]
        if found.item in f["items"]
    ]


def buttons(found: Branch, actor: Actor) -> list[dict[str, Any]]:
    """Acts that the table and the actor's department allow now; 容缺 only where something was put off."""
    lacking = bool(queries.said_of(found).deferred)
    return [
        {
            "event": str(event),
            "label": event.label,
            "tone": ACTS[event].tone,
            "plain": ACTS[event].form is PlainForm,
        }
        for event in queries.acts(found, actor)
        if event in ACTS and (lacking or event not in (E.ACCEPT_LACKING, E.PASS_LACKING))
    ]


@page("scenes.handle")
@once
def act(request: Request, id: uuid.UUID, event: str) -> HttpResponse:
    """Do one act; a refusal comes back as the filled form with the reason."""
    found = find(request, id)
    chosen = next((e for e in ACTS if str(e) == event), None)
    if chosen is None:
        raise Http404("没有这个操作。")
    row = ACTS[chosen]
    chosen_form = row.form if row.form is PlainForm else enclosures.enclosing(row.form)
    form = chosen_form(request.POST or None, request.FILES or None, initial={"version": found.case.version})
    valid = request.method == "POST" and form.is_valid()
    kept = enclosures.keep(form, by=request.actor, at=request.now) if request.method == "POST" else []
    if valid:
        said = form.cleaned_data
        who: dict[str, Any] = {"by": request.actor, "at": request.now}
        try:
            with transaction.atomic():
                done = row.do(found, said, **who, expected=said["version"])
                enclosures.attach(form, kept, case=found.case, done=done, **who)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.case.number} 已{chosen.label}。")
            return redirect("officer:branch", id=id)
    context = {
        "title": chosen.label, "lead": f"{found.case.number} {found.name}", "form": form, "b": found,
        "crumbs": [("联办分支", "officer:branch_list")], "danger": row.tone == "danger",
    }  # fmt: skip
    return render(request, "officer/scenes/act.html", context, status=422 if form.errors else 200)


@page(*OPEN_FILES)
@require_GET
def material(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A material that this item shares, as a download: for who handles it, not for who only looks on."""
    found = find(request, id)
    stored = queries.material_file(found.application, file_id)
    if stored is None:
        raise Http404("这件申请没有这份材料。")
    return send_file(stored)


@page(*OPEN_FILES)
@require_GET
def enclosure(request: Request, id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A photo or file that came with an act on the branch: for who handles it."""
    return enclosures.serve(request, find(request, id).pk, file_id)
