"""Proof of a second factor in a session: challenges for passkeys, each good for one answer, and how fresh the last proof is."""

import ipaddress
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from sanfu.people.actions import passkeys, second_factor
from sanfu.people.actions.passkeys import Asking
from sanfu.people.models import User
from sanfu.people.rules import signing_in_rules
from sanfu.records.actor import Actor, Refused
from sanfu.web.request import PublicRequest

ASKED = "passkey_asked"  # in the session: the challenge that was handed out last, and when
PROVED = "second_factor_at"  # in the session: when a second factor was proved last, in seconds
FIELD = "passkey"  # of a form: what the browser's authenticator answered, as JSON
LONGEST_ANSWER = 20_000  # letters; an attestation with certificates has a few thousand


def origin_of(request: HttpRequest) -> str:
    """The origin that passkeys are made for: of the settings, in the demo of the address that the visitor opened."""
    return settings.PASSKEY_ORIGIN or f"{request.scheme}://{request.get_host()}"


def has_name(origin: str) -> bool:
    """Whether an origin has a host name: browsers make no passkey for a bare network address."""
    try:
        ipaddress.ip_address(urlsplit(origin).hostname or "")
    except ValueError:
        return bool(urlsplit(origin).hostname)
    return False


def _seconds() -> float:
    return timedelta(minutes=signing_in_rules().second_factor_minutes).total_seconds()


def ask(request: PublicRequest, asking: Asking) -> str:
    """Keep the challenge in the session, in the place of any older one; returns the options for the browser as JSON."""
    request.session[ASKED] = {**asking.kept, "at": int(request.now.timestamp())}
    return json.dumps(asking.options, ensure_ascii=True)


def ask_for_key(request: PublicRequest, user: User) -> str:
    """The options to sign in with one of the account's passkeys, as JSON; empty where it has none or there can be none."""
    origin = origin_of(request)
    return ask(request, passkeys.begin_check(user, origin)) if has_keys(user) and has_name(origin) else ""


def has_keys(user: User) -> bool:
    """Whether an account has a passkey."""
    return passkeys.keys_of(user).exists()


def answered(request: PublicRequest) -> tuple[Any, Mapping[str, Any] | None]:
    """What the browser answered, and the challenge that it must answer to, which is gone from the session with this.

    Raises:
        Refused: the answer is not readable.
    """
    kept = request.session.pop(ASKED, None)
    request.session.save()  # before anything else: a copy of this request finds no challenge
    text = request.POST.get(FIELD, "")
    try:
        answer = json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Refused(passkeys.WRONG)
    fresh = kept is not None and request.now.timestamp() - kept["at"] <= _seconds()
    return answer, kept if fresh else None


def check_key(request: PublicRequest, user: User, by: Actor) -> None:
    """Pass when the form carries the signature of one of the account's passkeys under the challenge of this session.

    Raises:
        Refused: it does not; says why in words.
    """
    answer, kept = answered(request)
    passkeys.check(user=user, answer=answer, kept=kept, origin=origin_of(request), by=by, at=request.now)


def proved(request: PublicRequest) -> None:
    """Note that a second factor was proved just now."""
    request.session[PROVED] = int(request.now.timestamp())


def must_prove(request: PublicRequest, user: User) -> bool:
    """Whether changing the factors of this account asks for a proof first: one is bound, and the last proof has grown old."""
    fresh = request.now.timestamp() - request.session.get(PROVED, 0) <= _seconds()
    return second_factor.has(user) and not fresh
