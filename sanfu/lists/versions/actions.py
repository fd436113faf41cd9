"""Writes of versions: draft, consult, submit, approve by a second person, publish from a day, end, discard."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from sanfu.kernel.flow import IllegalMove
from sanfu.lists.versions.models import IN_FORCE, Version
from sanfu.lists.versions.states import VersionEvent, VersionState, flow_of
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.moments import day_of

V = TypeVar("V", bound=Version)
E = VersionEvent


def hash_of(content: Any) -> str:
    """SHA-256 of plain data with sorted keys: the same content has the same hash anywhere."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def draft(version: V, *, by: Actor, at: datetime, told: dict[str, Any] | None = None) -> V:
    """Keep a new draft under the next number of its line; the caller filled in its payload and its line."""
    _need(by, version.matter.edit)
    version.region = by.region
    last = type(version)._default_manager.filter(**version.line()).aggregate(last=Max("number"))["last"]
    version.number = (last or 0) + 1
    version.editors = [by.id] if by.id else []
    version.editor_name, version.created_at = by.name, at
    version.save(force_insert=True)
    _tell(version, "drafted", by, at, {"number": version.number, **(told or {})})
    return version


@transaction.atomic
def change(version: V, *, by: Actor, at: datetime, told: dict[str, Any] | None = None, **values: Any) -> V:
    """Give a draft other values; who did is among its editors from now on."""
    _need(by, version.matter.edit)
    found = _locked(version)
    if found.state not in (VersionState.DRAFT, VersionState.CONSULT):
        raise Conflict(f"{found}{VersionState(found.state).label}，不能再改；请先退回修改，或另建一版。")
    for name, value in values.items():
        setattr(found, name, value)
    if by.id and by.id not in found.editors:
        found.editors = [*found.editors, by.id]
    found.save()
    _tell(found, "changed", by, at, told or {"fields": sorted(values)})
    return found


@transaction.atomic
def consult(version: V, *, by: Actor, at: datetime) -> V:
    """草稿 → 征求意见: from here on those concerned see it and may comment."""
    return _moved(version, E.CONSULT, by, at)


@transaction.atomic
def submit(version: V, *, by: Actor, at: datetime) -> V:
    """Hand a draft to a second person; Refused with what is wrong with it."""
    found = _checked(version, E.SUBMIT, by)
    faults = list(found.faults())
    if faults:
        more = f"……共 {len(faults)} 处" if len(faults) > 5 else ""
        raise Refused(f"检查没有通过：{'；'.join(faults[:5])}{more}。请改正后再送审。")
    found.content_hash, found.said = hash_of(found.content()), ""
    return _kept(found, E.SUBMIT, by, at, {"hash": found.content_hash})


@transaction.atomic
def approve(version: V, *, by: Actor, at: datetime) -> V:
    """Approve a submitted version; never by somebody who edited it."""
    found = _checked(version, E.APPROVE, by)
    if by.id is None or by.id in found.editors:
        raise NotAllowed("编辑和审核须是两个人：这一版由您编辑，请另一位审核人审核。")
    found.approver_id, found.approver_name, found.approved_at = by.id, by.name, at
    return _kept(found, E.APPROVE, by, at, {"hash": found.content_hash})


@transaction.atomic
def send_back(version: V, *, why: str, by: Actor, at: datetime) -> V:
    """Back to draft, with the reason."""
    why = why.strip()
    if not why:
        raise Refused("请写明退回的原因，编辑人才知道改什么。")
    found = _checked(version, E.SEND_BACK, by)
    found.approver = found.approved_at = None
    found.approver_name = found.content_hash = ""
    found.said = why[:300]
    return _kept(found, E.SEND_BACK, by, at, {"why": found.said})


@transaction.atomic
def publish(version: V, *, effective_from: date, by: Actor, at: datetime, doc_no: str = "") -> V:
    """Publish an approved version from a day; the one before it ends there.

    The day is never before today once a version was published: what was judged stays judged. Refused for such
    a day, and for one not after the beginning of the version before; Conflict when the content changed.
    """
    found = _checked(version, E.PUBLISH, by)
    if found.content_hash != hash_of(found.content()):
        raise Conflict("内容与送审时不一致，请退回修改后重新送审。")
    last = check_start(found, effective_from, at=at)
    if last is not None:
        _replace(last, effective_from, by, at)
    found.effective_from, found.published_at, found.doc_no = effective_from, at, doc_no.strip()[:80]
    told = {"number": found.number, "from": effective_from.isoformat(), "hash": found.content_hash}
    return _kept(found, E.PUBLISH, by, at, told)


