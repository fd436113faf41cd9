"""Giving a rating: by the person's own hand, told to a phone agent, or heard from the room that asked already."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from sanfu.cases.actions import Opening, open_case
from sanfu.cases.models import Case
from sanfu.grassroots.ratings.actions.asking import invite
from sanfu.grassroots.ratings.models import Invitation, Rating, Remedy
from sanfu.grassroots.ratings.room import REMEDY
from sanfu.grassroots.ratings.rules import OWN_HANDS, clock, rules
from sanfu.grassroots.ratings.states import BAD, LEVELS, REMEDY_FLOW, VERIFYING, Way
from sanfu.kernel.codes import mask
from sanfu.records.actions import append, number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.models import Event
from sanfu.records.moments import said as said_at
from sanfu.records.wires import case_kinds

RATER = "评价人"  # whoever rates by a link has no name in the record


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says: level 1 to 5, aspects, words, and whether the unit may know which matter it is about.

    device: what tells this browser and network from others; only a keyed digest of it is kept.
    """

    level: int
    aspects: tuple[str, ...] = ()
    words: str = ""
    named: bool = False
    device: str = ""


def give(invitation: Invitation, way: Way, said: Said, *, by: Actor | None, at: datetime) -> Rating:
    """One rating by the person's own hand (网上、扫码、评价器).

    Raises:
        NotAllowed: somebody of an office is signed in. Conflict: rated before. Refused: ended, or no level chosen.
    """
    if way not in OWN_HANDS:
        raise Refused("这个链接不能用于评价。")
    if by is not None and by.organisation is not None and "firm" not in by.roles:
        raise NotAllowed("工作人员不能代评；请由办事人用自己的手机扫码或打开链接评价。")
    if at > invitation.until:
        raise Refused("评价链接已过期；仍想评价请拨打12345，由话务员代录。")
    return _kept(invitation, way, said, None, at, machine(invitation.region, RATER))


def give_by_phone(invitation: Invitation, said: Said, *, by: Actor, at: datetime) -> Rating:
    """The words that a person said on the phone (电话代录), by an agent who is not of the unit that is rated."""
    if not by.may("ratings.take"):
        raise NotAllowed("电话代录评价须有权限。")
    if invitation.unit_id is not None and invitation.unit_id in by.units:
        raise NotAllowed("本单位承办的事项不能由本单位代录评价。")
    if len(said.words.strip()) < 2:
        raise Refused("请记下对方的原话。")
    return _kept(invitation, Way.PHONE, said, by, at, by)


@transaction.atomic
def _kept(
    invitation: Invitation, way: Way, said: Said, agent: Actor | None, at: datetime, by: Actor
) -> Rating:
    if said.level not in LEVELS:
        raise Refused("请选择满意程度。")
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=at):
        raise Conflict("这件事已经评价过；一件事评价一次。要补充请拨打12345。")
    known = [one for one in said.aspects if one in rules()["aspects"]]
    row = Rating.objects.create(
        invitation=invitation, region=invitation.region, case_id=invitation.case_id, case_kind=invitation.case_kind,
        unit_id=invitation.unit_id, level=said.level, aspects=known, words=said.words.strip()[:1000], way=way,
        named=said.named, agent=agent.id if agent else None, agent_unit=agent.organisation if agent else None,
        device=_digest(said.device), given_at=at,
    )  # fmt: skip
    data = {"case": str(row.case_id), "kind": row.case_kind, "level": row.level, "way": str(way)}
    heard_kind = "ratings.given" if way is not Way.CALLBACK else "ratings.heard"
    append(stream=invitation.pk, kind=heard_kind, by=by, at=at, data=data)
    if row.level <= BAD:
        _set_right(row, by=by, at=at)
    return row


def _digest(device: str) -> str:
    """Enough to see that two ratings came from one browser, and nothing that leads back to it."""
    return (
        hashlib.blake2b(device.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16).hexdigest()
        if device
        else ""
    )


def _set_right(row: Rating, *, by: Actor, at: datetime) -> Remedy:
    """Open the case of a bad rating (差评整改): the matter is named only when the person agreed."""
    case = row.case
    label = case_kinds()[row.case_kind].label
    about = (
        f"{case.number} {case.title}"
        if row.named
        else f"{label}（{said_at(case.closed_at or at, '%Y年%m月')}办结）"
    )
    opening = Opening(
        kind=REMEDY.code, number=number(REMEDY.number, by=by, at=at, digits=5), title=f"差评整改：{about}",
        clocks={VERIFYING: clock(VERIFYING)},
    )  # fmt: skip
    remedy = open_case(opening, REMEDY_FLOW, by=by, at=at)
    return Remedy.objects.create(case=remedy, region=row.region, rating=row, about=about[:200])


def heard(event: Event) -> None:
    """Handler of ratings that other rooms asked for: the same matter is not asked a second time."""
    level = event.data.get("level")
    if level not in LEVELS:
        return
    case = Case.objects.get(pk=event.stream)
    by = machine(event.region, RATER)
    invitation = invite(case, by=by, at=event.at, quiet=True)
    said = Said(level, words=mask(str(event.data.get("text") or event.data.get("note") or "")))
    called = event.kind.endswith("called_back")
    try:
        _heard(invitation, said, event, called, by)
    except Conflict:
        return  # rated before, by link or told again: the first one stays


@transaction.atomic
def _heard(invitation: Invitation, said: Said, event: Event, called: bool, by: Actor) -> Rating:
    agent: Any = Actor(id=event.by, name=event.by_name, region=event.region) if called else None
    return _kept(invitation, Way.CALLBACK if called else Way.WEB, said, agent, event.at, by)
