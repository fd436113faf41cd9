"""What the county decided about ratings (content/ratings/rules.yaml), and the signed link of an invitation."""

import uuid
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core import signing

from sanfu.cases.timing import Rule
from sanfu.grassroots.ratings.states import Way
from sanfu.kernel.clocks import rule_of
from sanfu.records.content import read_yaml

SALT = "sanfu.ratings.link"
OWN_HANDS = (Way.WEB, Way.QR, Way.COUNTER)  # ways in which the person's own hand chooses the level


@cache
def rules() -> dict[str, Any]:
    read: dict[str, Any] = read_yaml(settings.CONTENT / "ratings" / "rules.yaml")
    return read


def clock(name: str) -> Rule:
    """The clock of a stage of what is put right."""
    return Rule(rule_of(rules()["clocks"][name]), source="好差评", basis=rules()["basis"]["document"])


def holds_for() -> timedelta:
    return timedelta(days=int(rules()["link_days"]))


def handled(kind: str) -> tuple[str, ...]:
    """States in which a case of a kind was really handled; empty when it is not rated."""
    return tuple(rules()["kinds"].get(kind, ()))


def token(invitation: uuid.UUID, way: Way) -> str:
    """The signed word of a link: which invitation, and where the link was shown."""
    return signing.Signer(salt=SALT, sep=".").sign(f"{invitation.hex}{way}")


def read_token(said: str) -> tuple[uuid.UUID, Way] | None:
    """Invitation and way of a link that we signed ourselves; None for any other text."""
    try:
        text = signing.Signer(salt=SALT, sep=".").unsign(said)
        way = Way.of(text[32:])
        return (uuid.UUID(hex=text[:32]), way) if way in OWN_HANDS else None
    except (signing.BadSignature, ValueError):
        return None
