"""核数: a briefing pasted or uploaded comes back with every number judged, against closed months and against itself."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render

from sanfu.kernel.claims.check import Report, check
from sanfu.kernel.claims.verdicts import Judged, Verdict
from sanfu.kernel.duties.documents import UnreadableDocument, read_document
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.bulletin import mentioned
from sanfu.web.access import page
from sanfu.web.request import Request

MOST = 60_000  # signs, some hundred pages
LARGEST = 20 * 1024 * 1024
MONTHS = 26  # closed months that a text is checked against


class ClaimsForm(forms.Form):
    """A text, or a file with one."""

    text = forms.CharField(
        label="粘贴文字", required=False, widget=forms.Textarea(attrs={"rows": 8}), max_length=MOST,
        error_messages={"max_length": f"全文%(show_value)d字，超过{MOST}字；请分成几个部分分别核对，没有核一部分算一部分。"},
    )  # fmt: skip
    file = forms.FileField(label="或上传 txt、docx、pdf", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "text" in self.errors:
            return data
        if data.get("file"):
            if data["file"].size > LARGEST:
                raise forms.ValidationError("文件超过 20 MB；请另存为不带图片的文稿后上传。")
            try:
                read = read_document(data["file"].read(), data["file"].name)
            except UnreadableDocument as problem:
                raise forms.ValidationError(str(problem)) from problem
            data["text"], data["notes"] = read.text, list(read.notes)
        if not (data.get("text") or "").strip():
            raise forms.ValidationError("请粘贴一段文字，或上传一个文件。")
        if len(data["text"]) > MOST:
            raise forms.ValidationError(
                f"全文{len(data['text'])}字，超过{MOST}字；请分成几个部分分别核对，没有核一部分算一部分。"
            )
        return data


@page("measure.see")
def claims(request: Request) -> HttpResponseBase:
    """The form and, when something was sent, what its numbers come to."""
    form = ClaimsForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"title": "核数", "crumbs": [("评价", "")], "form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        facts = mentioned(text, known_facts(request))
        report = check(text, facts)
        context |= {
            "pieces": pieces(text, report), "lines": [_line(one) for one in report.numbers], "corrected": report.corrected,
            "counts": [(v.label, v.tone, len(report.of(v))) for v in Verdict], "notes": form.cleaned_data.get("notes", []),
            "facts": len(facts),
        }  # fmt: skip
    return render(
        request,
        "leader/book/claims.html",
        context,
        status=200 if request.method == "GET" or form.is_valid() else 422,
    )


def known_facts(request: Request) -> list[dict[str, Any]]:
    """Figures of closed months: what a briefing may quote."""
    found: list[dict[str, Any]] = []
    closed = reading.closings(request.actor.region)
    for month in sorted(closed)[-MONTHS:]:
        for cell in reading.cells(request.actor, formulas().values(), [month], closed[month], totals=True):
            one = formulas()[cell.indicator]
            if not cell.rows:
                continue
            fact: dict[str, Any] = {"name": one.name, "period": f"{month:%Y-%m}"}
            if one.is_share:
                found.append(
                    fact
                    | {
                        "value": f"{100 * cell.hits / cell.rows}%",
                        "numerator": cell.hits,
                        "denominator": cell.rows,
                    }
                )
            elif one.unit == "件":
                found.append(fact | {"value": cell.rows, "unit": "件"})
    return found


def _line(one: Judged) -> dict[str, Any]:
    return {
        "text": one.text,
        "label": one.verdict.label,
        "tone": one.verdict.tone,
        "why": one.why,
        "new": one.replacement or one.expected,
    }


def pieces(text: str, report: Report) -> list[tuple[str, str, str]]:
    """The text in pieces (words, tone, why), numbers apart."""
    found, place = [], 0
    for one in report.numbers:
        if one.start < place:
            continue
        found += [(text[place : one.start], "", ""), (text[one.start : one.end], one.verdict.tone, one.why)]
        place = one.end
    return [*found, (text[place:], "", "")]
