"""待评价办件: a phone agent takes the words down, the counter shows the code that the person's own phone reads."""

import io
import uuid

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache

from sanfu.grassroots.ratings import actions, queries
from sanfu.grassroots.ratings.models import Invitation
from sanfu.grassroots.ratings.rules import rules, token
from sanfu.grassroots.ratings.states import LEVELS, Way
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.web.access import once, page, refuse
from sanfu.web.components.table import Column, Dates, Row, Search, Table
from sanfu.web.request import Request


def _acts(row: Row) -> SafeString:
    links = [("officer:rating_code", "出示二维码"), ("officer:rating_phone", "电话代录")]
    return format_html_join(
        " · ", '<a href="{}">{}</a>', ((reverse(name, args=[row["id"]]), words) for name, words in links)
    )


ASKED = Table(
    "rating-asked",
    title="待评价办件",
    unit="件",
    default_sort="-asked_at",
    columns=[
        Column("case__number", "编号"),
        Column("case__title", "办件", wide=True),
        Column("unit__short", "承办单位"),
        Column("asked_at", "邀请时间", kind="datetime", sort=True),
        Column("until", "链接有效至", kind="datetime"),
        Column("id", "请对方评价", render=_acts, export_as=lambda row: ""),
    ],
    filters=[
        Search(fields=("case__number", "case__title"), hint="编号、标题"),
        Dates("asked_at", "邀请日期"),
    ],
    empty="没有等待评价的办件。",
)


class PhoneForm(forms.Form):
    level = forms.TypedChoiceField(
        label="对方说的满意程度",
        coerce=int,
        choices=sorted(LEVELS.items(), reverse=True),
        widget=forms.RadioSelect,
    )
    aspects = forms.MultipleChoiceField(
        label="主要是因为（可多选）", required=False, choices=lambda: [(one, one) for one in rules()["aspects"]],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = forms.CharField(label="对方的原话", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    named = forms.BooleanField(label="对方愿意让承办单位知道是哪一件事", required=False)


@page("ratings.take", "ratings.window")
def asked(request: Request) -> HttpResponseBase:
    """Finished matters that nobody rated yet; none of the own unit."""
    return ASKED.respond(
        request, queries.unanswered(request.actor), "desk/list.html", {"title": "待评价办件"}
    )


def _found(request: Request, id: uuid.UUID) -> Invitation:
    row = queries.invitation(request.actor, id)
    if row is None:
        raise Http404("没有这件待评价的办件：可能已经评价过，或者是本单位承办的。")
    return row


@page("ratings.take")
@once
def phone(request: Request, id: uuid.UUID) -> HttpResponse:
    """电话代录: what the person said, in the person's words."""
    row = _found(request, id)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            given = actions.Said(said["level"], tuple(said["aspects"]), said["words"], said["named"])
            actions.give_by_phone(row, given, by=request.actor, at=request.now)
            messages.success(request, f"{row.case.number} 的评价已代录。")
            return redirect("officer:rating_asked")
        except (Refused, Conflict, NotAllowed) as problem:
            form.add_error(None, str(problem))
    context = {
        "title": "电话代录评价", "crumbs": [("待评价办件", "officer:rating_asked")], "form": form,
        "lead": f"{row.case.number} {row.case.title}",
    }  # fmt: skip
    return (refuse if form.errors else render)(request, "officer/ratings/phone.html", context)


@page("ratings.window", "ratings.take")
@never_cache
def code(request: Request, id: uuid.UUID) -> HttpResponse:
    """出示二维码: the person's own phone reads it; whoever is signed in here cannot use the link."""
    row = _found(request, id)
    link = request.build_absolute_uri(reverse("citizen:rate", args=[token(row.id, Way.QR)]))
    context = {
        "title": "请扫码评价", "crumbs": [("待评价办件", "officer:rating_asked")], "row": row, "drawing": qr(link),
        "tablet": reverse("citizen:rate", args=[token(row.id, Way.COUNTER)]),
    }  # fmt: skip
    return render(request, "officer/ratings/code.html", context)


def qr(link: str) -> SafeString:
    """A link as SVG; the picture holds nothing but the link."""
    out = io.BytesIO()
    segno.make(link, error="m").save(
        out, kind="svg", scale=6, border=2, xmldecl=False, svgns=True, omitsize=False
    )
    drawn = mark_safe(out.getvalue().decode())  # made by us from an address of our own
    return format_html('<div role="img" aria-label="评价二维码">{}</div>', drawn)
