"""工作台 (desk): list, record page and acts of one kind of case, from its flow and a few lines of the room.

    DESK = CaseDesk(
        name="visit", title="走访任务", flow=VISIT_FLOW, table=VISITS, see=("visits.see",),
        cases=queries.visible, find=queries.access, facts=_facts,
        acts={E.START: Act(None, actions.start), E.FINISH: Act(FinishForm, actions.finish, "写清企业提出的问题")},
        waiting=(Wait(S.PLANNED, "visits.do", "待走访"),),
    )
    urlpatterns = DESK.urls("visits")       # officer:visit_list, officer:visit, officer:visit_act
    todos = DESK.todos                      # named in the manifest of the room

An act's action is called with the row, the form's cleaned data as keywords, and `by=`, `at=`, `expected=`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from sanfu.cases.models import Case
from sanfu.cases.queries import in_light, in_state
from sanfu.kernel.clocks import Light
from sanfu.kernel.flow import Flow, Labelled
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.records.queries import timeline
from sanfu.records.wires import permissions
from sanfu.web.access import View, once, page, refuse
from sanfu.web.components import enclosures
from sanfu.web.components.bulk import Bulk, BulkAct
from sanfu.web.components.cases import clock_rows, light_tag
from sanfu.web.components.drawing import flow_rows, flow_svg
from sanfu.web.components.fields import SaysDone
from sanfu.web.components.table import Table
from sanfu.web.request import Request
from sanfu.web.todos import Todo, of_cases

SAID = (
    "words",
    "said",
    "why",
    "note",
    "reason",
    "grounds",
    "title",
)  # keys of an event that are told in its line


@dataclass(frozen=True)
class Act:
    """One act of a desk. form: what it asks, None for one button; do: the action; hint: one line that helps.

    tone: "primary" or "danger". label: if it is not the event's own. when: a further condition on the row.
    files: whether photos and files may come with it (never without a form).
    """

    form: type[forms.Form] | None
    do: Callable[..., Any]
    hint: str = ""
    tone: str = ""
    label: str = ""
    when: Callable[[Any, Actor], bool] | None = None
    files: bool = True


@dataclass(frozen=True)
class Wait:
    """One line of the first page: cases in a state, or of a light, for whoever holds the permission ("a|b": one of)."""

    about: Labelled
    permission: str
    label: str
    tone: str = "warn"
    icon: str = "clipboard-list"


def lead_acts(row: Any, actor: Actor, event: Labelled) -> bool:
    """The usual rule of who may act besides the permission: the unit that leads the case."""
    return row.case.lead_id in actor.units


def anybody_acts(row: Any, actor: Actor, event: Labelled) -> bool:
    """Whoever sees the case and holds the permission may act."""
    return True


@dataclass(frozen=True)
class CaseDesk:
    """The desk of one kind of case.

    name: of the routes; see: permissions that open it; cases: the cases an actor may see; find: the room's own row
    (with `.case`), or None; facts: label and value of the record; who: who may act, besides the permission.
    bulk: events that may also be taken for several rows at once (the table is read with them).
    said: event row → words of its line; more: further context of the record page, whose template may extend
    "desk/record.html"; namespace: of the address names.
    """

    name: str
    title: str
    flow: Flow[Any, Any]
    table: Table
    see: tuple[str, ...]
    cases: Callable[[Actor], "QuerySet[Case]"]
    find: Callable[[Actor, uuid.UUID], Any]
    acts: Mapping[Any, Act]
    facts: Callable[[Any], Sequence[tuple[str, Any]]]
    who: Callable[[Any, Actor, Any], bool] = lead_acts
    waiting: tuple[Wait, ...] = ()
    said: Callable[[Mapping[str, Any]], str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    more: Callable[[Request, Any], Mapping[str, Any]] | None = None
    bulk: tuple[Any, ...] = ()
    list_more: Callable[[Request], Mapping[str, Any]] | None = None
    list_template: str = "desk/list.html"
    template: str = "desk/record.html"
    act_template: str = "desk/act.html"
    namespace: str = "officer"

    # ---- addresses ----

    def urls(self, at: str) -> list[URLPattern]:
        """The four routes of the desk below a path."""
        return [
            *(self._bulk.urls(f"{at}/") if self.bulk else ()),
            path(f"{at}/", self._view(self.list_page, f"{self.title}: the list."), name=f"{self.name}_list"),
            path(
                f"{at}/<uuid:id>/",
                self._view(self.record_page, f"{self.title}: one record, its acts, its timeline."),
                name=self.name,
            ),
            path(
                f"{at}/<uuid:id>/act/<slug:event>/",
                self._view(once(self.act_page), f"{self.title}: one act."),
                name=f"{self.name}_act",
            ),
            path(
                f"{at}/<uuid:id>/files/<uuid:file>/",
                self._view(self.file_page, f"{self.title}: a photo or file of an act."),
                name=f"{self.name}_file",
            ),
        ]

    def _view(self, serve: Callable[..., HttpResponseBase], says: str) -> View:
        def view(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return serve(request, *args, **kwargs)

        view.__doc__ = says
        view.__name__ = f"{self.name}_{getattr(serve, '__name__', 'page')}"
        return page(*self.see)(view)

    def url(self, kind: str = "", *args: Any) -> str:
        """The address of the record ("") or of "list" or "act"."""
        return reverse(f"{self.namespace}:{self.name}{'_' + kind if kind else ''}", args=args)

    # ---- several at once ----

    @cached_property
    def _bulk(self) -> Bulk:
        """The bulk acts: the same forms and actions as those of one record, by the same rule."""
        return Bulk(
            name=self.name, see=self.see, cases=self.cases, rows=self._several, table=lambda: self._listed,
            acts={str(event): self._bulk_act(event) for event in self.bulk}, namespace=self.namespace,
        )  # fmt: skip

    def _bulk_act(self, event: Any) -> BulkAct:
        act = self.acts[event]
        held = {code for move in self.flow.table if move.event == event for code in move.who}
        form = act.form
        return BulkAct(
            self._label(event), "|".join(sorted(held)) or "|".join(self.see),
            lambda row, actor: self._why_not(row, actor, event),
            lambda row, said, by, at, expected: act.do(row, **said, by=by, at=at, expected=expected),
            form=(lambda data, actor: form(data)) if form else None, hint=act.hint, tone=act.tone,
        )  # fmt: skip

    def _why_not(self, row: Any, actor: Actor, event: Any) -> str:
        if self._open(row, actor, event):
            return ""
        state = self.flow.states(row.case.state)
        if event not in {move.event for move in self.flow.moves(state)}:
            return f"现在是“{state.label}”，不能{self._label(event)}"
        return f"不由您的单位或岗位{self._label(event)}"

    def _several(self, actor: Actor, ids: Sequence[uuid.UUID]) -> list[Any]:
        return [row for one in ids if (row := self.find(actor, one)) is not None]

    @cached_property
    def _listed(self) -> Table:
        return replace(self.table, bulk=self._bulk) if self.bulk else self.table

    # ---- pages ----

    def list_page(self, request: Request) -> HttpResponseBase:
        """The list with its filters and exports."""
        context = {"title": self.title, **(self.list_more(request) if self.list_more else {})}
        return self._listed.respond(request, self.cases(request.actor), self.list_template, context)

    def record_page(self, request: Request, id: uuid.UUID) -> HttpResponse:
        """One record."""
        return render(request, self.template, self.context(request, self._found(request, id)))

    def act_page(self, request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
        """One act: a GET asks, a POST does; what is refused comes back as the filled form with the reason."""
        row = self._found(request, id)
        chosen, act = self._act(event)
        if not self._open(row, request.actor, chosen):
            return self._too_late(request, row, chosen)
        form = self._form(act, request)
        if request.method != "POST":
            return self._asked(request, row, chosen, form)
        valid = form is None or form.is_valid()
        kept = enclosures.keep(form, by=request.actor, at=request.now)
        if form and not valid:
            return self._asked(request, row, chosen, form, refused=True)
        given = enclosures.given_of(form.cleaned_data) if form else {}
        who: dict[str, Any] = {"by": request.actor, "at": request.now}
        try:
            with transaction.atomic():
                done = act.do(row, **given, **who, expected=_version(request))
                enclosures.attach(form, kept, case=row.case, done=done, **who)
        except (Refused, Conflict) as problem:
            return self._back(request, row, chosen, form, problem)
        messages.success(request, f"{row.case.number} 已{self._label(chosen)}。")
        return redirect(self.url("", id))

    def file_page(self, request: Request, id: uuid.UUID, file: uuid.UUID) -> HttpResponse:
        """A photo or file that came with an act: for who handles such cases, not for who only looks on."""
        row = self._found(request, id)
        if not self._handles(row, request.actor):
            raise PermissionDenied("这份文件只有办理人员可以打开；请联系承办单位。")
        return enclosures.serve(request, row.case.pk, file)

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        """Everything the record page shows."""
        case = row.case
        return {
            "title": case.number,
            "lead": case.title,
            "crumbs": [(self.title, f"{self.namespace}:{self.name}_list")],
            "row": row,
            "case": case,
            "state": self.flow.states(case.state),
            "light": light_tag(case),
            "facts": self.facts(row),
            "clocks": clock_rows(case, request.now),
            "timeline": self.timeline(row, request.actor),
            "acts": (acts := self.buttons(row, request.actor)),
            "next_act": next((act for act in acts if act["tone"] == "primary"), None),
            "drawing": flow_svg(self.flow, case.state),
            "moves": flow_rows(self.flow, permissions()),
            **(self.more(request, row) if self.more else {}),
        }

    def buttons(self, row: Any, actor: Actor) -> list[dict[str, Any]]:
        """The acts that this person may take now, in the order of the flow."""
        return [
            {
                "event": str(event),
                "label": self._label(event),
                "url": self.url("act", row.case.pk, str(event)),
                "asks": self.acts[event].form is not None,
                "hint": self.acts[event].hint,
                "tone": self.acts[event].tone,
            }
            for event in self.acts
            if self._open(row, actor, event)
        ]

    def timeline(self, row: Any, actor: Actor) -> list[dict[str, Any]]:
        """What happened to the case: act, when, who, what was said, which photos and files came with it."""
        names = {str(event): self._label(event) for event in self.flow.events}
        told = {"open": "登记", "light": "时限提醒", **names, **self.labels}
        lines = [
            {
                "id": event["id"],
                "kind": event["kind"],
                "label": told.get(event["kind"].partition(".")[2], event["kind"]),
                "at": event["at"],
                "by": event["by_name"],
                "note": (self.said or _said)(event),
                "state": "done",
            }
            for event in timeline(row.case.pk)
        ]
        route = f"{self.namespace}:{self.name}_file"
        return enclosures.with_files(lines, row.case.pk, route, may_open=self._handles(row, actor))

    def _line(self, line: Wait) -> tuple[str, Q]:
        """The query of the list and the condition of its rows: one and the same, whatever the line is about."""
        if isinstance(line.about, Light):
            return f"light={line.about}", in_light(line.about)
        return f"state={line.about}", in_state(self.flow, line.about)

    def todos(self, actor: Actor, now: datetime) -> list[Todo]:
        """The lines of the first page; each opens the list filtered to just these cases."""
        found = []
        for line in (one for one in self.waiting if actor.may(*one.permission.split("|"))):
            query, about = self._line(line)
            found.append(
                of_cases(
                    line.label, self.cases(actor), url=f"{self.url('list')}?{query}",
                    page=f"{self.namespace}:{self.name}", icon=line.icon, tone=line.tone, about=about,
                )
            )  # fmt: skip
        return found

    # ---- pieces ----

    def _found(self, request: Request, id: uuid.UUID) -> Any:
        row = self.find(request.actor, id)
        if row is None:
            raise Http404(f"没有这件{self.title}，或不在您可以查看的范围内。")
        return row

    def _act(self, event: str) -> tuple[Any, Act]:
        for known, act in self.acts.items():
            if str(known) == event:
                return known, act
        raise Http404("没有这个动作。")

    def _form(self, act: Act, request: Request) -> forms.Form | None:
        if act.form is None:
            return None
        form = enclosures.enclosing(act.form) if act.files else act.form
        made = form(request.POST or None, request.FILES or None)
        if isinstance(made, SaysDone):
            made.on = request.today
        return made

    def _handles(self, row: Any, actor: Actor) -> bool:
        """Whether somebody who sees the case also works on such cases: holds a permission that some move asks for."""
        return any(move.who and actor.may(*move.who) for move in self.flow.table)

    def _label(self, event: Any) -> str:
        act = self.acts.get(event)
        return act.label if act and act.label else str(event.label)

    def _open(self, row: Any, actor: Actor, event: Any) -> bool:
        """Whether the flow has the move now, the actor holds its permission, and the room's rule says yes."""
        moves = {move.event: move for move in self.flow.moves(self.flow.states(row.case.state))}
        act = self.acts[event]
        if event not in moves or (moves[event].who and not actor.may(*moves[event].who)):
            return False
        return self.who(row, actor, event) and (act.when is None or act.when(row, actor))

    def _asked(
        self, request: Request, row: Any, event: Any, form: forms.Form | None, refused: bool = False
    ) -> HttpResponse:
        act = self.acts[event]
        context = {
            **self.context(request, row),
            "title": self._label(event),
            "lead": f"{row.case.number} · {row.case.title}",
            "crumbs": [
                (self.title, f"{self.namespace}:{self.name}_list"),
                (row.case.number, self.url("", row.case.pk)),
            ],
            "form": form,
            "hint": act.hint,
            "event": str(event),
            "version": request.POST.get("version") or row.case.version,
            "danger": act.tone == "danger",
            "back": self.url("", row.case.pk),
        }
        answer = refuse if refused else render
        return answer(request, self.act_template, context)

    def _back(
        self, request: Request, row: Any, event: Any, form: forms.Form | None, problem: Exception
    ) -> HttpResponseBase:
        """The reason in the form that asked; of one button, over the record."""
        if form is None:
            messages.error(request, str(problem))
            return redirect(self.url("", row.case.pk))
        form.add_error(None, str(problem))
        response = self._asked(request, row, event, form, refused=True)
        if isinstance(problem, Conflict):
            response.status_code = 409
        return response

    def _too_late(self, request: Request, row: Any, event: Any) -> HttpResponseBase:
        state = self.flow.states(row.case.state)
        messages.error(request, f"{row.case.number} 现在是“{state.label}”，您不能“{self._label(event)}”。")
        return redirect(self.url("", row.case.pk))


def _version(request: Request) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 9 else None


def _said(event: Mapping[str, Any]) -> str:
    data = event["data"]
    return " · ".join(str(data[key]) for key in SAID if isinstance(data.get(key), str) and data[key])
