"""预约专窗: a firm books a slot, sees and cancels its own."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sanfu.enterprise.centre import actions, queries
from sanfu.enterprise.centre.states import AppointmentState
from sanfu.records.actor import Conflict, Refused
from sanfu.web.access import firm_page, once
from sanfu.web.components.fields import as_uuid
from sanfu.web.pieces.own import own_firm
from sanfu.web.request import Request


@firm_page("centre.book")
@once
def appointments(request: Request) -> HttpResponse:
    """Own appointments and the free slots of a day."""
    firm = own_firm(request)
    if request.method == "POST":
        said, by, at = request.POST, request.actor, request.now
        try:
            key = as_uuid(said.get("cancel", "")) if said.get("cancel") else None
            if key:
                made = queries.appointment(by, key)
                if made is None:
                    raise Http404("没有这个预约。")
                actions.cancel(made, by=by, at=at)
                messages.success(request, "已取消，时段已空出。")
            else:
                day, _, slot = said.get("when", "").partition(" ")
                made = actions.book(
                    firm, day=_day(day), slot=slot, matter=said.get("matter", ""), by=by, at=at
                )
                messages.success(request, f"已预约 {made.day} {made.slot}，{made.desk} 号窗。")
        except (Refused, Conflict) as problem:
            messages.error(request, str(problem))
        return redirect("firm:appointments")
    days = [
        (day, free)
        for day in queries.bookable_days(request.today)
        if (free := queries.free(request.actor.region, day))
    ]
    context = {
        "title": "预约专窗",
        "rows": [
            (one, AppointmentState(one.state))
            for one in queries.appointments(request.actor).order_by("-day")[:20]
        ],
        "days": days,
    }
    return render(request, "firm/centre/index.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Refused("请选择日期。") from problem
