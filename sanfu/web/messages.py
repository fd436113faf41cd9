"""消息: the bell, the list of one's own messages, and what one wants to hear and where."""

from django import forms
from django.contrib import messages as flash
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from sanfu.people.messages import actions, queries
from sanfu.people.messages.states import MessageKind
from sanfu.records.actor import Refused
from sanfu.web.access import once, refuse, signed_in_page
from sanfu.web.components.fields import as_uuid
from sanfu.web.components.table import Choice, Column, Flag, Table
from sanfu.web.request import Request

MESSAGES = Table(
    "messages",
    title="消息",
    unit="条",
    default_sort="-at",
    columns=[
        Column(
            "words",
            "消息",
            wide=True,
            needs=("id", "read_at"),
            render=lambda row: format_html(
                '<a href="{}">{}</a>' if row["read_at"] else '<a href="{}"><b>{}</b></a>',
                f"/messages/open/?id={row['id']}",
                row["words"],
            ),
            link_args=("id",),
        ),
        Column("kind", "种类", tags=MessageKind),
        Column("at", "时间", kind="datetime", sort=True),
        Column("read_at", "已读", kind="datetime"),
    ],
    filters=[
        Choice("kind", "种类", MessageKind.choices()),
        Flag("unread", "只看未读", condition=lambda: Q(read_at=None)),
    ],
    empty="没有消息。派给您单位的、快到期的、有结果的，都会在这里告诉您。",
)


@signed_in_page
def message_list(request: Request) -> HttpResponseBase:
    """消息: one's own, unread ones in bold; each opens the thing itself."""
    context = {"unread": queries.unread(request.actor)}
    return MESSAGES.respond(request, queries.own(request.actor), "messages/list.html", context)


@signed_in_page
def open_message(request: Request) -> HttpResponseBase:
    """The thing that a message is about; from here on the message counts as read."""
    key = as_uuid(request.GET.get("id", ""))
    found = queries.own(request.actor).filter(pk=key).first() if key else None
    if found is None:
        return redirect("messages")
    actions.read([found.pk], by=request.actor, at=request.now)
    return redirect(found.path)


@signed_in_page
@require_POST
def read_all(request: Request) -> HttpResponseBase:
    """All messages of the person are read."""
    count = actions.read(None, by=request.actor, at=request.now)
    flash.success(request, f"{count} 条消息已标为已读。")
    return redirect("messages")


class AddressForm(forms.Form):
    mail = forms.EmailField(label="邮箱", required=False)
    phone = forms.RegexField(
        r"^1\d{10}$", label="手机号", required=False, error_messages={"invalid": "手机号应为 11 位，请核对。"}
    )
    daily = forms.BooleanField(label="每天早上汇总一次，不逐条发", required=False)


@signed_in_page
@once
def choices(request: Request) -> HttpResponse:
    """消息设置: which kinds are shown, which are sent outside, and where to."""
    kept = queries.address(request.actor)
    initial = {"mail": kept.mail, "phone": kept.phone, "daily": kept.daily} if kept else {"daily": True}
    form = AddressForm(request.POST or None, initial=initial)
    context = {
        "title": "消息设置",
        "crumbs": [("消息", "messages")],
        "form": form,
        "kinds": queries.choices(request.actor),
    }
    if request.method == "POST":
        if not form.is_valid():
            return refuse(request, "messages/choices.html", context)
        shown, outside = request.POST.getlist("shown"), request.POST.getlist("outside")
        try:
            actions.choose(shown, outside, **form.cleaned_data, by=request.actor)
        except Refused as problem:
            form.add_error(None, str(problem))
            return refuse(request, "messages/choices.html", context)
        flash.success(request, "消息设置已保存。")
        return redirect("message_choices")
    return render(request, "messages/choices.html", context)
