"""Who is asking: the actor of a request, resolved from the session or an API key at the price of one query.

The session row or the key is read at every request, so signing out and ending a key are at once. What the person may do is kept in this
process for a few seconds: it is forgotten at every change of people made here, and after `KEPT_SECONDS` when the
change was made by another process.
"""

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from sanfu.people import queries as people
from sanfu.people.models import Appointment, Organisation, User
from sanfu.records.actor import Actor

KEPT_SECONDS = 5.0
PASSWORD_GIVEN = (
    "password_given"  # in the session: an administrator set the password, choose an own one first
)
PASSWORD_OLD = "password_old"  # in the session: the password has passed its age, choose a new one first
MOST_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    proof: str  # the session's hash of the password: a changed password ends the session
    actor: Actor


_kept: dict[tuple[str, date], _Kept] = {}


def forget(**_: Any) -> None:
    """Forget all kept actors of this process."""
    _kept.clear()


for _model in (User, Appointment, Organisation):
    post_save.connect(forget, sender=_model, dispatch_uid=f"whoami-{_model.__name__}-saved")
    post_delete.connect(forget, sender=_model, dispatch_uid=f"whoami-{_model.__name__}-deleted")


def actor_of(request: HttpRequest, day: date) -> Actor | None:
    """The signed-in person's actor on a day, None for nobody. Without a session cookie nothing is asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    who, proof = request.session.get(SESSION_KEY), request.session.get(HASH_SESSION_KEY, "")
    if not who:
        return None
    key = (str(who), day)
    known = _kept.get(key)
    if known is not None and known.proof == proof and known.until > time.monotonic():
        return known.actor
    user = request.user  # checks the proof and that the account is active
    if not user.is_authenticated:
        return None
    return _keep(key, proof, people.actor_of(user, on=day))


def actor_of_key(digest: str, day: date) -> Actor | None:
    """The actor that an API key acts as on a day, None for a key that is not valid.

    digest: what the database keeps of the key.
    """
    holder = people.holder_of_key(settings.REGION, digest, on=day)
    if holder is None:
        return None
    key = (f"key of {holder}", day)  # beside the sessions of the account: their proof is another
    known = _kept.get(key)
    if known is not None and known.until > time.monotonic():
        return known.actor
    user = people.open_user(settings.REGION, str(holder))
    return None if user is None else _keep(key, "", people.actor_of(user, on=day))


def _keep(key: tuple[str, date], proof: str, actor: Actor) -> Actor:
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = _Kept(time.monotonic() + KEPT_SECONDS, proof, actor)
    return actor
