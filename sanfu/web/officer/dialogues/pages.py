"""暨阳面对面 at the desk: prepare, publish the list, draw, answer, promise, keep."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.enterprise.demands import queries as demands
from sanfu.enterprise.dialogues import actions, queries
from sanfu.enterprise.dialogues.models import Session
from sanfu.enterprise.dialogues.states import PromiseState, SessionState
from sanfu.people.queries import organisation, units
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.fields import as_uuid
from sanfu.web.request import Request


class SessionForm(forms.Form):
    title = forms.CharField(label="主题", max_length=80)
    held_on = forms.DateField(label="会期", widget=forms.DateInput(attrs={"type": "date"}))
    seats = forms.IntegerField(label="邀请企业数", min_value=1, max_value=500, initial=12)
    small = forms.IntegerField(label="小微企业保底席位", min_value=0, max_value=500, initial=4)


@page("dialogues.see")
@once
def sessions(request: Request) -> HttpResponse:
    """All sessions, and the form for the next one."""
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.prepare(title=said["title"], held_on=said["held_on"], seats=said["seats"], least={"小微": said["small"]}, by=request.actor, at=request.now)  # fmt: skip
            return redirect("officer:session", made.id)
        except Refused as problem:
            form.add_error(None, str(problem))
    rows = [(one, SessionState(one.state)) for one in queries.sessions(request.actor.region)[:60]]
    context = {
        "title": "政企面对面",
        "rows": rows,
        "form": form if request.actor.may("dialogues.host") else None,
    }
    shown = refuse if request.method == "POST" else render
    return shown(request, "officer/dialogues/index.html", context)


def _found(request: Request, id: uuid.UUID) -> Session:
    found = queries.session(request.actor.region, id)
    if found is None:
        raise Http404("没有这一期。")
    return found


@page("dialogues.see")
def session(request: Request, id: uuid.UUID) -> HttpResponse:
    """One session."""
    found = _found(request, id)
    drawn = found.state == SessionState.DRAWN
    region = request.actor.region
    context = {
        "title": found.title,
        "crumbs": [("政企面对面", "officer:sessions")],
        "session": found,
        "state": SessionState(found.state),
        "invited": queries.names(region, found.invited),
        "reserves": queries.names(region, found.reserves[:5]),
        "problem": queries.verified(found) if drawn else "",
        "drawn": drawn,
        "questions": found.questions.select_related("enterprise").order_by("at"),
        "promises": [(one, PromiseState(one.state), one.owner_id in request.actor.units) for one in queries.promises(region).filter(session=found)],
        "units": units(region),
        "host": request.actor.may("dialogues.host"),
        "keeper": request.actor.may("dialogues.keep"),
        "today": request.today,
    }  # fmt: skip
    return render(request, "officer/dialogues/session.html", context)


@page("dialogues.host", "dialogues.keep")
@require_POST
@once
def session_act(request: Request, id: uuid.UUID, event: str) -> HttpResponse:
    """One act of a session."""
    found = _found(request, id)
    try:
        _done(request, found, event)
        messages.success(request, "已办理。")
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("officer:session", id)


def _done(request: Request, found: Session, event: str) -> None:
    said, by, at = request.POST, request.actor, request.now
    if event == "freeze":
        actions.freeze(found, by=by, at=at)
    elif event == "draw":
        actions.drawn(found, public_word=said.get("public_word", ""), by=by, at=at)
    elif event == "ask":
        firm = demands.enterprise_said(by.region, said.get("enterprise", "").strip())
        if firm is None:
            raise Refused("没有找到唯一的企业；请写全称或统一社会信用代码。")
        actions.ask(found, firm, text=said.get("text", ""), by=by, at=at)
    elif event == "answer":
        question = as_uuid(said.get("question", ""))
        if question is None:
            raise Refused("没有这个问题。")
        actions.answer(found, question, said=said.get("said", ""), by=by, at=at)
    elif event == "promise":
        owner = organisation(by.region, said.get("owner", ""))
        due = forms.DateField().to_python(said.get("due", "")) if said.get("due") else None
        if owner is None or due is None:
            raise Refused("请选择承办单位，并填写兑现日期。")
        actions.promise(found, text=said.get("text", ""), owner=owner, due=due, by=by, at=at)
    elif event == "keep":
        key = as_uuid(said.get("promise", ""))
        made = queries.promises(by.region).filter(session=found, pk=key).first() if key else None
        if made is None:
            raise Refused("没有这项承诺。")
        actions.keep(made, said=said.get("said", ""), by=by, at=at)
    else:
        raise Http404("没有这个动作。")
