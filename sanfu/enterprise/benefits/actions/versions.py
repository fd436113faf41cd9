"""Writes of policy versions: draft, save, submit, give back, approve, withdraw."""

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from sanfu.enterprise.benefits.content import parsed
from sanfu.enterprise.benefits.models import PolicyVersion
from sanfu.enterprise.benefits.policies import find, may_edit, owner_of
from sanfu.enterprise.benefits.rules import next_number
from sanfu.enterprise.benefits.states import VERSION_FLOW, VersionEvent, VersionState
from sanfu.enterprise.benefits.trial import look
from sanfu.kernel.flow import IllegalMove
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.ids import new_id

VE = VersionEvent


@transaction.atomic
def draft(policy: str, text: str, *, note: str, by: Actor, at: datetime) -> PolicyVersion:
    """Begin a new version of a policy of the own department; one open version a policy."""
    base = find(by.region, policy, localdate(at))
    if base is None:
        raise Refused(f"没有编号为{policy}的政策；请从政策库进入。")
    if not may_edit(by, base.document):
        raise NotAllowed("只能修改本部门牵头的政策；请联系责任部门的政策专员。")
    rows = PolicyVersion.objects.select_for_update().filter(region=by.region, policy=policy)
    opened = next((r for r in rows if r.state in (VersionState.DRAFT, VersionState.SUBMITTED)), None)
    if opened is not None:
        raise Conflict(f"{opened.drafted_by.name}已经在改这份政策(第{opened.number}版);请在那一版上接着改。")
    assert by.id is not None
    made = PolicyVersion.objects.create(
        id=new_id(),
        region=by.region,
        policy=policy,
        number=next_number([r.number for r in rows]),
        title=parsed(base.document.name, text).title[:120],
        text=text,
        sha256=_hash(text),
        owner=owner_of(by.region, base.document),
        note=note,
        editors=[by.id],
        drafted_by_id=by.id,
        drafted_at=at,
    )
    data = {"policy": policy, "number": made.number, "sha256": made.sha256, "note": note}
    append(stream=made.id, kind="benefits.drafted", by=by, at=at, data=data)
    return made


@transaction.atomic
def save(version: PolicyVersion, text: str, *, by: Actor, at: datetime, note: str | None = None) -> None:
    """Keep the text of a draft; the log keeps the hash of every state it had."""
    locked = _locked(version, VE.EDIT, by)
    _own(locked, by)
    assert by.id is not None
    PolicyVersion.objects.filter(pk=locked.pk).update(
        text=text,
        sha256=_hash(text),
        title=parsed(locked.policy, text).title[:120],
        note=locked.note if note is None else note,
        editors=sorted({*locked.editors, by.id}, key=str),
    )
    append(stream=locked.id, kind="benefits.saved", by=by, at=at, data={"sha256": _hash(text)})


@transaction.atomic
def submit(version: PolicyVersion, *, starts_on: date, by: Actor, at: datetime) -> None:
    """Hand a draft to a second officer; refused while it has errors or breaks a golden case."""
    locked = _locked(version, VE.SUBMIT, by)
    _own(locked, by)
    if starts_on < localdate(at):
        raise Refused("生效日不能早于今天：已经发生的匹配不能改写；请选今天或以后的日期。")
    if not locked.note.strip():
        raise Refused("请写明为什么修改；复核人要看修改理由。")
    _sound(locked, starts_on)
    PolicyVersion.objects.filter(pk=locked.pk).update(
        state=VersionState.SUBMITTED, starts_on=starts_on, returned=""
    )
    data = {"sha256": locked.sha256, "starts_on": starts_on.isoformat()}
    append(stream=locked.id, kind="benefits.submitted", by=by, at=at, data=data)


@transaction.atomic
def give_back(version: PolicyVersion, *, why: str, by: Actor, at: datetime) -> None:
    """Send a submitted version back to its author (退回修改)."""
    locked = _locked(version, VE.RETURN, by)
    if not why.strip():
        raise Refused("请写明退回理由，起草人才知道改什么。")
    PolicyVersion.objects.filter(pk=locked.pk).update(state=VersionState.DRAFT, returned=why)
    append(stream=locked.id, kind="benefits.returned", by=by, at=at, data={"why": why})


@transaction.atomic
def approve(version: PolicyVersion, *, by: Actor, at: datetime) -> None:
    """Put a version in force from its day. Never by anybody who wrote on it; the database refuses it too."""
    locked = _locked(version, VE.APPROVE, by)
    if by.id is None or by.id in locked.editors or by.id == locked.drafted_by_id:
        raise NotAllowed("不能复核自己起草或修改过的版本；请由另一位复核人员办理。")
    assert locked.starts_on is not None
    _sound(locked, locked.starts_on)
    PolicyVersion.objects.filter(pk=locked.pk).update(
        state=VersionState.APPROVED,
        approved_by=by.id,
        approved_at=at,
        starts_on=max(locked.starts_on, localdate(at)),
    )
    data = {
        "policy": locked.policy,
        "number": locked.number,
        "sha256": locked.sha256,
        "starts_on": str(locked.starts_on),
    }
    append(stream=locked.id, kind="benefits.approved", by=by, at=at, data=data)


@transaction.atomic
def withdraw(version: PolicyVersion, *, by: Actor, at: datetime) -> None:
    """Give up a version that is not in force; it stays readable."""
    locked = _locked(version, VE.WITHDRAW, by)
    _own(locked, by)
    PolicyVersion.objects.filter(pk=locked.pk).update(state=VersionState.WITHDRAWN)
    append(stream=locked.id, kind="benefits.withdrawn", by=by, at=at)


def _locked(version: PolicyVersion, event: VersionEvent, by: Actor) -> PolicyVersion:
    locked = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    try:
        move = VERSION_FLOW.move(VersionState(locked.state), event)
    except IllegalMove as illegal:
        raise Conflict(f"这一版已被处理：{illegal}") from illegal
    if not any(by.may(permission) for permission in move.who):
        raise NotAllowed(f"“{event.label}”需要相应权限；请由政策专员或复核人员办理。")
    return locked


def _own(version: PolicyVersion, by: Actor) -> None:
    if version.owner_id not in by.units:
        raise NotAllowed("只能修改本部门牵头的政策；请联系责任部门的政策专员。")


def _sound(version: PolicyVersion, day: date) -> None:
    seen = look(version.region, version.policy, version.text, day)
    if seen.errors:
        first = seen.errors[0]
        raise Refused(f"有{len(seen.errors)}处错误，不能提交：第{first.span.line}行{first.message}。")
    broken = [g for g in seen.golden if not g.ok]
    if broken:
        raise Refused(
            f"标准例“{broken[0].name}”不再成立({broken[0].differences[0]});改规则，或先请业务和法制人员改标准例。"
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
