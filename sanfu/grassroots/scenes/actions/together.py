"""Writes of the whole application: withdraw, rate, migrate, meet together, give and revoke a mandate."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanfu.cases.actions import Changes
from sanfu.grassroots.scenes import rules
from sanfu.grassroots.scenes.actions.intake import arrive, open_branch
from sanfu.grassroots.scenes.actions.shared import (
    compiled_guide,
    digest_of,
    for_firm,
    move,
    move_branch,
)
from sanfu.grassroots.scenes.models import Application, CatalogueVersion, Mandate, Meeting
from sanfu.grassroots.scenes.room import JOINT
from sanfu.grassroots.scenes.states import (
    FINAL,
    FIRM,
    BranchEvent,
    BranchState,
    JointEvent,
    JointState,
    Rating,
)
from sanfu.people.models import User
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused, machine
from sanfu.records.ids import new_id
from sanfu.records.models import Event
from sanfu.records.moments import day_of


@transaction.atomic
def withdraw(application: Application, *, why: str, by: Actor, at: datetime) -> None:
    """撤件 of everything that is not final; decisions that were given stay."""
    agent = for_firm(application, by, at)
    for branch in application.branches.select_related("case"):
        if BranchState(branch.case.state) not in FINAL:
            move_branch(branch, BranchEvent.WITHDRAW, by=by, at=at, data={"reason": why, **agent})
    move(application, JointEvent.WITHDRAW, by=by, at=at, data={"reason": why, **agent})


@transaction.atomic
def rate(application: Application, *, rating: Rating, text: str, by: Actor, at: datetime) -> None:
    """好差评, once, by the firm itself and not by its agent."""
    if by.organisation != application.case.firm_id:
        raise NotAllowed("评价由企业自己作出，帮办代办员不能代评。")
    if application.rating:
        raise Conflict("这件申请已经评价过。")
    move(
        application,
        JointEvent.RATE,
        by=by,
        at=at,
        data={"rating": str(rating), "level": rating.level, "text": text},
    )
    application.rating, application.rating_note = rating, text
    application.save(update_fields=["rating", "rating_note"])


@transaction.atomic
def rated_by_link(event: Event) -> None:
    """Handler of "ratings.given": the rating of the signed link is the application's own where it has none yet."""
    if event.data.get("kind") != JOINT.code:
        return
    application = Application.objects.select_related("case").get(pk=event.data["case"])
    if application.rating or application.case.state != JointState.CLOSED:
        return
    rating = next(one for one in Rating if one.level == event.data["level"])
    by = Actor(id=event.by, name=event.by_name, region=event.region, permissions=frozenset(FIRM))
    data = {"rating": str(rating), "level": rating.level, "text": ""}
    move(application, JointEvent.RATE, by=by, at=event.at, data=data)
    Application.objects.filter(pk=application.pk).update(rating=rating)


