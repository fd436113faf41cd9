"""协议体检: a draft clause by clause with rule, basis and rewrite; a person decides, and the decisions are kept."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.kernel.duties.documents import UnreadableDocument, read_document
from sanfu.kernel.offers.judging import Answer
from sanfu.kernel.offers.report import lint_text
from sanfu.projects.promotion import actions, queries
from sanfu.projects.promotion.content import learned, rulebook
from sanfu.projects.promotion.states import Decided
from sanfu.records.actor import Refused
from sanfu.records.files import checked
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Choice, Column, Search, Table
from sanfu.web.request import Request

TEMPLATE = "officer/promotion/offers.html"
CRUMB = ("条款处置", "officer:lint_decisions")
DECISIONS = Table(
    "lint-decisions",
    title="条款处置",
    unit="条",
    default_sort="-at",
    columns=[
        Column("text", "条款", link="officer:lint_decision", wide=True),
        Column("answer", "体检结论", tags=Answer),
        Column("rule", "规则"),
        Column("decided", "处置", tags=Decided),
        Column("why", "理由", wide=True),
        Column("draft", "草稿"),
        Column("by_name", "处置人"),
        Column("at", "时间", kind="datetime", sort=True),
    ],
    filters=[
        Search(fields=("text", "draft", "why"), hint="条款、草稿、理由"),
        Choice("answer", "体检结论", Answer.choices()),
        Choice("decided", "处置", Decided.choices()),
    ],
    empty="还没有处置过条款。体检一份协议草稿后，逐条选处置。",
)


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
    context |= {"draft": form.cleaned_data["text"], "choices": Decided.choices(), "name": _name_of(form)}
    return render(request, TEMPLATE, context)


def _name_of(form: DraftForm) -> str:
    """What the draft is called: the file's name, else its first line."""
    file = form.cleaned_data.get("file")
    return str(file.name if file else form.cleaned_data["text"].strip().splitlines()[0])[:40]


@page("promotion.lint")
@require_POST
@once
def decide(request: Request) -> HttpResponseBase:
    """条款处置: what the person chose for clauses of the draft; the verdicts are judged again on the server."""
    given, chosen = request.POST, []
    for key in (name for name in given if name.startswith("decided_")):
        place, word = key.removeprefix("decided_"), Decided.of(given[key])
        if place.isdigit() and word is not None:
            chosen.append(actions.Choice(int(place), word, given.get(f"why_{place}", "")))
    try:
        made = actions.decide(
            draft=given.get("draft_name", ""), text=given.get("draft", "")[:60_000], choices=chosen, by=request.actor, at=request.now
        )  # fmt: skip
    except Refused as refused:
        form = DraftForm({"text": given.get("draft", "")})
        form.add_error(None, str(refused))
        return refuse(request, TEMPLATE, {"title": "协议体检", "form": form})
    messages.success(request, f"已记下 {len(made)} 条处置。")
    return redirect("officer:lint_decisions")


@page("promotion.lint", "promotion.see_all")
def decision_list(request: Request) -> HttpResponseBase:
    """Decisions on clauses, the newest first."""
    return DECISIONS.respond(request, queries.decisions(request.actor), "officer/promotion/decisions.html")


@page("promotion.lint", "promotion.see_all")
def decision_page(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """One decision: the clause, what the lint said that day with its basis, what the person decided."""
    row = queries.decision(request.actor, id)
    if row is None:
        raise Http404("没有这条处置，或不在您可以查看的范围内。")
    facts = [
        ("草稿", row.draft), ("条款", row.clause), ("体检结论", Answer(row.answer).label), ("处置", Decided(row.decided).label),
        ("理由", row.why or "没有写"), ("处置人", row.by_name), ("单位", row.unit.short), ("时间", row.at),
    ]  # fmt: skip
    context = {"title": f"{row.clause}的处置", "crumbs": [CRUMB], "row": row, "facts": facts}
    return render(request, "officer/promotion/decision.html", context)
