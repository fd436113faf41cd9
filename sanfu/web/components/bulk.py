"""成批办理 (bulk acts): one act over the chosen rows of a list — a preview of what will and won't happen, then each row
through the room's own action with its permission and version check, and a result for every row.

    BULK = Bulk(
        name="ticket", see=("tickets.see",), list="officer:ticket_list", page="officer:ticket",
        cases=queries.visible, rows=rows_of, table=lambda: TICKETS,
        acts={"sign": BulkAct("签收", "tickets.handle", why_not, do)},
    )
    TICKETS = Table(…, bulk=BULK)
    urlpatterns = [*BULK.urls("")]      # officer:ticket_bulk, officer:ticket_bulk_done
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from sanfu.cases.models import Case
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id
from sanfu.web.access import View, once, page, refuse
from sanfu.web.components.fields import as_uuid
from sanfu.web.request import Request

MOST = 200  # rows of one go: what one person can still look at
KEPT = 3  # results that a session remembers
EXPORT = "export"


class Row(Protocol):
    """What a bulk act works on: the room's own row with its case."""

    case: Case


@dataclass(frozen=True)
class BulkAct:
    """One act over several rows.

    permission: who lacks it ("a|b": one of) does not see the act. why_not(row, actor): why it will not happen, "" when
    it will. do(row, said, by, at, expected): the room's action. form(data, actor): what it asks, None for nothing.
    about(row, now): what will happen to this row and the mark of it, which must still be the same when it happens.
    """

    label: str
    permission: str
    why_not: Callable[[Any, Actor], str]
    do: Callable[[Any, Mapping[str, Any], Actor, datetime, int | None], Any]
    form: Callable[[Any, Actor], forms.Form] | None = None
    about: Callable[[Any, datetime], tuple[str, str]] | None = None
    hint: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A button of the list's bulk bar."""

    code: str
    label: str
    url: str