@transaction.atomic
def enact(
    version: V, *, editor: Actor, approver: Actor, effective_from: date, at: datetime, doc_no: str = ""
) -> V:
    """Submit, approve and publish at one moment by two people: for what comes decided from outside, and seeds."""
    submitted = submit(version, by=editor, at=at)
    approved = approve(submitted, by=approver, at=at)
    return publish(approved, effective_from=effective_from, by=approver, at=at, doc_no=doc_no)


@transaction.atomic
def end(version: V, *, effective_to: date, why: str, by: Actor, at: datetime) -> V:
    """停止执行: nothing follows; from a day on, today or later, the version no longer holds."""
    found = _checked(version, E.END, by)
    if not why.strip():
        raise Refused("请写明停止执行的原因。")
    if effective_to < day_of(at):
        raise Refused("停止执行的日期不能早于今天：已经按这一版办的事不再改判。")
    _end_on(found, effective_to)
    return _kept(found, E.END, by, at, {"effective_to": effective_to.isoformat(), "why": why.strip()[:300]})


@transaction.atomic
def discard(version: V, *, by: Actor, at: datetime) -> V:
    """Give a draft up; its content stays readable."""
    return _moved(version, E.DISCARD, by, at)


def _need(by: Actor, permissions: tuple[str, ...]) -> None:
    if not by.may(*permissions):
        raise NotAllowed("您的岗位不能办理这一步，请联系系统管理员。")


def _locked(version: V) -> V:
    return type(version)._default_manager.select_for_update(of=("self",)).get(pk=version.pk)


def _checked(version: V, event: VersionEvent, by: Actor) -> V:
    """The locked row, after its flow and the actor's permissions were asked; its state is not changed yet."""
    found = _locked(version)
    try:
        move = flow_of(found.matter).move(VersionState(found.state), event)
    except IllegalMove as error:
        raise Conflict(str(error)) from error
    _need(by, move.who)
    return found


def _kept(found: V, event: VersionEvent, by: Actor, at: datetime, told: dict[str, Any]) -> V:
    state = VersionState(found.state)
    found.state = flow_of(found.matter).move(state, event).lands(state)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise Conflict("这一天已有另一版生效，或另一人刚刚办过，请刷新后再看。") from error
    _tell(found, PAST[event], by, at, told)
    return found


def _moved(version: V, event: VersionEvent, by: Actor, at: datetime) -> V:
    return _kept(_checked(version, event, by), event, by, at, {})


@transaction.atomic
def check_start(version: V, start: date, *, at: datetime) -> V | None:
    """The version before, locked, when a new one may begin on this day; Refused when a past day would change."""
    lines = type(version)._default_manager.select_for_update(of=("self",))
    last = lines.filter(state__in=IN_FORCE, **version.line()).order_by("-effective_from").first()
    if last is None or last.effective_from is None:
        return None
    if start < (today := day_of(at)):
        raise Refused(f"生效日不能早于今天（{today}）：已经按旧版办的事不再改判。")
    if start <= last.effective_from:
        after = last.effective_from + timedelta(days=1)
        raise Refused(f"生效日须晚于上一版的生效日 {last.effective_from}，请改为 {after} 或更晚。")
    return last


def _replace(last: Version, day: date, by: Actor, at: datetime) -> None:
    """The version before ends where the new one begins, unless it has ended already."""
    if last.state != VersionState.PUBLISHED:
        if last.effective_to and last.effective_to > day:
            _end_on(last, day)
            last.save()
        return
    _end_on(last, day)
    _kept(last, E.REPLACE, by, at, {"effective_to": day.isoformat()})


def _end_on(version: Version, day: date) -> None:
    version.effective_to = max(day, version.effective_from or day)


def _tell(version: Version, what: str, by: Actor, at: datetime, told: dict[str, Any]) -> None:
    append(stream=version.id, kind=f"{version.matter.event}_{what}", by=by, at=at, data=told)


PAST = {
    E.CONSULT: "consulted",
    E.SUBMIT: "submitted",
    E.APPROVE: "approved",
    E.SEND_BACK: "sent_back",
    E.PUBLISH: "published",
    E.REPLACE: "replaced",
    E.END: "ended",
    E.DISCARD: "discarded",
}