def preview_migration(
    application: Application, to: CatalogueVersion, at: datetime
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The guide under another version, and what it would change; nothing is written."""
    prereview = tuple(application.guide.get("prereview", ()))
    start = date.fromisoformat(application.guide["start"])
    new = compiled_guide(
        to,
        application.bundle,
        answers=application.answers,
        facts=application.facts,
        on=start,
        prereview=prereview,
    )
    return new, rules.difference(application.guide, new)


@transaction.atomic
def migrate(
    application: Application, to: CatalogueVersion, *, why: str, by: Actor, at: datetime
) -> list[dict[str, str]]:
    """Move a running application to another version, on purpose and on record; decided branches stay as they are."""
    if not why.strip():
        raise Refused("请写明迁移的理由，它会留在日志里。")
    if to.pk == application.version_id:
        raise Refused(f"申请已经按第 {to.number} 版办理。")
    new, changes = preview_migration(application, to, at)
    old_digest = application.digest
    application.version, application.guide, application.digest = to, new, digest_of(new)
    application.save(update_fields=["version", "guide", "digest"])
    pinned = {"catalogue": to.number, "digest": to.digest, "guide": application.digest}
    data = {
        "why": why,
        "from": old_digest,
        "to_guide": application.digest,
        "version": to.number,
        "changes": changes,
    }
    move(application, JointEvent.MIGRATE, by=by, at=at, data=data, changes=Changes(pinned=pinned))
    if application.case.state == JointState.RUNNING:
        _fit_branches(application, by=by, at=at)
    return changes


def _fit_branches(application: Application, *, by: Actor, at: datetime) -> None:
    items = {i["id"] for i in application.guide["items"]}
    clerk = Actor(
        None, f"系统（受{by.name}委托迁移）", application.region, permissions=frozenset({"scenes.apply"})
    )
    present = {b.item: b for b in application.branches.select_related("case")}
    for code in items - set(present):
        open_branch(application, code, by=clerk, at=at)
    for code, branch in present.items():
        if code not in items and branch.case.state in (BranchState.WAITING, BranchState.PENDING):
            move_branch(
                branch, BranchEvent.WITHDRAW, by=clerk, at=at, data={"reason": "新版指南不再需要此项"}
            )
    arrive(application, by=machine(application.region), at=at)


@transaction.atomic
def convene(
    application: Application,
    *,
    name: str,
    items: list[str],
    meets_on: date,
    place: str,
    by: Actor,
    at: datetime,
) -> Meeting:
    """召集联审联验: several branches are looked at together, once."""
    known = {b.item for b in application.branches.all()}
    if len(items) < 2 or not set(items) <= known:
        raise Refused("联审联验至少要有两个正在办理的事项。")
    if meets_on < day_of(at):
        raise Refused("联审联验的日期已经过去。")
    meeting = Meeting.objects.create(
        region=by.region, application=application, name=name, items=items, meets_on=meets_on, place=place
    )
    data = {"name": name, "items": items, "on": meets_on.isoformat(), "place": place}
    move(application, JointEvent.CONVENE, by=by, at=at, data=data)
    return meeting


@transaction.atomic
def conclude(meeting: Meeting, conclusions: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """One minute with a conclusion per item; each department then decides on its own branch."""
    if meeting.concluded_at:
        raise Conflict("这次联审联验已经有结论。")
    missing = [item for item in meeting.items if not str(conclusions.get(item, "")).strip()]
    if missing:
        raise Refused(f"还缺这些事项的结论：{'、'.join(missing)}")
    meeting.conclusions, meeting.concluded_at = dict(conclusions), at
    meeting.save(update_fields=["conclusions", "concluded_at"])
    data = {"name": meeting.name, "conclusions": dict(conclusions)}
    move(meeting.application, JointEvent.CONCLUDE, by=by, at=at, data=data)


@transaction.atomic
def give_mandate(agent: User, *, scope: str, ends: date, by: Actor, at: datetime) -> Mandate:
    """委托帮办代办员 until a day. Only the firm's own person gives it."""
    if "firm" not in by.roles or by.organisation is None:
        raise NotAllowed("委托书由企业经办人出具。")
    if ends < day_of(at):
        raise Refused("委托期限已经过去。")
    if _has_mandate(agent, by, at):
        raise Conflict(f"已经委托{agent.name}，不必重复。")
    mandate = Mandate.objects.create(
        id=new_id(), region=by.region, firm_id=by.organisation, agent=agent, scope=scope[:200],
        starts=day_of(at), ends=ends, given_by=by.name,
    )  # fmt: skip
    data = {"agent": agent.name, "scope": scope, "ends": ends.isoformat()}
    append(stream=mandate.id, kind="scenes.mandate_given", by=by, at=at, data=data)
    return mandate


def _has_mandate(agent: User, by: Actor, at: datetime) -> bool:
    day = day_of(at)
    return Mandate.objects.filter(
        region=by.region, firm=by.organisation, agent=agent, starts__lte=day, ends__gte=day, revoked_at=None
    ).exists()


@transaction.atomic
def revoke_mandate(mandate: Mandate, *, by: Actor, at: datetime) -> None:
    if mandate.firm_id != by.organisation:
        raise NotAllowed("只有出具委托的企业可以撤销。")
    if mandate.revoked_at:
        raise Conflict("委托已经撤销。")
    mandate.revoked_at = at
    mandate.save(update_fields=["revoked_at"])
    append(stream=mandate.id, kind="scenes.mandate_revoked", by=by, at=at, data={})
