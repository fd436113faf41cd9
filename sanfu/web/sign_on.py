"""Sign-on through the county's identity provider (统一身份认证): OpenID Connect with PKCE, and signing out both ways.

`SANFU_OIDC` names the issuer; its addresses come from its own description. The library begins the flow, keeps state, nonce and
verifier, and checks signatures; here issuer, audience and `sub` are checked besides, and accounts are found by the link alone.
"""

import logging
import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from sanfu.people.actions import sessions, sign_on
from sanfu.people.models import User
from sanfu.people.queries import actor_of
from sanfu.people.signing_in import Try
from sanfu.records.actor import Refused, machine
from sanfu.web.access import once, public_page, signed_in_page
from sanfu.web.request import PublicRequest, Request
from sanfu.web.sessions import enter
from sanfu.web.visitors import network_of

log = logging.getLogger(__name__)
SECONDS = 5  # a provider that does not answer within is down: the break-glass account is for that
LINK = "sign_on_link"  # in the session: whose account is being linked
TOKEN = "oidc_id_token"  # where the library keeps the token that signing out names
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST_LOGOUT = 300  # seconds
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")  # what a sign-on cannot do without
DOWN = (requests.RequestException, ValueError, KeyError, jwt.PyJWTError)


@lru_cache(maxsize=4)
def provider(issuer: str) -> dict[str, Any]:
    """What the provider says of itself; kept while the process lives.

    Raises:
        RequestException, ValueError: it does not answer, is not the issuer that was named, or lacks an address.
    """
    answer = requests.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=SECONDS)
    answer.raise_for_status()
    said = _object(answer.json())
    if str(said.get("issuer")).rstrip("/") != issuer.rstrip("/"):
        raise ValueError("the provider names another issuer")
    if not all(str(said.get(name)).startswith(("https://", "http://")) for name in ADDRESSES):
        raise ValueError("the provider does not say where to go")
    return said


def _object(said: Any) -> dict[str, Any]:
    """What the provider answered, if it is a JSON object.

    Raises:
        ValueError: it is a list, a text, a number or nothing.
    """
    if not isinstance(said, dict):
        raise ValueError("the provider did not answer with an object")
    return said


