"""周报: last week in figures of what the reader may see; on the page, as Word and PDF, and told to who subscribed."""

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanfu.measure import weekly as measured
from sanfu.measure.actions import bulletins as acts
from sanfu.measure.reading import subscribed
from sanfu.records.actor import Refused
from sanfu.records.moments import said
from sanfu.records.pdf import Printed
from sanfu.records.wires import case_kinds
from sanfu.records.word import Official
from sanfu.web.access import once, page
from sanfu.web.components.export import PDF, send_file
from sanfu.web.errors import BadRequest
from sanfu.web.request import Request

HEADS = ("办件", "本周新增", "上周新增", "本周办结", "上周办结", "在办", "超期", "七天内到期")


@page("measure.see")
def weekly(request: Request) -> HttpResponseBase:
    """The report of a week, the last full one when none is named."""
    monday = _week(request)
    found = measured.report(request.actor, monday, request.now)
    context = {
        "title": f"周报 {_span(monday)}", "crumbs": [("评价", "")], "report": found, "heads": HEADS,
        "pressing": [row | {"url": reverse(case_kinds()[row["kind"]].page, args=[row["id"]])} for row in found.pressing if case_kinds()[row["kind"]].page],
        "before": monday - timedelta(days=7), "after": monday + timedelta(days=7),
        "ahead": monday + timedelta(days=7) <= request.today, "subscribed": subscribed(request.actor),
    }  # fmt: skip
    return render(request, "leader/reports/weekly.html", context)


@page("measure.see")
def word(request: Request) -> HttpResponseBase:
    """The report as a Word document in the official layout."""
    monday = _week(request)
    return send_file(f"周报-{monday}.docx", _written(request, monday, Official))


@page("measure.see")
def pdf(request: Request) -> HttpResponseBase:
    """The report as a PDF; without a Chinese font on the server it says so."""
    monday = _week(request)
    try:
        return send_file(f"周报-{monday}.pdf", _written(request, monday, Printed), PDF)
    except Refused as refused:
        raise BadRequest(str(refused)) from refused


def _written(request: Request, monday: date, paper: type[Official] | type[Printed]) -> bytes:
    """The report on paper: sentences, a table of the kinds, what is late, what was promised."""
    found = measured.report(request.actor, monday, request.now)
    made = paper(f"“三服务”工作周报\n（{_span(monday)}）")
    made.heading("一、总的情况")
    for sentence in found.sentences:
        made.paragraph(sentence)
    made.heading("二、各类办件")
    made.table(HEADS, [astuple(line) for line in found.lines])
    made.heading("三、超期在办")
    for name, count in found.holders:
        made.paragraph(f"{name}：{count}件。")
    for row in found.pressing:
        made.paragraph(
            f"{row['number']} {row['title']}，{row['lead__short'] or '尚未派单'}，应于{said(row['due_at'])}办结。"
        )
    if not found.holders:
        made.paragraph("没有超期在办。")
    made.heading("四、承诺待兑现")
    for one in found.promised:
        made.paragraph(f"{one['owner']}：{one['text']}，{one['due']}{'已过期' if one['late'] else '到期'}。")
    if not found.promised:
        made.paragraph("两周内没有要兑现的承诺。")
    made.sign("", f"数据时间：{said(found.at)}")
    return made.content()


@page("measure.see")
@require_POST
@once
def subscribe(request: Request) -> HttpResponse:
    """订阅: be told each Monday, or no longer."""
    wanted = request.POST.get("wanted") == "1"
    acts.subscribe(wanted, by=request.actor, at=request.now)
    messages.success(request, "已订阅，每周一早上给您发一条消息。" if wanted else "已取消订阅。")
    return redirect("leader:weekly")


def _week(request: Request) -> date:
    """The Monday of the week asked for."""
    text = request.GET.get("week", "")
    try:
        day = date.fromisoformat(text) if text else request.today - timedelta(days=7)
        if not date(2000, 1, 10) <= day <= request.today:
            raise ValueError(text)
        return day - timedelta(days=day.weekday())
    except ValueError as problem:
        raise Http404("哪一周写作那一周的任意一天，如 2026-11-23；还没有到的一周没有周报。") from problem


def _span(monday: date) -> str:
    last: Any = monday + timedelta(days=6)
    return f"{monday.year}年{monday.month}月{monday.day}日至{last.month}月{last.day}日"
