"""The doors: public portal, sign-in, sign-out, and everybody's first page."""

import logging
from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanfu.people import queries as people
from sanfu.people.actions import choose_password, second_factor, sessions
from sanfu.people.actions.sign_on import broke_glass
from sanfu.people.models import User
from sanfu.people.roles import ROLES
from sanfu.people.signing_in import Try, signed_out
from sanfu.records.actor import Refused, machine
from sanfu.records.moments import said
from sanfu.web.access import public_page, signed_in_page, to_login
from sanfu.web.errors import explain
from sanfu.web.navigation import menu, open_doors
from sanfu.web.request import PublicRequest, Request
from sanfu.web.second_step import ask_for_code
from sanfu.web.sessions import enter
from sanfu.web.sign_on import leaving
from sanfu.web.todos import most_urgent, todos_of
from sanfu.web.visitors import device_of, network_of, remember_device
from sanfu.web.whoami import PASSWORD_GIVEN, PASSWORD_OLD

log = logging.getLogger(__name__)
STAGES = (
    ("说情况", "什么事、在哪里、何时开始"),
    ("知道谁管", "提交前就能看到承办单位、流程和期限"),
    ("办理可查", "凭编号和查询码随时看进度"),
    ("您来评价", "不满意可以要求重办"),
)
PROMISES = (
    ("list-checks", "按清单派单", "谁的责任一查便知，不让群众来回跑"),
    ("timer", "按时限办理", "每一天怎么算都写明，临期提醒、超期督办"),
    ("eye", "全程可打开", "依据、经过和每个数字都能看到明细"),
    ("shield-check", "保护隐私", "姓名和电话默认隐藏，查看须写事由并留痕"),
)


@public_page
@require_GET
def portal(request: PublicRequest) -> HttpResponse:
    """The public first page: large doors to what a citizen or a firm comes for."""
    context = {
        "doors": open_doors(signed_in=request.actor is not None),
        "stages": STAGES,
        "promises": PROMISES,
    }
    return render(request, "citizen/portal.html", context)