def _of_settings(name: str, *default: Any) -> Any:
    """The library's settings: ours, and the addresses that the provider says."""
    fixed = {
        "OIDC_RP_CLIENT_ID": settings.OIDC_CLIENT,
        "OIDC_RP_CLIENT_SECRET": settings.OIDC_SECRET,
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_RP_SCOPES": "openid",
        "OIDC_USE_PKCE": True,
        "OIDC_STORE_ID_TOKEN": True,
        "OIDC_CREATE_USER": False,
        "OIDC_TIMEOUT": SECONDS,
        "OIDC_AUTHENTICATION_CALLBACK_URL": "sign_on_callback",
        "LOGIN_REDIRECT_URL_FAILURE": settings.LOGIN_URL,
        "LOGIN_REDIRECT_URL": settings.LOGIN_REDIRECT_URL,
        "OIDC_RP_IDP_SIGN_KEY": None,
    }
    if name in fixed:
        return fixed[name]
    asked = {
        "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
        "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
        "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
        "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    }
    return provider(settings.OIDC_ISSUER)[asked[name]] if name in asked else (default[0] if default else None)


class Provider(OIDCAuthenticationBackend):  # type: ignore[misc]
    """The library's backend with our settings; finds accounts by issuer and `sub`, and makes none."""

    def __init__(self) -> None:
        """The library asks for the provider's addresses here; this one when they are used, as a password needs none."""
        self.UserModel = User

    def __getattr__(self, name: str) -> Any:
        if name.startswith("OIDC_"):
            return _of_settings(name)
        raise AttributeError(name)

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        return _of_settings(attr, *args)

    def authenticate(self, request: Any, **kwargs: Any) -> User | None:
        """Only what came back from the provider; a password is none of its business."""
        if not settings.OIDC_ISSUER or "code_verifier" not in kwargs:
            return None
        found: User | None = super().authenticate(request, **kwargs)
        return found

    def get_token(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What the provider gives for a code."""
        return _object(super().get_token(payload))

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The claims of a token that this provider made for us.

        Raises:
            SuspiciousOperation: signature, nonce, issuer, audience, party or time do not fit.
        """
        payload: dict[str, Any] = super().verify_token(token, **kwargs)
        audience = payload.get("aud")
        ours = settings.OIDC_CLIENT in (audience if isinstance(audience, list) else [audience])
        if not ours or payload.get("azp", settings.OIDC_CLIENT) != settings.OIDC_CLIENT:
            raise SuspiciousOperation("the token is for somebody else")
        if payload.get("iss") != provider(settings.OIDC_ISSUER)["issuer"] or not payload.get("exp"):
            raise SuspiciousOperation("the token is of another issuer or never ends")
        return payload

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """The one key of the provider that a token names; a provider with a single key need not name it.

        Raises:
            SuspiciousOperation: none or several fit.
        """
        answer = requests.get(provider(settings.OIDC_ISSUER)["jwks_uri"], timeout=SECONDS)
        answer.raise_for_status()
        named = jwt.get_unverified_header(token).get("kid")
        said = _object(answer.json())["keys"]
        given = [_object(one) for one in said] if isinstance(said, list) else []
        keys = [one for one in given if one.get("kty") == "RSA" and one.get("use", "sig") == "sig"]
        fits = [one for one in keys if named is None or one.get("kid") == named]
        if len(fits) != 1:
            raise SuspiciousOperation("no key of the provider fits the token")
        return jwt.PyJWK(fits[0], algorithm="RS256")

    def verify_logout(self, token: str) -> dict[str, Any]:
        """The claims of a logout token: signed, ours, young, of the right kind, with a `sub` and without a nonce.

        Raises:
            SuspiciousOperation: it is none.
        """
        payload: dict[str, Any] = jwt.decode(
            token, self.retrieve_matching_jwk(token), algorithms=["RS256"], audience=settings.OIDC_CLIENT,
            issuer=provider(settings.OIDC_ISSUER)["issuer"], options={"require": ["iss", "aud", "iat", "jti"]},
        )  # fmt: skip
        old = abs(time.time() - payload["iat"]) > OLDEST_LOGOUT
        events = payload.get("events")
        if (
            old
            or "nonce" in payload
            or not isinstance(events, dict)
            or LOGOUT_EVENT not in events
            or not payload.get("sub")
        ):
            raise SuspiciousOperation("not a logout token")
        return payload

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User | None:
        """The linked account; the one that is being linked when there is none yet; else None."""
        issuer, subject = str(payload["iss"]), str(payload.get("sub") or "")
        if not subject:
            raise SuspiciousOperation("the token names nobody")
        found = sign_on.account_of(settings.REGION, issuer, subject)
        request = self.request
        wanted = request.session.get(LINK)
        if not wanted:
            return found
        user = request.user
        if not isinstance(user, User) or str(user.pk) != wanted or (found and found.pk != user.pk):
            raise SuspiciousOperation("the session is not that of the account to link")
        if found is None:
            sign_on.link(
                user=user, issuer=issuer, subject=subject, by=actor_of(user, on=request.today), at=request.now
            )
        return user


class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """Where the provider sends the browser back to."""

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        return _of_settings(attr, *args)

    def login_success(self) -> HttpResponseBase:
        request: Any = self.request
        if request.session.pop(LINK, None):
            messages.success(request, "已关联统一身份，以后可以用它登录。")
            return redirect("sessions")
        target = self.success_url
        token = request.session.get(TOKEN)
        enter(request, self.user, request.now, by_password=False)
        request.session[TOKEN] = token
        Try(self.user.login, network_of(request), "", region=settings.REGION, at=request.now).passed(
            self.user
        )
        return redirect(target)

    def login_failure(self) -> HttpResponseBase:
        if self.request.session.pop(LINK, None):
            messages.error(self.request, "没有关联：统一身份认证没有完成。")
            return redirect("sessions")
        messages.error(
            self.request,
            "没有登录：统一身份认证没有完成，或还没有关联本平台账号。请先用密码登录，在“我的登录”里关联。",
        )
        return redirect("login")


class Begin(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """Where a sign-on begins."""

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        return _of_settings(attr, *args)


def _offered() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404("本平台没有接入统一身份认证。")


@public_page
@never_cache
@require_GET
def begin(request: PublicRequest) -> HttpResponseBase:
    """统一身份认证登录: send the browser to the provider."""
    _offered()
    try:
        response: HttpResponseBase = Begin.as_view()(request)
    except DOWN:
        log.warning("the identity provider does not answer")
        messages.error(request, "统一身份认证没有应答，请稍后再试；急事由应急账号办理。")
        return redirect("login")
    return response


@public_page
@never_cache
@require_GET
def callback(request: PublicRequest) -> HttpResponseBase:
    """The way back from the provider."""
    _offered()
    try:
        response: HttpResponseBase = Callback.as_view()(request)
    except Refused as refused:
        request.session.pop(LINK, None)
        messages.error(request, str(refused))
        return redirect("sessions")
    except (SuspiciousOperation, *DOWN):
        log.warning("a sign-on was refused")
        messages.error(request, "统一身份认证没有完成，请重新登录。")
        return redirect("login")
    return response


@signed_in_page
@require_POST
def link(request: Request) -> HttpResponseBase:
    """关联统一身份: who is signed in here goes to the provider and comes back linked."""
    _offered()
    request.session[LINK] = str(request.actor.id)
    return redirect("sign_on")


@signed_in_page
@once
@require_POST
def unlink(request: Request) -> HttpResponseBase:
    """解除关联: the own account only."""
    user = request.user
    if isinstance(user, User):
        sign_on.unlink(user=user, by=request.actor, at=request.now)
        messages.success(request, "已解除关联。")
    return redirect("sessions")


def leaving(request: HttpRequest) -> str:
    """Where signing out goes on at the provider; "" when this session did not come from there."""
    token = request.session.get(TOKEN) if settings.OIDC_ISSUER else None
    if not token:
        return ""
    try:
        end = provider(settings.OIDC_ISSUER).get("end_session_endpoint", "")
    except DOWN:
        return ""
    back = request.build_absolute_uri(reverse("portal"))
    return f"{end}?{urlencode({'id_token_hint': token, 'post_logout_redirect_uri': back})}" if end else ""


@csrf_exempt
@public_page
@never_cache
@require_POST
def signed_out_there(request: PublicRequest) -> HttpResponse:
    """Back-channel: the provider says that a person signed out there; all sessions of the account end here."""
    _offered()
    try:
        claims = Provider().verify_logout(request.POST.get("logout_token", ""))
    except (SuspiciousOperation, *DOWN):
        log.warning("a logout token was refused")
        return HttpResponse("invalid logout_token", status=400, content_type="text/plain")
    user = sign_on.account_of(settings.REGION, str(claims["iss"]), str(claims["sub"]))
    if user is not None:
        sessions.end_all(user=user, by=machine(settings.REGION, "统一身份认证"), at=request.now)
    return HttpResponse(status=200)