@dataclass(frozen=True)
class Bulk:
    """The bulk acts of one list of cases.

    name: of the routes; see: permissions that open them; cases: what an actor may see; rows: (actor, case ids) → the
    room's rows; table: the list, for "all that match" and for the file of the chosen rows; page: route of one record.
    """

    name: str
    see: tuple[str, ...]
    cases: Callable[[Actor], "QuerySet[Case]"]
    rows: Callable[[Actor, Sequence[uuid.UUID]], Sequence[Any]]
    table: Callable[[], Any]
    acts: Mapping[str, BulkAct]
    namespace: str = "officer"

    # ---- addresses ----

    def urls(self, at: str) -> list[URLPattern]:
        """The two routes below a path: choose and do, and the result."""
        return [
            path(
                f"{at}bulk/", self._view(require_POST(once(self.act_page)), "acts"), name=f"{self.name}_bulk"
            ),
            path(
                f"{at}bulk/<uuid:key>/", self._view(self.result_page, "result"), name=f"{self.name}_bulk_done"
            ),
        ]

    def _view(self, serve: Callable[..., HttpResponseBase], says: str) -> View:
        def view(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return serve(request, *args, **kwargs)

        view.__doc__ = f"成批办理 of {self.name}: {says}."
        view.__name__ = f"{self.name}_bulk_{says}"
        view.__dict__.update(getattr(serve, "__dict__", {}))
        return page(*self.see)(view)

    def offered(self, actor: Actor) -> list[Offered]:
        """The buttons that this person sees; a file of the chosen rows is for everybody who sees the list."""
        url = reverse(f"{self.namespace}:{self.name}_bulk")
        found = [
            Offered(code, act.label, url)
            for code, act in self.acts.items()
            if actor.may(*act.permission.split("|"))
        ]
        return [*found, Offered(EXPORT, "导出所选", url)]

    # ---- pages ----

    def act_page(self, request: Request) -> HttpResponseBase:
        """The preview of the chosen rows; with `confirm` each of them is done and the result shown."""
        code = request.POST.get("act", "")
        if code == EXPORT:
            return self._export(request)
        act = self.acts.get(code)
        if act is None or not request.actor.may(*act.permission.split("|")):
            raise Http404("没有这个成批办理的动作，或您的岗位不能用它。")
        form = (
            act.form(request.POST if request.POST.get("confirm") else None, request.actor)
            if act.form
            else None
        )
        if not request.POST.get("confirm"):
            return self._preview(request, code, act, form)
        if form is not None and not form.is_valid():
            return self._preview(request, code, act, form, refused=True)
        key = self._keep(request, act, self._done(request, act, form.cleaned_data if form else {}))
        return redirect(f"{self.namespace}:{self.name}_bulk_done", key=key)

    def result_page(self, request: Request, key: uuid.UUID) -> HttpResponseBase:
        """What became of each row."""
        kept = request.session.get("bulk", {}).get(str(key))
        if kept is None:
            raise Http404("这次成批办理的结果已不再保留；每一件的经过都在它自己的办理过程里。")
        context = {
            "title": f"成批{kept['label']}的结果",
            "lines": kept["lines"],
            "back": kept["back"],
            "done": sum(line["ok"] for line in kept["lines"]),
            "crumbs": [(self.table().title, self._list())],
        }
        return render(request, "components/bulk_done.html", context)

    # ---- pieces ----

    def _list(self) -> str:
        return reverse(f"{self.namespace}:{self.name}_list")

    def _back(self, request: Request) -> str:
        query = request.POST.get("query", "")
        return self._list() + (f"?{QueryDict(query).urlencode()}" if query else "")

    def _chosen(self, request: Request) -> list[uuid.UUID]:
        """Case ids as ticked, or those of everything that matches the list's question, in its order."""
        if request.POST.get("all") == "1":
            return list(self._listing(request).keys(MOST))
        asked = [part.partition(":")[0] for part in request.POST.getlist("pick")]
        found = [key for one in asked if (key := as_uuid(one))]
        return list(dict.fromkeys(found))[:MOST]

    def _listing(self, request: Request, rows: Any = None) -> Any:
        mine = self.cases(request.actor) if rows is None else rows
        return self.table().asked(QueryDict(request.POST.get("query", "")), self._list(), mine, request.actor)

    def _export(self, request: Request) -> HttpResponseBase:
        chosen = self._chosen(request)
        if not chosen:
            raise Refused("请先勾选要导出的记录。")
        rows = self.cases(request.actor).filter(pk__in=chosen)
        answer: HttpResponseBase = self._listing(request, rows).export("xlsx")
        return answer

    def _preview(
        self, request: Request, code: str, act: BulkAct, form: forms.Form | None, refused: bool = False
    ) -> HttpResponseBase:
        chosen = self._chosen(request)
        if not chosen:
            raise Refused(f"请先在列表里勾选要{act.label}的记录。")
        will, wont = [], []
        for row in self._in_order(request.actor, chosen):
            why, says, mark = act.why_not(row, request.actor), "", ""
            if not why and act.about:
                says, mark = act.about(row, request.now)
                why = "" if mark else says
            case = row.case
            line = {"case": case, "url": self._page(case.pk), "state": self._state(case), "says": says}
            if why:
                wont.append(line | {"why": why})
            else:
                will.append(line | {"pick": f"{case.pk}:{case.version}:{mark}"})
        context = {
            "title": f"成批{act.label}", "act": act, "code": code, "form": form, "will": will, "wont": wont,
            "gone": len(chosen) - len(will) - len(wont), "query": request.POST.get("query", ""),
            "back": self._back(request), "crumbs": [(self.table().title, self._list())], "most": MOST,
            "full": len(chosen) == MOST,
        }  # fmt: skip
        return (refuse if refused else render)(request, "components/bulk.html", context)

    def _in_order(self, actor: Actor, chosen: Sequence[uuid.UUID]) -> list[Any]:
        found = {row.case.pk: row for row in self.rows(actor, chosen)}
        return [found[key] for key in chosen if key in found]

    def _state(self, case: Case) -> Any:
        column = next((c for c in self.table().columns if c.key == "state"), None)
        return column.shown(case.state) if column else case.state

    def _page(self, case: uuid.UUID) -> str:
        return reverse(f"{self.namespace}:{self.name}", args=[case])

    def _done(self, request: Request, act: BulkAct, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Each chosen row by itself: one that is refused stops no other."""
        marks = {
            key: (version, mark)
            for part in request.POST.getlist("pick")
            for one, version, mark in [(part + "::").split(":")[:3]]
            if (key := as_uuid(one))
        }
        lines = []
        for row in self._in_order(request.actor, self._chosen(request)):
            version, mark = marks.get(row.case.pk, ("", ""))
            expected = int(version) if version.isdecimal() and len(version) < 9 else None
            problem = self._one(row, act, said, request, expected, mark)
            case = row.case
            lines.append(
                {
                    "number": case.number, "title": case.title, "url": self._page(case.pk),
                    "ok": not problem, "said": problem or f"已{act.label}",
                }
            )  # fmt: skip
        return lines

    def _one(
        self,
        row: Any,
        act: BulkAct,
        said: Mapping[str, Any],
        request: Request,
        expected: int | None,
        mark: str,
    ) -> str:
        """Do one row; return why it was not done, or nothing."""
        if problem := act.why_not(row, request.actor):
            return problem
        more = dict(said)
        if act.about:
            _, now = act.about(row, request.now)
            if now != mark:
                return "预览之后情况有变，请重新查看再办。"
            more["mark"] = now
        try:
            with transaction.atomic():
                act.do(row, more, request.actor, request.now, expected)
        except (Refused, Conflict, NotAllowed) as refusal:
            return str(refusal)
        return ""

    def _keep(self, request: Request, act: BulkAct, lines: list[dict[str, Any]]) -> str:
        key = str(new_id())
        kept = dict(list(request.session.get("bulk", {}).items())[-(KEPT - 1) :])
        request.session["bulk"] = kept | {
            key: {"label": act.label, "lines": lines, "back": self._back(request)}
        }
        return key
