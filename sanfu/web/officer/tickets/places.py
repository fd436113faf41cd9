"""诉求地图: orders as points and clusters on the county's map, with their list beside."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sanfu.cases.models import Case
from sanfu.grassroots.tickets import queries
from sanfu.kernel.clocks import Light
from sanfu.web.access import page
from sanfu.web.components.map import MapView, Mark
from sanfu.web.request import Request

MOST = 400  # points that are drawn; the list beside a map of more would help nobody
WINDOWS = {"7": "最近 7 天", "30": "最近 30 天", "90": "最近 90 天"}


class MapFilter(forms.Form):
    """What the map shows."""

    kind = forms.ChoiceField(label="分类", required=False)
    days = forms.ChoiceField(label="受理时间", choices=list(WINDOWS.items()), required=False)
    all = forms.ChoiceField(label="办理情况", choices=[("", "在办"), ("1", "在办和已办结")], required=False)

    def __init__(self, *args: object, kinds: list[str], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["kind"] = forms.ChoiceField(
            label="分类", required=False, choices=[("", "全部分类"), *((one, one) for one in kinds)]
        )


@page("tickets.see")
def ticket_map(request: Request) -> HttpResponse:
    """Orders on the map: where, how urgent, which."""
    days = request.GET.get("days") if request.GET.get("days") in WINDOWS else "30"
    since = request.now - timedelta(days=int(days or 30))
    form = MapFilter({**request.GET.dict(), "days": days}, kinds=queries.class_heads(request.actor, since))
    said = form.cleaned_data if form.is_valid() else {}
    everything = queries.visible(request.actor).filter(opened_at__gte=since)
    rows = queries.located(request.actor, since=since, open_only=not said.get("all"))
    if kind := said.get("kind"):
        rows, everything = (
            some.filter(ticket__class_path__startswith=f"{kind}/") for some in (rows, everything)
        )
    shown = list(rows.select_related("ticket")[: MOST + 1])
    context = {
        "title": "诉求地图",
        "crumbs": [("诉求工单", "officer:ticket_list")],
        "form": form,
        "map": MapView(marks=[_mark(one) for one in shown[:MOST]], title="诉求地图"),
        "count": min(len(shown), MOST),
        "more": len(shown) > MOST,
        "nowhere": everything.filter(ticket__lon=None).count(),
        "window": WINDOWS[days or "30"],
    }
    return render(request, "officer/tickets/map.html", context)


def _mark(case: Case) -> Mark:
    tone = Light(case.light).tone if case.closed_at is None and case.light else "muted"
    label = f"{case.number} {case.title[:30]}"
    return Mark(
        case.ticket.lon or 0.0, case.ticket.lat or 0.0, label, reverse("officer:ticket", args=[case.pk]), tone
    )