class SignInForm(forms.Form):
    """Login name and password."""

    login = forms.CharField(
        label="账号", max_length=40, error_messages={"required": "请填写账号。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )  # fmt: skip
    password = forms.CharField(
        label="密码", max_length=200, strip=False, error_messages={"required": "请填写密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


@public_page
@sensitive_post_parameters("password")
@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def sign_in(request: PublicRequest) -> HttpResponse:
    """The sign-in form; a demo county lists its cast, one click fills in."""
    target = _next(request)
    if request.actor is not None and request.method == "GET":
        return redirect(target)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["login"]
        attempt = Try(
            name, network_of(request), device_of(request, name), region=settings.REGION, at=request.now
        )
        if wait := attempt.waits_until():
            attempt.refused()
            return explain(request, 429, why=_locked(wait), do=UNLOCK)
        user = authenticate(request, username=name, password=form.cleaned_data["password"])
        if isinstance(user, User) and settings.OIDC_ONLY and not user.break_glass:
            return explain(request, 403, why="本平台用统一身份认证登录，密码登录已关闭。", do=BY_SIGN_ON)
        if isinstance(user, User):
            if settings.OIDC_ONLY:
                broke_glass(user=user, by=machine(user.region, "应急登录"), at=request.now)
                log.warning("the emergency account was used")
            if second_factor.has(user):
                return ask_for_code(request, user, target)
            return _entered(request, attempt, user, target)
        attempt.failed()
        form.add_error(
            None, "账号或密码不正确。请核对大小写后重试；连续输错会暂停登录，一次比一次久，最长 15 分钟。"
        )
    context = {
        "title": "登录",
        "form": form,
        "hide_login": True,
        "next": target,
        "sign_on": bool(settings.OIDC_ISSUER),
        "expired": "expired" in request.GET,
        "cast": people.demo_accounts(settings.REGION) if settings.DEMO else [],
    }
    return render(request, "entrance/login.html", context, status=422 if form.errors else 200)


BY_SIGN_ON = "请返回登录页，点“统一身份认证登录”；认证系统停用时，由应急账号登录办理。"
UNLOCK = "请到时再试，或换用您平时登录的浏览器；急需办理时请系统管理员在“账号与任职”里解除登录锁。"


def _locked(until: datetime) -> str:
    return f"这个账号连续输错多次，{said(until, '%H:%M:%S')}以前不能从陌生的浏览器登录；密码没有变，已保存的内容不受影响。"


def _entered(request: PublicRequest, attempt: Try, user: User, target: str) -> HttpResponse:
    enter(request, user, request.now)
    attempt.passed(user)
    response = redirect("password" if user.password_given else target)
    remember_device(request, response, user.login)
    return response


def _next(request: PublicRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL


@public_page
@require_POST
def sign_out(request: PublicRequest) -> HttpResponse:
    """End the session."""
    onwards = leaving(request) if request.actor is not None else ""
    if request.actor is not None:
        signed_out(by=request.actor, at=request.now)
        sessions.left(session=request.session.session_key or "", at=request.now)
    logout(request)
    messages.success(request, "已安全退出。")
    return redirect(onwards or "portal")


class OwnPasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old = forms.CharField(
        label="原密码", max_length=200, strip=False, error_messages={"required": "请填写原密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    new = forms.CharField(
        label="新密码", max_length=200, strip=False, error_messages={"required": "请填写新密码。"},
        help_text="至少 10 个字符，不能全是数字，也不能是常见密码。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输一遍", max_length=200, strip=False, error_messages={"required": "请再输一遍新密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> None:
        sent = self.cleaned_data
        if sent.get("new") and sent.get("again") and sent["new"] != sent["again"]:
            self.add_error("again", "两次输入的新密码不一样。")


@signed_in_page
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def own_password(request: Request) -> HttpResponse:
    """修改密码: everybody for oneself; other sessions of the account end."""
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = request.user
        if not isinstance(user, User):  # its password was changed elsewhere a moment ago
            return to_login(request)
        sent = form.cleaned_data
        try:
            choose_password(user=user, old=sent["old"], new=sent["new"], by=request.actor, at=request.now)
        except Refused as refused:
            form.add_error("old" if "原密码" in str(refused) else "new", str(refused))
        else:
            update_session_auth_hash(request, user)
            request.session.pop(PASSWORD_GIVEN, None)
            request.session.pop(PASSWORD_OLD, None)
            messages.success(request, "密码已修改，其他地方的登录都已退出。")
            return redirect("home")
    given = bool(request.session.get(PASSWORD_GIVEN))
    old = bool(request.session.get(PASSWORD_OLD))
    context = {"title": "修改密码", "form": form, "given": given, "old": old}
    return render(request, "entrance/password.html", context, status=422 if form.errors else 200)


@signed_in_page
@require_GET
def home(request: Request) -> HttpResponse:
    """待办中心: what do I have to do next, by role; then the menu as tiles. Who only leads begins at the cockpit."""
    if request.actor.roles == {"leader"} and "todo" not in request.GET:
        return redirect("leader:cockpit")
    todos = todos_of(request.actor, request.now)
    waiting = [todo for todo in todos if todo.count]
    here = request.path
    groups = [
        (label, [e for e in entries if e.url != here]) for label, entries in menu(request.actor.permissions)
    ]
    context = {
        "title": "待办中心",
        "waiting": waiting,
        "urgent": most_urgent(waiting),
        "clear": [t for t in todos if not t.count],
        "tiles": [(label, entries) for label, entries in groups if entries],
        "doors": open_doors(signed_in=True),
        "roles": [ROLES[code].display_name for code in sorted(request.actor.roles) if code in ROLES],
    }
    return render(request, "entrance/home.html", context)
