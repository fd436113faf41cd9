"""Rules of a desk (工作台): what a room declares of its acts, and who may take which act of a case now.

`desk.py` adds the pages. Nothing here reads a request.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from sanfu.cases.models import Case
from sanfu.cases.queries import in_light, in_state
from sanfu.kernel.clocks import Light
from sanfu.kernel.flow import Flow, Labelled
from sanfu.records.actor import Actor
from sanfu.records.queries import timeline
from sanfu.web.components import enclosures
from sanfu.web.components.bulk import BulkAct
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
class DeskRules:
    """What one kind of case says of its desk, and what follows from it without a page.

    name: of the routes; see: permissions that open it; cases: the cases an actor may see; find: the room's own row
    (with `.case`), or None; facts: label and value of the record; who: who may act, besides the permission.
    bulk: events that may also be taken for several rows at once (the table is read with them).
    said: event row → words of its line; more: further context of the record page, whose template may extend
    "desk/record.html"; namespace: of the address names.
    opens: permissions that open photos and files of acts, where they are not those of the flow.
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
    opens: tuple[str, ...] = ()
    list_more: Callable[[Request], Mapping[str, Any]] | None = None
    list_template: str = "desk/list.html"
    template: str = "desk/record.html"
    act_template: str = "desk/act.html"
    namespace: str = "officer"

    def url(self, kind: str = "", *args: Any) -> str:
        """The address of the record ("") or of "list" or "act"."""
        return reverse(f"{self.namespace}:{self.name}{'_' + kind if kind else ''}", args=args)

    # ---- who may act now ----

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

    def _act(self, event: str) -> tuple[Any, Act]:
        for known, act in self.acts.items():
            if str(known) == event:
                return known, act
        raise Http404("没有这个动作。")

    def _handles(self, row: Any, actor: Actor) -> bool:
        """Whether somebody who sees the case also works on such cases: holds a permission that some move asks for."""
        if self.opens:
            return actor.may(*self.opens)
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

    # ---- what the record and the first page tell ----

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


def _said(event: Mapping[str, Any]) -> str:
    data = event["data"]
    return " · ".join(str(data[key]) for key in SAID if isinstance(data.get(key), str) and data[key])
