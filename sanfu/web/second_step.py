"""The second step of signing in (第二因素): the code after the password, and binding or replacing an authenticator."""

import base64
from datetime import timedelta

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanfu.people.actions import second_factor
from sanfu.people.models import User
from sanfu.people.queries import actor_of, open_user
from sanfu.people.rules import needs_second_factor, signing_in_rules
from sanfu.people.signing_in import Try
from sanfu.records.actor import Refused
from sanfu.web import second_proof
from sanfu.web.access import public_page, signed_in_page, to_login
from sanfu.web.request import PublicRequest, Request
from sanfu.web.sessions import BIND, enter
from sanfu.web.visitors import device_of, network_of, remember_device

PENDING = "second_step"  # in the session before it is anybody's: whose password was right, when, and where to
REPLACING = "replace_second_factor"  # in the session: the sealed new secret, and when the old one was proved


class CodeForm(forms.Form):
    """Six digits of the authenticator, or a recovery code."""

    code = forms.CharField(
        label="动态码", max_length=20, help_text="验证器里的 6 位数字；手机不在身边可填备用码。",
        error_messages={"required": "请填写动态码。"},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )  # fmt: skip


def code_form(data: QueryDict | None, user: User) -> CodeForm:
    """The form of a code; who has passkeys alone is asked for a recovery code."""
    form = CodeForm(data or None)
    if not second_factor.has_authenticator(user):
        form.fields["code"].label = "备用码"
        form.fields["code"].help_text = "通行密钥不在身边时，填一个备用码，每个只能用一次。"
    return form


def ask_for_code(request: PublicRequest, user: User, target: str) -> HttpResponse:
    """The password was right: keep whose it was and ask for the code; nobody is signed in yet."""
    request.session.cycle_key()
    request.session[PENDING] = [str(user.pk), int(request.now.timestamp()), target]
    return redirect("second_step")


def _pending(request: PublicRequest) -> tuple[User, str] | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    held = request.session.get(PENDING)
    longest = timedelta(minutes=signing_in_rules().second_factor_minutes).total_seconds()
    if not held or request.now.timestamp() - held[1] > longest:
        return None
    user = open_user(settings.REGION, held[0])
    return (user, str(held[2])) if user else None


@public_page
@never_cache
@sensitive_post_parameters("code", second_proof.FIELD)
@require_http_methods(["GET", "POST"])
def second_step(request: PublicRequest) -> HttpResponse:
    """动态码或通行密钥: the second step after the right password."""
    held = _pending(request)
    if held is None:
        messages.info(request, "请重新输入密码。")
        return to_login(request)
    user, target = held
    signs = second_proof.FIELD in request.POST
    form, problem = code_form(None if signs else request.POST, user), ""
    if request.method == "POST" and (signs or form.is_valid()):
        by = actor_of(user, on=request.today)
        try:
            if signs:
                second_proof.check_key(request, user, by)
            if signs or second_factor.check(user=user, code=form.cleaned_data["code"], by=by, at=request.now):
                return _entered(request, user, target)
            form.add_error("code", "动态码不对，或已经用过；请等下一个码再试。")
        except Refused as refused:
            problem = str(refused)
    context = {
        "title": "动态码" if second_factor.has_authenticator(user) else "第二步",
        "form": form,
        "problem": problem,
        "hide_login": True,
        "name": user.name,
        "options": second_proof.ask_for_key(request, user),
    }
    status = 422 if problem or form.errors else 200
    return render(request, "entrance/second_step.html", context, status=status)


def _entered(request: PublicRequest, user: User, target: str) -> HttpResponse:
    request.session.pop(PENDING, None)
    enter(request, user, request.now)
    second_proof.proved(request)
    network, device = network_of(request), device_of(request, user.login)
    Try(user.login, network, device, region=settings.REGION, at=request.now).passed(user)
    response = redirect("password" if user.password_given else target)
    remember_device(request, response, user.login)
    return response


def qr(address: str) -> SafeString:
    """The QR code of an address as inline SVG, dark on white in every theme."""
    return mark_safe(segno.make(address, error="m").svg_inline(scale=5, light="#fff", border=3))


@signed_in_page
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def bind(request: Request) -> HttpResponse:
    """绑定或更换验证器: scan, type one code, keep the recovery codes."""
    user = request.user
    if not isinstance(user, User):
        return to_login(request)
    form = CodeForm(request.POST or None)
    if not second_factor.has_authenticator(user):
        if second_proof.must_prove(request, user):  # passkeys alone: one of them comes first
            return redirect("passkeys")
        return _bind(request, user, form)
    sealed = _new_secret(request)
    return _replace(request, user, form, sealed) if sealed else _prove(request, user, form)


def _page(request: Request, form: CodeForm, **context: object) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "entrance/second_factor.html", {"form": form, **context}, status=status)


def _scanned(form: CodeForm, secret: str, address: str) -> dict[str, object]:
    """What the page shows of a secret that is not bound yet."""
    form.fields["code"].help_text = "扫码后，验证器里显示的 6 位数字。"
    return {"qr": qr(address), "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}


def _bind(request: Request, user: User, form: CodeForm) -> HttpResponse:
    """The first authenticator of an account."""
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.confirm(
                user=user, code=form.cleaned_data["code"], by=request.actor, at=request.now
            )
            request.session.pop(BIND, None)
            second_proof.proved(request)
            return _page(request, form, title="备用码", codes=codes)
        except Refused as refused:
            form.add_error("code", str(refused))
    required = needs_second_factor(request.actor.roles)
    scanned = _scanned(form, *second_factor.prepare(user))
    return _page(request, form, title="绑定验证器", act="绑定", required=required, **scanned)


def _new_secret(request: Request) -> bytes | None:
    """The sealed secret of the authenticator that is to replace the old one, while the proof of the old one is fresh."""
    sealed, proved = request.session.get(REPLACING, ("", 0))
    longest = timedelta(minutes=signing_in_rules().second_factor_minutes).total_seconds()
    return base64.b64decode(sealed) if sealed and request.now.timestamp() - proved <= longest else None


def _prove(request: Request, user: User, form: CodeForm) -> HttpResponse:
    """更换验证器, first step: a code of the old authenticator, or a recovery code."""
    if request.method == "POST" and form.is_valid():
        try:
            if second_factor.check(
                user=user, code=form.cleaned_data["code"], by=request.actor, at=request.now
            ):
                sealed = base64.b64encode(second_factor.fresh(user)).decode()
                second_proof.proved(request)
                request.session[REPLACING] = (sealed, int(request.now.timestamp()))
                return redirect("second_factor")
            form.add_error("code", "动态码不对，或已经用过；请等下一个码再试。")
        except Refused as refused:
            form.add_error("code", str(refused))
    form.fields["code"].help_text = "旧验证器里的 6 位数字；旧手机不在了可填备用码。"
    return _page(request, form, title="第二因素", bound=True)


def _replace(request: Request, user: User, form: CodeForm, sealed: bytes) -> HttpResponse:
    """更换验证器, second step: scan the new one and type its code; until then the old one holds."""
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.replace(
                user=user, sealed=sealed, code=form.cleaned_data["code"], by=request.actor, at=request.now
            )
            request.session.pop(REPLACING, None)
            return _page(request, form, title="备用码", codes=codes)
        except Refused as refused:
            form.add_error("code", str(refused))
    scanned = _scanned(form, *second_factor.shown(user, sealed))
    return _page(request, form, title="更换验证器", act="更换", replacing=True, **scanned)
