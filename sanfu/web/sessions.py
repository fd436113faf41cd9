"""Sessions at the door: the idle time-out of each request, the steps between password and work, and the list of sign-ins."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sanfu.people.actions import passwords, second_factor, sessions
from sanfu.people.actions.passkeys import keys_of
from sanfu.people.actions.sign_on import identity_of
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.people.rules import needs_second_factor, signing_in_rules
from sanfu.records.actor import machine
from sanfu.records.moments import day_of
from sanfu.web.access import once, signed_in_page
from sanfu.web.request import Request
from sanfu.web.visitors import network_of
from sanfu.web.whoami import PASSWORD_GIVEN, PASSWORD_OLD

SEEN = "seen"  # in the session: when it was last used, in seconds; written once a minute
BIND = "bind_second_factor"  # in the session: the role asks for a second factor that is not bound yet
EVERY = 60


def gone_idle(request: HttpRequest, at: datetime) -> bool:
    """End a session that nobody used for too long, else note that it is used; returns whether it ended."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
        return False
    idle, now = signing_in_rules().idle_minutes * 60, int(at.timestamp())
    seen = request.session.get(SEEN, now)
    if idle and now - seen > idle:
        key = request.session.session_key or ""
        request.session.flush()
        sessions.expired(session=key, by=machine(settings.REGION, "登录超时"), at=at)
        return True
    if now - seen >= EVERY or SEEN not in request.session:
        request.session[SEEN] = now
        sessions.seen(session=request.session.session_key or "", at=at)
    return False


def first_step(request: HttpRequest) -> str | None:
    """The page that a signed-in person must see to before any other, or None."""
    if request.session.get(PASSWORD_GIVEN) or request.session.get(PASSWORD_OLD):
        return reverse("password")
    return reverse("second_factor") if request.session.get(BIND) else None


def enter(request: HttpRequest, user: User, at: datetime, *, by_password: bool = True) -> None:
    """Begin the session of somebody whose proofs are complete; says what must be seen to first."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    actor = actor_of(user, on=day_of(at))
    if by_password and user.password_given:
        request.session[PASSWORD_GIVEN] = True
    elif by_password and passwords.too_old(user, at):
        request.session[PASSWORD_OLD] = True
    if by_password and needs_second_factor(actor.roles) and not second_factor.has(user):
        request.session[BIND] = True
    request.session[SEEN] = int(at.timestamp())
    request.session.save()
    ended = sessions.begin(
        user=user, session=request.session.session_key or "", network=network_of(request),
        browser=browser_of(request), by=actor, at=at,
    )  # fmt: skip
    if ended:
        messages.info(request, f"这个账号在别处的登录太多，最早的{ended}处已经退出。")


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest) -> str:
    """The browser and system in words that its person knows it by."""
    said = request.headers.get("User-Agent", "")
    found = [next((name for mark, name in known if mark in said), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(one for one in found if one) or "未知浏览器"


@signed_in_page
@require_GET
def session_list(request: Request) -> HttpResponse:
    """登录会话: where my account is signed in now."""
    rules = signing_in_rules()
    context = {
        "title": "我的登录",
        "sessions": sessions.running(_me(request)),
        "here": request.session.session_key,
        "idle": rules.idle_minutes,
        "most": rules.parallel_sessions,
        "sign_on": bool(settings.OIDC_ISSUER),
        "linked": identity_of(_me(request)),
        "bound": second_factor.has_authenticator(_me(request)),
        "keys": keys_of(_me(request)).count(),
        "until": request.now + timedelta(minutes=rules.idle_minutes),
    }
    return render(request, "entrance/sessions.html", context)


def _me(request: Request) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404("没有登录。")
    return user


@signed_in_page
@once
@require_POST
def session_end(request: Request, id: uuid.UUID) -> HttpResponse:
    """End one of my sessions."""
    me = _me(request)
    if id not in {one.pk for one in sessions.running(me)}:
        raise Http404("这处登录已经结束，或不是您的登录。")
    sessions.end(user=me, id=id, by=request.actor, at=request.now)
    messages.success(request, "那一处登录已经退出。")
    return redirect("sessions")


@signed_in_page
@once
@require_POST
def sessions_end(request: Request) -> HttpResponse:
    """End all my sessions but this one."""
    here = request.session.session_key or ""
    count = sessions.end_all(user=_me(request), but=here, by=request.actor, at=request.now)
    messages.success(request, f"其他{count}处登录已经退出。" if count else "没有别处的登录。")
    return redirect("sessions")
