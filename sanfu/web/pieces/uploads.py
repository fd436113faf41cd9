"""A sheet sent in, checked and kept or dropped: where it is chosen, what is wrong row by row, the sheet to mend."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from sanfu.enterprise.registry.upload import ERROR_HEADS, error_rows
from sanfu.kernel.flow import Labelled
from sanfu.records import files
from sanfu.records.actor import Actor, Conflict, Refused
from sanfu.web.access import View, once, page
from sanfu.web.components.export import send
from sanfu.web.request import Request

SHOWN = 100  # rows of problems on the page; the sheet has all


class UploadForm(forms.Form):
    """One sheet."""

    file = forms.FileField(
        label="Excel 或 CSV 文件",
        error_messages={"required": "请选择文件。"},
        widget=forms.ClearableFileInput(),  # its own: a shared one may have been told to take many
    )


@dataclass(frozen=True)
class Start:
    """The page on which a sheet is chosen, where nothing but the sheet is asked for.

    name: of the route; check: the action (stored file, by=, at=) → the upload; lead: whose list it may be;
    says: what a row is, the headings that are read, what stays as it is.
    """

    name: str
    title: str
    check: Callable[..., Any]
    lead: str
    says: str


@dataclass(frozen=True)
class UploadPages:
    """Pages of a checked upload; its row has `file`, `state`, `total`, `good`, `errors` and `kept`.

    name: of the routes ("monitor_import"); see: permissions that open them; rows: the uploads an actor may see.
    decide: the action (row, keep=, by=, at=) → how many were written; crumbs: label and route.
    word: what happens to good rows ("入库"); unit: what was written ("行"); more: further figures (label, value, unit).
    """

    name: str
    see: tuple[str, ...]
    rows: Callable[[Actor], Any]
    decide: Callable[..., int]
    states: type[Labelled]
    crumbs: Sequence[tuple[str, str]]
    word: str = "入库"
    unit: str = "行"
    more: Callable[[Any], Sequence[tuple[str, int, str]]] | None = None
    start: Start | None = None

    def urls(self, at: str) -> list[URLPattern]:
        """The routes below a path."""
        start = self.start
        first = [path(f"{at}/", self._view(once(self.begin), start.title), name=start.name)] if start else []
        return [
            *first,
            path(f"{at}/<uuid:id>/", self._view(self.result, "导入结果"), name=self.name),
            path(f"{at}/<uuid:id>/errors.xlsx", self._view(self.errors, "错误清单"), name=f"{self.name}_errors"),
            path(
                f"{at}/<uuid:id>/decide/", self._view(once(require_POST(self.decided)), "好行写入，或整份放弃"),
                name=f"{self.name}_decide",
            ),
        ]  # fmt: skip

    def _view(self, serve: Callable[..., HttpResponseBase], says: str) -> View:
        def view(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return serve(request, *args, **kwargs)

        view.__doc__ = f"{says} of {self.name}."
        view.__name__ = f"{self.name}_{getattr(serve, '__name__', 'page')}"
        return page(*self.see)(view)

    def _found(self, request: Request, id: uuid.UUID) -> Any:
        found = self.rows(request.actor).filter(pk=id).first()
        if found is None:
            raise Http404("没有这次导入。")
        return found

    def begin(self, request: Request) -> HttpResponse:
        """Choose a sheet: it is checked, nothing is written before the person says so."""
        assert self.start
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data["file"]
            try:
                stored = files.store(name=given.name, content=given, by=request.actor, at=request.now)
                made = self.start.check(stored, by=request.actor, at=request.now)
            except Refused as refused:
                form.add_error("file", str(refused))
            else:
                return redirect(f"officer:{self.name}", id=made.id)
        context = {
            "title": self.start.title,
            "crumbs": self.crumbs,
            "form": form,
            "start": self.start,
            "result": f"officer:{self.name}",
            "recent": [(one, self.states(one.state)) for one in self.rows(request.actor)[:10]],
        }
        return render(request, "officer/table_upload.html", context, status=422 if form.errors else 200)

    def result(self, request: Request, id: uuid.UUID) -> HttpResponse:
        """What is wrong, row by row, and what would be kept."""
        made = self._found(request, id)
        context = {
            "title": made.file.name,
            "crumbs": [*self.crumbs, (self.start.title, f"officer:{self.start.name}")]
            if self.start
            else self.crumbs,
            "m": made,
            "state": self.states(made.state),
            "errors_url": reverse(f"officer:{self.name}_errors", args=[id]),
            "decide_url": reverse(f"officer:{self.name}_decide", args=[id]),
            "good": len(made.good),
            "bad": len({error["line"] for error in made.errors}),
            "errors": made.errors[:SHOWN],
            "word": self.word,
            "unit": self.unit,
            "more": self.more(made) if self.more else (),
        }
        return render(request, "officer/table_import.html", context)

    def errors(self, request: Request, id: uuid.UUID) -> HttpResponseBase:
        """错误清单 as a file to mend."""
        return send("xlsx", "错误清单", ERROR_HEADS, error_rows(self._found(request, id).errors))

    def decided(self, request: Request, id: uuid.UUID) -> HttpResponse:
        """Keep the good rows, or drop the file; who comes second is told what was decided."""
        keep = request.POST.get("keep") == "1"
        made = self._found(request, id)
        try:
            count = self.decide(made, keep=keep, by=request.actor, at=request.now)
            done = f"已{self.word} {count} {self.unit}。"
            messages.success(request, done if keep else "已放弃，没有写入任何数据。")
        except (Refused, Conflict) as problem:
            messages.error(request, str(problem))
        return redirect(f"officer:{self.name}", id=id)
