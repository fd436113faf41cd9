"""工作台 (desk): list, record page and acts of one kind of case, from its flow and a few lines of the room.

    DESK = CaseDesk(
        name="visit", title="走访任务", flow=VISIT_FLOW, table=VISITS, see=("visits.see",),
        cases=queries.visible, find=queries.access, facts=_facts,
        acts={E.START: Act(None, actions.start), E.FINISH: Act(FinishForm, actions.finish, "写清企业提出的问题")},
        waiting=(Wait(S.PLANNED, "visits.do", "待走访"),),
    )
    urlpatterns = DESK.urls("visits")       # officer:visit_list, officer:visit, officer:visit_act
    todos = DESK.todos                      # named in the manifest of the room

A form whose fields depend on the row is a `FitsRow` (`fields.py`).
An act's action is called with the row, the form's cleaned data as keywords, and `by=`, `at=`, `expected=`.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.records.wires import permissions
from sanfu.web.access import View, once, page, refuse
from sanfu.web.components import enclosures
from sanfu.web.components.bulk import Bulk
from sanfu.web.components.cases import clock_rows, light_tag
from sanfu.web.components.desk_rules import Act, DeskRules, Wait, anybody_acts, lead_acts
from sanfu.web.components.drawing import flow_rows, flow_svg
from sanfu.web.components.fields import FitsRow, SaysDone
from sanfu.web.components.table import Table
from sanfu.web.request import Request

__all__ = ["Act", "CaseDesk", "Wait", "anybody_acts", "lead_acts"]


@dataclass(frozen=True)
class CaseDesk(DeskRules):
    """The desk of one kind of case: its routes, list, record page and act page (fields: `DeskRules`)."""

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

    # ---- several at once ----

    @cached_property
    def _bulk(self) -> Bulk:
        """The bulk acts: the same forms and actions as those of one record, by the same rule."""
        return Bulk(
            name=self.name, see=self.see, cases=self.cases, rows=self._several, table=lambda: self._listed,
            acts={str(event): self._bulk_act(event) for event in self.bulk}, namespace=self.namespace,
        )  # fmt: skip

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

    def record_page(self, request: Request, id: uuid.UUID) -> HttpResponseBase:
        """One record."""
        return render(request, self.template, self.context(request, self._found(request, id)))

    def act_page(self, request: Request, id: uuid.UUID, event: str) -> HttpResponseBase:
        """One act: a GET asks, a POST does; what is refused comes back as the filled form with the reason."""
        row = self._found(request, id)
        chosen, act = self._act(event)
        if not self._open(row, request.actor, chosen):
            return self._too_late(request, row, chosen)
        form = self._form(act, request, row)
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

    # ---- pieces ----

    def _found(self, request: Request, id: uuid.UUID) -> Any:
        row = self.find(request.actor, id)
        if row is None:
            raise Http404(f"没有这件{self.title}，或不在您可以查看的范围内。")
        return row

    def _form(self, act: Act, request: Request, row: Any) -> forms.Form | None:
        if act.form is None:
            return None
        form = enclosures.enclosing(act.form) if act.files else act.form
        made = form(request.POST or None, request.FILES or None)
        if isinstance(made, SaysDone):
            made.on = request.today
        if isinstance(made, FitsRow):
            made.fit(row, request.today)
        return made

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
    """The version that the form showed, or None where the form has none."""
    said = request.POST.get("version", "")
    if said and not (
        said.isdecimal() and len(said) < 9
    ):  # taken for none, the act would not ask who acted first
        raise Refused("页面上的版本号读不出来，请刷新后再提交。")
    return int(said) if said else None
