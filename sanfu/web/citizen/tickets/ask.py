"""我要诉求: one form for a phone; what the city would do with it is shown while it is written."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sanfu.grassroots.tickets import actions, queries
from sanfu.grassroots.tickets.guidance import guide, points_of
from sanfu.grassroots.tickets.models import Ticket
from sanfu.grassroots.tickets.states import Channel, RequestType, Urgency
from sanfu.people.queries import organisations
from sanfu.records.actor import Actor, Refused, machine
from sanfu.records.enclosures import Kept
from sanfu.web.access import ONCE_FIELD, led_here, once, public_page, sender_of
from sanfu.web.components import enclosures
from sanfu.web.components.fields import PlaceForm, as_uuid, point_of
from sanfu.web.request import PublicRequest
from sanfu.web.visitors import remember_sent, sent_last


class AskForm(PlaceForm):
    """What a citizen fills in; only the text is needed."""

    body = forms.CharField(
        label="您要反映什么",
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "什么时间、在哪里、发生了什么、希望怎样解决"}),
        max_length=20000,
        error_messages={"required": "请写明时间、地点和要解决的事。"},
    )
    kind = forms.ChoiceField(
        label="类型", choices=[(k.value, k.value) for k in RequestType], initial=RequestType.HELP.value
    )
    area = forms.ChoiceField(label="所在镇（街道）", required=False)
    place = forms.CharField(label="详细地点", required=False, max_length=200)
    name = forms.CharField(label="姓名", required=False, max_length=40)
    phone = forms.CharField(
        label="手机",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    anonymous = forms.BooleanField(label="匿名（承办单位看不到姓名）", required=False)
    enclosures = enclosures.EnclosureField(label="照片或材料")

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"] = forms.ChoiceField(
            label="所在镇（街道）",
            required=False,
            choices=lambda: _towns(region),  # asked only when shown or named
        )


def _towns(region: str) -> list[tuple[str, str]]:
    towns = organisations(region, kinds=["town", "zone"])
    return [("", "不清楚"), *((str(one["id"]), one["short"]) for one in towns)]


def sender(request: PublicRequest) -> Actor:
    """The signed-in citizen, or the platform on behalf of somebody unknown."""
    return request.actor or machine(settings.REGION, "市民")


@public_page
@once
def ask(request: PublicRequest) -> HttpResponse:
    """我要诉求。"""
    form = AskForm(request.POST or None, request.FILES or None, region=settings.REGION)
    valid = request.method == "POST" and form.is_valid()
    kept = enclosures.keep(form, by=sender(request), at=request.now) if request.method == "POST" else []
    if valid:
        try:
            ticket = _take(request, form.cleaned_data, kept)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            answer = redirect("citizen:ask_received", number=ticket.case.number)
            remember_sent(answer, ticket.pk)
            return answer
    context = {"title": "我要诉求", "form": form, "repeated": request.GET.get("from", "")}
    return render(request, "citizen/tickets/ask.html", context, status=422 if form.errors else 200)


def _take(request: PublicRequest, said: dict[str, Any], kept: list[Kept]) -> Ticket:
    """The order, or the first of several when the citizen agreed to part the points."""
    by = sender(request)
    submission = actions.Submission(
        body=said["body"],
        kind=RequestType(said["kind"]),
        channel=Channel.WEB,
        key=actions.key_of("form", sender_of(request), request.POST.get(ONCE_FIELD) or uuid.uuid4().hex),
        place=said["place"],
        lon=said["lon"],
        lat=said["lat"],
        area=uuid.UUID(said["area"]) if said["area"] else None,
        urgency=Urgency.NORMAL,
        name=said["name"],
        phone=said["phone"],
        anonymous=said["anonymous"],
        applicant=by.id,
        files=tuple(uuid.UUID(one.id) for one in kept),
    )
    points = points_of(said["body"]) if request.POST.get("split") == "1" else ()
    return actions.submit_points(submission, points, by=by, at=request.now)[0]


@public_page
def hints(request: PublicRequest) -> HttpResponse:
    """What is known about the text so far (htmx, while typing)."""
    area = request.POST.get("area", "")
    found = guide(
        request.POST.get("body", "")[:20000],
        region=settings.REGION,
        at=request.now,
        place=request.POST.get("place", "")[:200],
        area=as_uuid(area),
        at_point=point_of(request.POST.get("lon"), request.POST.get("lat")),
    )
    return render(request, "citizen/tickets/hints.html", {"g": found})


@public_page
def received(request: PublicRequest, number: str) -> HttpResponse:
    """已收到: the number and the follow-up code, shown only to the browser that sent it."""
    ticket = queries.received(number)
    if ticket is None or not (sent_last(request) == ticket.pk or led_here(request)):
        raise Http404("请用工单编号和查询码查进度。")
    context = {
        "title": "已收到您的诉求",
        "t": ticket,
        "others": queries.split_of(ticket),
        "clocks": queries.clocks(ticket, request.now),
    }
    return render(request, "citizen/tickets/received.html", context)
