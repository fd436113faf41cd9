"""Sessions (登录会话): where an account is signed in, listed for its person and ended from there.

The session itself is Django's row; `SignedIn` says where and when it began, and ends with it.
"""

import uuid
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from sanfu.people.models import SignedIn, User
from sanfu.people.rules import signing_in_rules
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused


@transaction.atomic
def begin(*, user: User, session: str, network: str, browser: str, by: Actor, at: datetime) -> int:
    """Keep that a session began; the oldest ones beyond the limit end. Returns how many ended."""
    SignedIn.objects.create(
        region=user.region,
        user=user,
        session=session,
        network=network,
        browser=browser[:80],
        at=at,
        seen_at=at,
    )
    most, ended = signing_in_rules().parallel_sessions, 0
    for one in running(user)[most:] if most else []:
        _end(one, "parallel", by, at)
        ended += 1
    return ended


def running(user: User) -> list[SignedIn]:
    """Sessions that have not ended, the newest first."""
    alive = Session.objects.values_list("session_key")
    rows = SignedIn.objects.filter(user=user, ended_at__isnull=True, session__in=alive)
    return list(rows.order_by("-at", "-id"))


@transaction.atomic
def end(*, user: User, id: uuid.UUID, by: Actor, at: datetime) -> None:
    """End one session of an account.

    Raises:
        Refused: it has ended already.
    """
    one = SignedIn.objects.filter(user=user, pk=id, ended_at__isnull=True).first()
    if one is None:
        raise Refused("这次登录已经结束。")
    _end(one, "ended", by, at)


@transaction.atomic
def end_all(*, user: User, by: Actor, at: datetime, but: str = "") -> int:
    """End all sessions of an account but one; returns how many."""
    others = [one for one in running(user) if one.session != but]
    for one in others:
        _end(one, "ended", by, at)
    return len(others)


@transaction.atomic
def expired(*, session: str, by: Actor, at: datetime) -> None:
    """Keep that a session ended because nobody used it."""
    one = SignedIn.objects.filter(session=session, ended_at__isnull=True).first()
    if one is not None:
        _end(one, "idle", by, at)


def left(*, session: str, at: datetime) -> None:
    """Note that a person ended a session by signing out; the event is `people.signed_out`."""
    SignedIn.objects.filter(session=session, ended_at__isnull=True).update(ended_at=at, why="left")


def seen(*, session: str, at: datetime) -> None:
    """Note that a session was used; called once a minute at most."""
    SignedIn.objects.filter(session=session, ended_at__isnull=True).update(seen_at=at)


def _end(one: SignedIn, why: str, by: Actor, at: datetime) -> None:
    Session.objects.filter(session_key=one.session).delete()
    one.ended_at, one.why = at, why
    one.save(update_fields=["ended_at", "why"])
    data = {"network": one.network, "why": why}
    append(stream=one.user_id, kind="people.session_ended", by=by, at=at, data=data)


@transaction.atomic
def forget(*, region: str, by: Actor, at: datetime) -> int:
    """Delete sessions that Django has dropped and those that ended half a year ago; returns how many."""
    from datetime import timedelta

    Session.objects.filter(expire_date__lt=at).delete()
    gone = SignedIn.objects.filter(region=region, seen_at__lt=at - timedelta(days=183))
    return int(gone.delete()[0])
