"""The steps of a version (版本) on its page: where it stands, who did what, and the buttons of who may go on.

STEPS = VersionSteps(find=version_or_404, page="officer:scheme", act="officer:scheme_act")
context["panel"] = STEPS.panel(request, version)          # {% version_steps panel %}

@page("schemes.edit", "schemes.approve")
@once
def act(request, id, event): return STEPS.respond(request, id, event)
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from sanfu.lists.versions import Matter, Version, VersionEvent, VersionState, flow_of, stands
from sanfu.lists.versions import actions as moves
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.web.access import refuse
from sanfu.web.components import cells
from sanfu.web.request import Request
from sanfu.web.todos import LOOKED_AT, Todo, Waiting

E, S = VersionEvent, VersionState
ASKED = "components/version_act.html"
WAY = (
    (S.DRAFT, "起草"),
    (S.CONSULT, "征求意见"),
    (S.WAITING, "审核"),
    (S.APPROVED, "公布"),
    (S.PUBLISHED, "执行"),
)


class PublishForm(forms.Form):
    effective_from = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="今天或以后；以前的日子不再改判",
    )
    doc_no = forms.CharField(label="公布文号", max_length=80, required=False)


class EndForm(forms.Form):
    effective_to = forms.DateField(label="不再执行之日", widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="原因", max_length=300)


class WhyForm(forms.Form):
    why = forms.CharField(label="退回原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


FORMS: Mapping[VersionEvent, type[forms.Form]] = {
    E.PUBLISH: PublishForm, E.END: EndForm, E.SEND_BACK: WhyForm,
}  # fmt: skip
DO: Mapping[VersionEvent, Callable[..., Version]] = {
    E.CONSULT: moves.consult,
    E.SUBMIT: moves.submit,
    E.APPROVE: moves.approve,
    E.SEND_BACK: moves.send_back,
    E.PUBLISH: moves.publish,
    E.END: moves.end,
    E.DISCARD: moves.discard,
}


@dataclass(frozen=True)
class VersionSteps:
    """The steps of the versions of one room.

    find: a version or 404; page: route of its page, with `args` of the version; act: route of an act.
    do: the actions of the steps that pages offer; a room with own conditions gives its own. labels: other words.
    """

    find: Callable[[Request, uuid.UUID], Any]
    page: str
    act: str
    args: Callable[[Any], list[Any]] = lambda version: [version.pk]
    do: Mapping[VersionEvent, Callable[..., Version]] = field(default_factory=lambda: DO)
    labels: Mapping[VersionEvent, str] = field(default_factory=dict)

    def panel(self, request: Request, version: Version) -> dict[str, Any]:
        """Context of `{% version_steps panel %}`: state on today, stages, who and when, buttons."""
        state = VersionState(version.state)
        word, tone = stands(version, request.today)
        return {
            "version": version,
            "word": word,
            "tone": tone,
            "stages": _stages(version, state),
            "said": version.said if state is S.DRAFT else "",
            "acts": [self._button(version, event) for event in self._open_to(request, version)],
        }

    def respond(self, request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
        """One step: a GET asks what the step needs, a POST takes it; what is refused comes back in the form."""
        version = self.find(request, id)
        chosen = VersionEvent.of(event)
        if not isinstance(chosen, VersionEvent) or chosen not in self.do:
            raise Http404("没有这一步。")
        kind, label = FORMS.get(chosen), self._label(chosen)
        back = reverse(self.page, args=self.args(version))
        form = kind(request.POST or None) if kind else None
        asked = {
            "title": f"{label}：{version}",
            "form": form,
            "submit": label,
            "back": back,
        }
        if request.method != "POST":
            return render(request, ASKED, asked) if form else redirect(back)
        if form and not form.is_valid():
            return refuse(request, ASKED, asked)
        try:
            self.do[chosen](version, **(form.cleaned_data if form else {}), by=request.actor, at=request.now)
        except (Refused, NotAllowed) as problem:
            if form is None:
                messages.error(request, str(problem))
                return redirect(back)
            form.add_error(None, str(problem))
            return refuse(request, ASKED, asked)
        messages.success(request, f"{version}：已{label}。")
        return redirect(back)

    def _button(self, version: Version, event: VersionEvent) -> dict[str, Any]:
        return {
            "label": self._label(event),
            "url": reverse(self.act, args=[version.pk, str(event)]),
            "asks": event in FORMS,
            "primary": event in (E.SUBMIT, E.APPROVE, E.PUBLISH),
            "danger": event in (E.DISCARD, E.END),
        }

    def _label(self, event: VersionEvent) -> str:
        return self.labels.get(event, event.label)

    def _open_to(self, request: Request, version: Version) -> list[VersionEvent]:
        """Steps that this person may take now; nobody is offered to approve what they edited."""
        actor = request.actor
        found = []
        for move in flow_of(version.matter).moves(VersionState(version.state)):
            own = move.event is E.APPROVE and actor.id in version.editors
            unused = move.event is E.CONSULT and not version.matter.consult
            if move.event in self.do and actor.may(*move.who) and not own and not unused:
                found.append(move.event)
        return found


LINES = ((S.WAITING, "待审核"), (S.APPROVED, "待公布"), (S.DRAFT, "草稿待送审"))


def version_lines(
    actor: Actor, rows: "QuerySet[Any]", matter: Matter, *, lists: str, page: str, icon: str
) -> list[Todo]:
    """Lines of the first page: what a second person approves and publishes, and drafts for those who edit them.

    rows: the versions that this person sees; lists, page: routes of their list and of one of them.
    """
    found = []
    for state, words in LINES:
        if not actor.may(*(matter.edit if state is S.DRAFT else matter.approve)):
            continue
        these = rows.filter(state=state)
        if state is S.WAITING:
            these = these.exclude(editors__contains=[actor.id])
        first = tuple(
            Waiting(str(one), reverse(page, args=[one.pk]))
            for one in these.order_by("created_at")[:LOOKED_AT]
        )
        url = f"{reverse(lists)}?state={state}"
        found.append(Todo(f"{matter.name}{words}", these.count(), url, icon, "warn", first=first))
    return found


def _stages(version: Version, state: VersionState) -> list[dict[str, Any]]:
    if state is S.DISCARDED:
        return [{"label": "起草", "state": "done"}, {"label": "已作废", "state": "bad"}]
    way = [(one, word) for one, word in WAY if one is not S.CONSULT or version.matter.consult]
    here = len(way) if state is S.REPLACED else next(n for n, (one, _) in enumerate(way) if one is state)
    notes = {
        S.DRAFT: f"{version.editor_name} {cells.day(version.created_at)}",
        S.WAITING: version.approver_name,
        S.PUBLISHED: str(version.effective_from or ""),
    }
    return [
        {
            "label": word,
            "state": "done" if n < here else "now" if n == here else "todo",
            "note": notes.get(one, ""),
        }
        for n, (one, word) in enumerate(way)
    ]
