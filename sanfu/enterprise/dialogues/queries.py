"""Reads of sessions and promises."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet

from sanfu.enterprise.dialogues.models import Promise, Session
from sanfu.enterprise.dialogues.states import PromiseState, SessionState
from sanfu.enterprise.registry.models import Enterprise
from sanfu.kernel.drawing import Candidate, Drawn, Rule, seats_of, verify
from sanfu.records.actor import Actor

PERIOD_DAYS = 365  # nobody is drawn twice within it


def sessions(region: str) -> "QuerySet[Session]":
    """All sessions, newest first."""
    return Session.objects.filter(region=region).order_by("-held_on")


def session(region: str, session_id: uuid.UUID) -> Session | None:
    return sessions(region).filter(id=session_id).first()


def open_sessions(region: str) -> list[Session]:
    """Sessions still to come, for questions before."""
    return list(sessions(region).exclude(state=SessionState.DRAFT)[:10])


def stratum_of(firm: Enterprise) -> str:
    """The group whose seats a firm competes for."""
    return "规模以上" if firm.size in {"大型", "中型"} else "小微"


def candidates(region: str) -> list[list[str]]:
    """All firms that are still there with their stratum, by code: the list that is frozen."""
    return [
        [one.credit_code, stratum_of(one)]
        for one in Enterprise.objects.filter(region=region, merged_into=None, closed_on=None).order_by(
            "credit_code"
        )
    ]


def drawn_lately(session: Session) -> list[str]:
    """Codes invited to another session within a year before this one."""
    since = session.held_on - timedelta(days=PERIOD_DAYS)
    rows = Session.objects.filter(
        region=session.region, state=SessionState.DRAWN, held_on__gte=since, held_on__lte=session.held_on
    )
    return sorted({code for row in rows.exclude(pk=session.pk) for code in row.invited})


def rule_of(session: Session) -> Rule:
    """The published rule of a session."""
    return Rule(session.seats, dict(session.least), frozenset(session.sitting_out))


def verified(session: Session) -> str:
    """Make the draw again from what is stored; "" when everything agrees, else what differs."""
    rows = [Candidate(*one) for one in session.candidates]
    rule = rule_of(session)
    seats = seats_of([one for one in rows if one.code not in rule.sitting_out], rule)
    result = Drawn(
        tuple(session.invited), tuple(session.reserves), seats, session.list_digest, session.commitment
    )
    return verify(rows, rule, session.seed, result, session.public_word)


def names(region: str, codes: list[str]) -> list[str]:
    """Names of firms in the order of their codes."""
    found = dict(
        Enterprise.objects.filter(region=region, credit_code__in=codes).values_list("credit_code", "name")
    )
    return [found.get(code, code) for code in codes]


def promises(region: str) -> "QuerySet[Promise]":
    return Promise.objects.filter(region=region).select_related("owner", "session").order_by("due")


def own_promises(actor: Actor) -> "QuerySet[Promise]":
    """Open promises of the actor's units."""
    return promises(actor.region).filter(owner__in=actor.units, state=PromiseState.OPEN)
