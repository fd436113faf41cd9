"""登记诉求: the seat's pad for calls, with the same hints as the citizen's form."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sanfu.grassroots.tickets import actions
from sanfu.grassroots.tickets.guidance import guide, points_of
from sanfu.grassroots.tickets.states import Channel, RequestType, Urgency
from sanfu.people.queries import organisations
from sanfu.records.actor import Refused
from sanfu.web.access import ONCE_FIELD, once, page, sender_of
from sanfu.web.components.fields import PlaceForm, point_of
from sanfu.web.request import Request

KINDS = [(kind.value, kind.value) for kind in RequestType]


class RegisterForm(PlaceForm):
    """What the seat writes down during the call."""

    body = forms.CharField(label="诉求内容", widget=forms.Textarea(attrs={"rows": 5}), max_length=20000)
    kind = forms.ChoiceField(label="类型", choices=KINDS, initial=RequestType.HELP.value)
    channel = forms.ChoiceField(label="渠道", choices=Channel.choices(), initial=Channel.HOTLINE)
    urgency = forms.ChoiceField(
        label="紧急程度", choices=[(u.value, u.value) for u in Urgency], initial=Urgency.NORMAL.value
    )
    area = forms.ChoiceField(label="属地", required=False)
    place = forms.CharField(label="地点", required=False, max_length=200)
    name = forms.CharField(label="诉求人", required=False, max_length=40)
    phone = forms.CharField(label="电话", required=False, max_length=30)
    source_number = forms.CharField(label="来源编号", required=False, max_length=60)
    confidential = forms.BooleanField(label="保密", required=False)

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = organisations(region, kinds=["town", "zone"])
        self.fields["area"] = forms.ChoiceField(
            label="属地", required=False, choices=[("", "未知"), *((str(o["id"]), o["short"]) for o in towns)]
        )


@page("tickets.register")
@once
def register(request: Request) -> HttpResponse:
    """登记诉求。"""
    form = RegisterForm(request.POST or None, region=request.actor.region)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        submission = actions.Submission(
            body=said["body"],
            kind=RequestType(said["kind"]),
            channel=Channel(said["channel"]),
            urgency=Urgency(said["urgency"]),
            key=actions.key_of("form", sender_of(request), request.POST.get(ONCE_FIELD) or uuid.uuid4().hex),
            area=uuid.UUID(said["area"]) if said["area"] else None,
            place=said["place"],
            lon=said["lon"],
            lat=said["lat"],
            name=said["name"],
            phone=said["phone"],
            confidential=said["confidential"],
            source_number=said["source_number"],
        )
        try:
            points = points_of(said["body"]) if request.POST.get("split") == "1" else ()
            ticket = actions.submit_points(submission, points, by=request.actor, at=request.now)[0]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, f"已登记 {ticket.case.number}，查询码 {ticket.follow_code}，请告知诉求人。"
            )
            return redirect("officer:ticket", id=ticket.pk)
    context = {"title": "登记诉求", "form": form, "crumbs": [("诉求工单", "officer:ticket_list")]}
    return render(request, "officer/tickets/register.html", context, status=422 if form.errors else 200)


@page("tickets.register")
def hints(request: Request) -> HttpResponse:
    """What is known about the text so far (htmx)."""
    said = request.POST
    found = guide(
        said.get("body", "")[:20000],
        region=request.actor.region,
        at=request.now,
        place=said.get("place", "")[:200],
        at_point=point_of(said.get("lon"), said.get("lat")),
        channel=Channel(said["channel"]) if said.get("channel") in set(Channel) else Channel.HOTLINE,
        kind=RequestType(said["kind"]) if said.get("kind") in set(RequestType) else None,
    )
    return render(request, "citizen/tickets/hints.html", {"g": found})
