"""协议体检: a draft, pasted or uploaded, clause by clause with rule, basis, rewrite and reviewer. Nothing is kept."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render

from sanfu.kernel.duties.documents import UnreadableDocument, read_document
from sanfu.kernel.offers.judging import Answer
from sanfu.kernel.offers.report import lint_text
from sanfu.projects.promotion.content import learned, rulebook
from sanfu.records.actor import Refused
from sanfu.records.files import checked
from sanfu.web.access import page, refuse
from sanfu.web.request import Request

TEMPLATE = "officer/promotion/offers.html"


class DraftForm(forms.Form):
    """A draft as text or as a file."""

    text = forms.CharField(
        label="协议条款",
        required=False,
        max_length=60_000,
        help_text="粘贴条款，或在下面上传文件",
        widget=forms.Textarea(),
    )
    file = forms.FileField(label="协议文件", required=False, widget=forms.FileInput())

    def clean(self) -> dict[str, Any]:
        """One of the two is needed; a file is looked at before it is read."""
        given = super().clean() or {}
        if given.get("file"):
            try:
                name, data, _ = checked(given["file"].name, given["file"])
                document = read_document(data, name)
            except (Refused, UnreadableDocument) as problem:
                raise forms.ValidationError(str(problem)) from None
            given["text"], given["notes"] = document.text, list(document.notes)
        if not (given.get("text") or "").strip():
            raise forms.ValidationError("请粘贴条款，或上传 Word、PDF、文本文件。")
        return given


@page("promotion.lint")
def lint(request: Request) -> HttpResponseBase:
    """The form, and under it the answer on every clause; a person decides."""
    form = DraftForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"title": "协议体检", "form": form}
    if request.method != "POST":
        return render(request, TEMPLATE, context)
    if not form.is_valid():
        return refuse(request, TEMPLATE, context)
    answer = lint_text(form.cleaned_data["text"], rulebook(settings.CONTENT), learned(settings.CONTENT))
    clauses = [{**one, "tag": Answer(one["answer"]).tag} for one in answer["clauses"]]
    context |= {"answer": answer, "clauses": clauses, "notes": form.cleaned_data.get("notes", [])}
    return render(request, TEMPLATE, context)
