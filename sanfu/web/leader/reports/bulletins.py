"""简报: proposed from the figures of a month, edited by a person, issued after every number was checked, read as Word or PDF."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render

from sanfu.kernel.claims.verdicts import Verdict
from sanfu.measure import bulletin as drafting
from sanfu.measure import reading
from sanfu.measure.actions import bulletins as acts
from sanfu.measure.models import Bulletin
from sanfu.records.actor import Refused
from sanfu.records.moments import day_of
from sanfu.records.pdf import Printed
from sanfu.records.word import Official
from sanfu.web.access import once, page
from sanfu.web.components.export import PDF, send_file
from sanfu.web.errors import BadRequest
from sanfu.web.leader.book import show
from sanfu.web.leader.book.claims import pieces
from sanfu.web.request import Request

TEMPLATE = "leader/reports/bulletins.html"


@page("measure.see")
@once
def bulletins(request: Request) -> HttpResponseBase:
    """The proposed bulletin of a month with its check, and those that were issued; a POST issues it."""
    asked = request.GET if request.method == "GET" else request.POST
    closed = sorted(reading.closings(request.actor.region), reverse=True)
    this = request.today.replace(day=1)
    month = (
        show.month_in(asked, request.today)
        if asked.get("month")
        else (closed[0] if closed else show.back(this, 2)[0])
    )
    draft = drafting.compose(request.actor, month)
    text, problem = asked.get("text") or draft.text, ""
    if request.method == "POST":
        try:
            row = acts.issue(
                month, text, looked=request.POST.get("looked") == "1", by=request.actor, at=request.now
            )
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, f"简报 {row.number} 已签发。")
            return redirect("leader:bulletin", id=row.id)
    checked = drafting.examine(text, draft.facts)
    context: dict[str, Any] = {
        "title": "月度简报", "crumbs": [("评价", "")], "draft": draft, "text": text, "problem": problem, "month": month,
        "months": list(dict.fromkeys([*closed, this, *reversed(show.back(this, 6))])), "checked": checked,
        "pieces": pieces(text, checked.report), "issued": reading.bulletins(request.actor.region),
        "counts": [(*v.tag, len(checked.report.of(v))) for v in Verdict],
        "may_issue": request.actor.may("measure.issue"),
    }  # fmt: skip
    return render(request, TEMPLATE, context, status=422 if problem else 200)


@page("measure.see")
def bulletin(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """An issued bulletin as it stands."""
    row = _found(request, id)
    context = {
        "title": f"简报 {row.number}", "crumbs": [("月度简报", "leader:bulletins")], "row": row,
        "counts": [(*v.tag, row.checked.get(str(v), 0)) for v in Verdict],
        "paragraphs": row.text.splitlines(),
    }  # fmt: skip
    return render(request, "leader/reports/bulletin.html", context)


@page("measure.see")
def word(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """An issued bulletin as a Word document in the official layout."""
    row = _found(request, id)
    return send_file(f"简报-{row.number}.docx", _written(row, Official))


@page("measure.see")
def pdf(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """An issued bulletin as a PDF; without a Chinese font on the server it says so."""
    row = _found(request, id)
    try:
        return send_file(f"简报-{row.number}.pdf", _written(row, Printed), PDF)
    except Refused as refused:
        raise BadRequest(str(refused)) from refused


def _written(row: Bulletin, paper: type[Official] | type[Printed]) -> bytes:
    """The bulletin on paper: head and number, its headings and paragraphs, county and day."""
    year, digits = day_of(row.issued_at).year, row.number[-3:]
    made = paper(row.title, head=settings.RED_HEAD, number=f"〔{year}〕{int(digits)}号")
    for line in row.text.splitlines():
        if line[:2].endswith("、") and line[0] in drafting.HAN:
            made.heading(line)
        else:
            made.paragraph(line)
    day = day_of(row.issued_at)
    made.sign(settings.COUNTY_NAME, f"{day.year}年{day.month}月{day.day}日")
    return made.content()


def _found(request: Request, id: uuid.UUID) -> Bulletin:
    row = reading.bulletin(request.actor.region, id)
    if row is None:
        raise Http404("没有这份简报。")
    return row
