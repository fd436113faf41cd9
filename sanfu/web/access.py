"""Who may open a page: every view carries exactly one of the marks below, and a test walks all routes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode

from sanfu.records.actor import Actor, NotAllowed
from sanfu.records.limits import Quota, spend
from sanfu.records.moments import said
from sanfu.web.models import Submission
from sanfu.web.request import PublicRequest
from sanfu.web.visitors import is_counter, network_of

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks for: nothing (public), a signed-in person, a firm's person, or one of some permissions."""

    kind: str
    permissions: tuple[str, ...] = ()


def _mark(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor
        if access.kind != "public":
            if actor is None:
                return to_login(request)
            if access.permissions and not actor.may(*access.permissions):
                raise NotPermitted(access.permissions)
        return view(request, *args, **kwargs)

    guarded.__dict__["access"] = access  # read by the route test and by the navigation test
    return guarded


class NotPermitted(NotAllowed):
    """The signed-in person holds none of the permissions; the 403 page names the roles that do."""

    def __init__(self, permissions: tuple[str, ...]) -> None:
        super().__init__("您的岗位没有打开此页的权限。")
        self.permissions = permissions


class TooMany(Exception):
    """A quota is used up or too many wrong codes were tried; the message says what to wait for."""


def page(*permissions: str) -> Callable[[View], View]:
    """A page for whoever holds at least one of the permissions."""
    if not permissions:
        raise ValueError("page() needs a permission code; a page for everybody signed in is @signed_in_page")
    return lambda view: _mark(view, Access("permission", permissions))


def firm_page(*permissions: str) -> Callable[[View], View]:
    """A page for somebody who acts for a firm (企业用户 or 帮代办): the firm's permissions, portal look."""
    if not permissions:
        raise ValueError("firm_page() needs a permission code")
    return lambda view: _mark(view, Access("firm", permissions))


def signed_in_page(view: View) -> View:
    """A page for everybody who is signed in, whatever the role."""
    return _mark(view, Access("signed_in"))


def public_page(view: View) -> View:
    """A page for everybody, signed in or not. A form of it that runs once is counted against the network's quota."""
    return _mark(view if not getattr(view, "runs_once", False) else _counted(view), Access("public"))


def _counted(view: View) -> View:
    @wraps(view)
    def guarded(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and request.actor is None:
            most = settings.COUNTER_FORMS if is_counter(request) else settings.PUBLIC_FORMS
            quota = Quota("forms", most, timedelta(hours=1))
            if until := spend(quota, network_of(request), region=settings.REGION, at=request.now):
                raise TooMany(
                    f"从您所在的网络一小时内已提交{most}份表单，{said(until, '%H:%M')}以后可以继续；"
                    "本次没有提交，已提交的不受影响。急事请拨打12345，或登录后提交。"
                )
        return view(request, *args, **kwargs)

    return guarded


def to_login(request: HttpRequest) -> HttpResponse:
    """Send a person who is not signed in to the form, back here afterwards; htmx is told to leave the page."""
    expired = settings.SESSION_COOKIE_NAME in request.COOKIES
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
    if request.headers.get("HX-Request"):
        back = request.headers.get("HX-Current-URL", back)
    query = {"next": _path_only(back)} if back else {}
    if expired:
        query["expired"] = "1"
    url = resolve_url(settings.LOGIN_URL) + ("?" + urlencode(query) if query else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _path_only(url: str) -> str:
    """The part after the host, so that `next` can never lead elsewhere."""
    if "://" in url:
        url = "/" + url.split("://", 1)[1].partition("/")[2]
    return url if url.startswith("/") and not url.startswith("//") else "/"


ONCE_FIELD = "_once"


def sender_of(request: PublicRequest) -> str:
    """Whose keys a form's keys are: the person's, else this browser's (a digest of its own CSRF cookie)."""
    if request.actor and request.actor.id:
        return str(request.actor.id)
    mark = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    return f"b:{hashlib.sha256(mark.encode()).hexdigest()[:38]}" if mark else ""


JUST_NOW = timedelta(minutes=10)  # a second click follows in seconds, a lost answer in minutes


def led_here(request: PublicRequest) -> bool:
    """Whether a form that this browser or person sent just now led to this very page, whichever copy of it was answered.

    Only just now: the mark of a browser stays for a year, and at a counter many people share one.
    """
    mark = sender_of(request)
    sent = Submission.objects.filter(person=mark, location=request.path, at__gte=request.now - JUST_NOW)
    return bool(mark) and sent.exists()


def once(view: View) -> View:
    """A POST that carries a key (`{% once %}` in the form) runs once; the second copy lands where the first did.

    The key is written in the transaction of the work itself: a second copy that comes while the first still
    runs waits for it, and a refused form (any answer that is not a redirect) leaves the key free.
    """

    @wraps(view)
    def guarded(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.POST.get(ONCE_FIELD, "") if request.method == "POST" else ""
        if not key:
            return view(request, *args, **kwargs)
        who = {"key": key, "path": request.path[:300], "person": sender_of(request)}
        try:
            with transaction.atomic():
                row = Submission.objects.create(at=request.now, **who)
                response = view(request, *args, **kwargs)
                location = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
                if location:
                    Submission.objects.filter(pk=row.pk).update(location=location[:500])
                else:
                    row.delete()
                return response
        except IntegrityError:
            first = Submission.objects.filter(**who).first()
            if first is None:
                raise
            messages.info(request, "这份表单刚才已经提交成功，没有重复办理。")
            return redirect(first.location or request.path)

    guarded.__dict__["runs_once"] = True
    return guarded


def refuse(request: HttpRequest, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
    """The form again with its errors: 422, which htmx swaps like a page."""
    return render(request, template, context or {}, status=422)


def forget_submissions(before: datetime) -> int:
    """Delete keys of forms sent before a moment: a page that old has no session to send it again. Returns how many."""
    return Submission.objects.filter(at__lt=before).delete()[0]


def forget_old_submissions(*, region: str, by: Actor, at: datetime) -> int:
    """Forget the keys of forms that nobody can send a second time any more. Returns how many."""
    return forget_submissions(at - timedelta(days=settings.SUBMISSION_DAYS))
