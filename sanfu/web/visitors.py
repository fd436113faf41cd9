"""Where a request comes from: the visitor's address behind our own proxies, the browsers that an account knows, and what one has just sent."""

import secrets
import uuid
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

DEVICE = "sanfu_device"
DEVICE_SECONDS = 180 * 86_400
SENT = "sanfu_sent"
UNKNOWN = "unknown"


def address_of(request: HttpRequest) -> str:
    """The visitor's address. Behind `SANFU_PROXIES` proxies it is what the outermost of ours wrote, no more.

    Whatever stands further left in X-Forwarded-For was written by the visitor.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        said = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else said
    try:
        return str(ip_address(said))
    except ValueError:
        return UNKNOWN


def network_of(request: HttpRequest) -> str:
    """What a visitor cannot change at will: the address, of IPv6 its /64."""
    said = address_of(request)
    return str(ip_network(f"{said}/64", strict=False)) if ":" in said else said


def is_counter(request: HttpRequest) -> bool:
    """Whether the visitor sits at a service counter (政务大厅), whose address many share."""
    return address_of(request) in settings.COUNTERS


def device_of(request: HttpRequest, login: str) -> str:
    """The key of a browser that has signed in to this login before; "" for any other."""
    try:
        held = signing.loads(request.COOKIES.get(DEVICE, ""), salt=DEVICE, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        return ""
    known = held.get(login.strip().lower(), "") if isinstance(held, dict) else ""
    return str(known)


def remember_device(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Give the browser a key for this login beside those of the last logins it used."""
    try:
        held = signing.loads(request.COOKIES.get(DEVICE, ""), salt=DEVICE, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        held = {}
    name = login.strip().lower()
    others = [(one, key) for one, key in held.items() if one != name][-4:] if isinstance(held, dict) else []
    kept = dict([*others, (name, device_of(request, name) or secrets.token_urlsafe(16))])
    response.set_cookie(
        DEVICE, signing.dumps(kept, salt=DEVICE), max_age=DEVICE_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path=settings.LOGIN_URL,
    )  # fmt: skip


def remember_sent(response: HttpResponse, order: uuid.UUID) -> None:
    """Let this browser see the receipt of what it has just sent, until it is closed; no row of a session is written for it."""
    response.set_cookie(
        SENT, signing.dumps(str(order), salt=SENT), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def sent_last(request: HttpRequest) -> uuid.UUID | None:
    """The order that this browser sent last, within the age of a session; None when it sent none."""
    try:
        said = signing.loads(request.COOKIES.get(SENT, ""), salt=SENT, max_age=settings.SESSION_COOKIE_AGE)
        return uuid.UUID(said)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
