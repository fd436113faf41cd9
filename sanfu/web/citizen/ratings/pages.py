"""评价: five levels, what it is about, words; one link, one rating."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from sanfu.grassroots.ratings import actions, queries
from sanfu.grassroots.ratings.models import Invitation
from sanfu.grassroots.ratings.rules import read_token, rules
from sanfu.grassroots.ratings.states import BAD, LEVELS, Way
from sanfu.records.actor import Conflict, NotAllowed, Refused
from sanfu.web.access import once, public_page, refuse, sender_of
from sanfu.web.request import PublicRequest
from sanfu.web.visitors import network_of

TEMPLATE = "citizen/ratings/rate.html"


class RateForm(forms.Form):
    """What the person says."""

    level = forms.TypedChoiceField(
        label="满意程度", coerce=int, choices=sorted(LEVELS.items(), reverse=True), widget=forms.RadioSelect
    )
    aspects = forms.MultipleChoiceField(
        label="主要是因为（可多选）", required=False, choices=lambda: [(one, one) for one in rules()["aspects"]],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = forms.CharField(
        label="想说的话（选填）", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="承办单位看不到是谁评的；请不要写姓名、电话。",
    )  # fmt: skip
    named = forms.BooleanField(label="愿意让承办单位知道是哪一件事，方便整改", required=False)


@public_page
@never_cache
@once
def rate(request: PublicRequest, token: str) -> HttpResponse:
    """评价 one matter by the signed link; used, ended or not ours, it says so and shows nothing of the matter."""
    invitation, way = _asked(token)
    staff = (
        request.actor is not None
        and request.actor.organisation is not None
        and "firm" not in request.actor.roles
    )
    state = (
        "staff"
        if staff
        else "used"
        if invitation.used_at
        else "ended"
        if request.now > invitation.until
        else ""
    )
    state = "thanks" if state == "used" and request.GET.get("said") else state
    context = {
        "title": "评价",
        "bad": request.GET.get("said") == "bad",
        "invitation": invitation,
        "state": state,
        "case": invitation.case,
    }
    if state:
        return render(request, TEMPLATE, context)
    form = RateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        device = f"{sender_of(request)}|{network_of(request)}|{request.headers.get('User-Agent', '')[:200]}"
        try:
            given = actions.Said(said["level"], tuple(said["aspects"]), said["words"], said["named"], device)
            actions.give(invitation, way, given, by=request.actor, at=request.now)
            return redirect(f"{request.path}?said={'bad' if said['level'] <= BAD else 'good'}")
        except (Refused, Conflict, NotAllowed) as problem:
            form.add_error(None, str(problem))
    return (refuse if form.errors else render)(request, TEMPLATE, context | {"form": form})


def _asked(token: str) -> tuple[Invitation, Way]:
    read = read_token(token)
    invitation = queries.by_link(read[0], settings.REGION) if read else None
    if read is None or invitation is None:
        raise Http404("这个评价链接不对；请用收到的完整链接，或拨打12345由话务员代录。")
    return invitation, read[1]
