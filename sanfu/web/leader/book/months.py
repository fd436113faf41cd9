"""封账: months open and closed, closing one, late entries beside, corrections asked and decided."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanfu.kernel.indicators.formula import Measure
from sanfu.measure import reading
from sanfu.measure.actions import freezing
from sanfu.measure.actions.freezing import REASONS
from sanfu.measure.book import formulas
from sanfu.measure.models import Closing
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.records.moments import begin_of
from sanfu.web.access import once, page
from sanfu.web.leader.book import show
from sanfu.web.request import Request


class CorrectForm(forms.Form):
    """Why a published figure should change."""

    reason = forms.ChoiceField(label="更正原因", choices=list(REASONS.items()))
    note = forms.CharField(label="依据和涉及的办件", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class KnownForm(forms.Form):
    """Which published figure, and on which day it is asked about."""

    on = forms.DateField(label="按哪一天", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, closed: dict[date, Closing], today: date) -> None:
        super().__init__(data, initial={"on": today.isoformat()})
        months = [(f"{month:%Y-%m}", show.in_words(month)) for month in sorted(closed, reverse=True)]
        counted = [one for one in formulas().values() if one.is_share or one.measure is Measure.COUNT]
        self.fields["month"] = forms.ChoiceField(label="月份", choices=months)
        self.fields["indicator"] = forms.ChoiceField(
            label="指标", choices=[(one.id, one.name) for one in counted]
        )
        self.order_fields(["month", "indicator", "on"])


def known_then(form: KnownForm, closed: dict[date, Closing]) -> str:
    """当时公布的数: what stood there at the end of a day, before or after corrections, in words."""
    one, day = formulas()[form.cleaned_data["indicator"]], form.cleaned_data["on"]
    closing = closed[date.fromisoformat(form.cleaned_data["month"] + "-01")]
    about = f"{show.in_words(closing.month)}{one.name}，按{day.year}年{day.month}月{day.day}日"
    end = begin_of(day + timedelta(days=1)) - timedelta(microseconds=1)
    if end < closing.closed_at:
        return f"{about}：那天还没有封账，没有公布数。"
    found = freezing.current(closing, one.id, on=end)
    if found is None or not found[0]:
        return f"{about}：封账时没有可统计的办件。"
    rows, hits = found
    said = f"{100 * hits / rows:.1f}%（{hits} ÷ {rows}）" if one.is_share else f"{rows}件"
    changed = "" if found == freezing.current(closing, one.id) else "；以后又更正过，见下面的更正记录"
    return f"{about}：公布的是{said}{changed}。"


@page("measure.see")
def months(request: Request) -> HttpResponseBase:
    """Every month of a year: closed with its digest and the last check of it, or open."""
    closed, checks = reading.closings(request.actor.region), reading.checks(request.actor.region)
    lines: list[dict[str, Any]] = []
    for month in show.back(request.today.replace(day=1), 13)[::-1]:
        closing = closed.get(month)
        lines.append(
            {
                "month": month, "words": show.in_words(month), "closing": closing,
                "checked": checks.get(month),
                "ended": month < request.today.replace(day=1),
            }
        )  # fmt: skip
    known = KnownForm(request.GET if "on" in request.GET else None, closed, request.today) if closed else None
    context = {
        "known": known, "known_then": known_then(known, closed) if known and known.is_valid() else "",
        "title": "封账与更正", "crumbs": [("评价", "")], "lines": lines, "corrections": _corrections(request),
        "may_close": request.actor.may("measure.close"), "may_decide": request.actor.may("measure.approve"),
    }  # fmt: skip
    return render(request, "leader/book/months.html", context)


def _corrections(request: Request) -> list[dict[str, Any]]:
    rows = reading.corrections(request.actor.region)
    names = reading.unit_names({row.unit for row in rows})
    causes = reading.causes(request.actor, rows)
    return [
        {
            "row": row, "name": formulas()[row.indicator].name if row.indicator in formulas() else row.indicator,
            "unit": names.get(row.unit, "其他"), "month": show.in_words(row.closing.month), "reason": REASONS.get(row.reason, ""),
            "mine": row.asked_by == request.actor.id, "causes": [{**one, "url": show.page_of(one)} for one in causes[row.id]],
        }
        for row in rows
    ]  # fmt: skip


@page("measure.close")
@once
@require_POST
def close(request: Request) -> HttpResponseBase:
    """Close a month now."""
    month = show.month_in(request.POST, request.today)
    try:
        closing = freezing.close(month, by=request.actor, at=request.now)
        messages.success(request, f"{show.in_words(month)}已封账：{closing.rows}行，{closing.cells}个数。")
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("leader:months")


@page("measure.close")
@once
@require_POST
def check(request: Request) -> HttpResponseBase:
    """Hold a closed month against its digest now."""
    month = show.month_in(request.POST, request.today)
    closing = reading.closings(request.actor.region).get(month)
    if closing is None:
        raise Http404("这个月还没有封账，没有可核对的摘要。")
    found = freezing.check(closing, by=request.actor, at=request.now)
    said = "与摘要一致" if found.sound else "与摘要不一致，请报督查"
    (messages.success if found.sound else messages.error)(
        request, f"{show.in_words(month)}封账数{said}；封账后补录或变动{found.late}件。"
    )
    return redirect("leader:months")


@page("measure.close")
@once
def correct(request: Request, name: str) -> HttpResponseBase:
    """Ask to correct a published figure."""
    one, month, unit = (
        show.formula(name),
        show.month_in(request.GET, request.today),
        show.unit_in(request.GET),
    )
    closing = reading.closings(request.actor.region).get(month)
    if closing is None:
        raise Http404("这个月还没有封账；实时数自己会变，不用更正。")
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            freezing.ask_correction(
                closing, one.id, unit, **form.cleaned_data, by=request.actor, at=request.now
            )
            messages.success(request, "已提出更正，待另一人批准；批准之前公布数不变。")
            return redirect("leader:months")
        except (Refused, Conflict, NotAllowed) as problem:
            form.add_error(None, str(problem))
    published = freezing.current(closing, one.id, unit)
    context = {
        "title": f"更正：{one.name} · {show.in_words(month)}", "crumbs": [("评价", "")], "form": form,
        "published": f"{published[1]} ÷ {published[0]}" if published and one.is_share else (published or ("–",))[0],
    }  # fmt: skip
    return render(request, "leader/book/correct.html", context)


@page("measure.approve")
@once
@require_POST
def decide(request: Request, id: uuid.UUID) -> HttpResponseBase:
    """Approve or refuse a correction that somebody else asked for."""
    if id not in {row.id for row in reading.corrections(request.actor.region)}:
        raise Http404("没有这条更正。")
    try:
        one = freezing.decide_correction(
            id, approve=request.POST.get("approve") == "1", by=request.actor, at=request.now
        )
        messages.success(
            request, "更正已批准，新旧两数并列公布。" if one.approved else "更正未批准，公布数不变。"
        )
    except (Refused, Conflict, NotAllowed) as problem:
        messages.error(request, str(problem))
    return redirect("leader:months")
