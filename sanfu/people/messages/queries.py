"""Reads of messages: one's own, how many are unread, what one wants, and who holds a permission in a unit."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanfu.people.messages.models import Delivery, Message, MessageAddress, MessageChoice
from sanfu.people.messages.states import MessageKind
from sanfu.people.models import Appointment
from sanfu.people.roles import ROLES
from sanfu.records.actor import Actor


def own(actor: Actor) -> "QuerySet[Message]":
    """The messages of a person; nobody sees another's."""
    return Message.objects.filter(user=actor.id)


def unread(actor: Actor) -> int:
    """How many messages wait for a person."""
    return own(actor).filter(read_at=None).count() if actor.id else 0


def choices(actor: Actor) -> list[dict[str, Any]]:
    """Each kind with whether it is shown and sent outside."""
    kept = {row.kind: row for row in MessageChoice.objects.filter(user=actor.id)}
    return [
        {
            "kind": str(kind),
            "label": kind.label,
            "shown": kept[kind].shown if kind in kept else True,
            "outside": kept[kind].outside if kind in kept else False,
        }
        for kind in MessageKind
    ]


def address(actor: Actor) -> MessageAddress | None:
    """Where a person hears of messages outside."""
    return MessageAddress.objects.filter(user=actor.id).first()


def not_sent(region: str) -> "QuerySet[Delivery]":
    """Notices that were given up."""
    return Delivery.objects.filter(region=region, state="given_up")


def holders(
    region: str, permission: str, on: date, units: Collection[uuid.UUID] | None = None
) -> list[uuid.UUID]:
    """Active people whose post on a day carries a permission; with `units`, only in these organisations."""
    roles = [code for code, role in ROLES.items() if permission in role.permissions]
    rows = Appointment.objects.filter(region=region, role__in=roles, starts__lte=on, user__is_active=True)
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gt=on))
    if units is not None:
        rows = rows.filter(Q(organisation__in=units) | Q(organisation=None, user__organisation__in=units))
    return list(rows.values_list("user_id", flat=True).distinct())
