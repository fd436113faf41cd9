"""Writes of lists: import, edit a draft, submit, approve by a second person, publish from a day."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import IntegrityError, transaction

from sanfu.kernel.flow import IllegalMove
from sanfu.lists.items import RequestItem
from sanfu.lists.models import IN_FORCE, ListImport, ListItem, ListVersion
from sanfu.lists.queries import frame_of, in_force, words_of
from sanfu.lists.reading import Reading, read_list
from sanfu.lists.rules import Level, Place, Problem, read_row
from sanfu.lists.states import VERSION_FLOW, ListKind, VersionEvent, VersionState
from sanfu.records.actions import append, next_number
from sanfu.records.actor import Actor, Conflict, NotAllowed, Refused
from sanfu.records.files import store
from sanfu.records.moments import day_of

PROBLEMS_KEPT = 2000  # of one report; the counts are always of all
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new draft begins with: rows as plain data in list order."""

    kind: ListKind
    title: str
    rows: Sequence[Payload]
    base: ListVersion | None = None


def need(by: Actor, permission: str) -> None:
    """Refuse whoever lacks the permission."""
    if not by.may(permission):
        raise NotAllowed(f"{by.name}没有“{permission}”权限，请联系系统管理员。")


@transaction.atomic
def import_file(
    *, name: str, content: bytes, by: Actor, at: datetime, title: str = "", kind: ListKind = ListKind.REQUESTS
) -> ListImport:
    """Keep the file, check every row, and make a draft of it when nothing is wrong; never half of it."""
    need(by, "lists.edit")
    if kind is not ListKind.REQUESTS:
        raise Refused(f"“{kind.label}”不从这里导入，请到它自己的页面。")
    stored = store(name=name, content=BytesIO(content), by=by, at=at)
    reading = read_list(stored.name, content, frame_of(by.region))
    version = None
    if reading.usable:
        rows = [item.payload() for item, _ in reading.items]
        base = in_force(kind, day_of(at), region=by.region)
        version = open_draft(Draft(kind, title or kind.label, rows, base), by=by, at=at)
    return _remember(reading, kind, stored.id, version, by=by, at=at)


def _remember(
    reading: Reading,
    kind: ListKind,
    file_id: uuid.UUID,
    version: ListVersion | None,
    *,
    by: Actor,
    at: datetime,
) -> ListImport:
    kept = [problem.as_json() for problem in [*reading.errors, *reading.warnings][:PROBLEMS_KEPT]]
    row = ListImport.objects.create(
        region=by.region,
        kind=kind,
        file_id=file_id,
        version=version,
        rows=reading.rows,
        items=len(reading.items),
        errors=len(reading.errors),
        warnings=len(reading.warnings),
        report={"problems": kept},
        by_id=by.id,
        at=at,
    )
    data = {"file": reading.file, "rows": row.rows, "items": row.items, "errors": row.errors}
    append(stream=row.id, kind="lists.imported", by=by, at=at, data=data)
    return row


@transaction.atomic
def open_draft(draft: Draft, *, by: Actor, at: datetime) -> ListVersion:
    """A new numbered draft with these rows."""
    need(by, "lists.edit")
    version = ListVersion.objects.create(
        region=by.region,
        kind=draft.kind,
        number=next_number(region=by.region, kind=f"lists.{draft.kind}", year=0),
        title=draft.title[:80],
        editor_id=by.id,
        editors=[by.id] if by.id else [],
        base=draft.base,
        created_at=at,
    )
    ListItem.objects.bulk_create(_rows(version, draft.rows))
    data = {"number": version.number, "rows": len(draft.rows)}
    append(stream=version.id, kind="lists.drafted", by=by, at=at, data=data)
    return version


def _rows(version: ListVersion, rows: Iterable[Payload]) -> list[ListItem]:
    return [_row(version, payload, position) for position, payload in enumerate(rows, start=1)]


def _row(version: ListVersion, payload: Payload, position: int) -> ListItem:
    branches = payload.get("rules", ())
    units = [payload.get("lead", ""), *(one["lead"] for one in branches)]
    units += [*payload.get("assist", ()), *(code for one in branches for code in one.get("assist", ()))]
    return ListItem(
        region=version.region,
        version=version,
        position=position,
        code=payload["code"],
        name=payload["name"],
        l1=payload.get("l1", ""),
        l2=payload.get("l2", ""),
        l3=payload.get("l3", ""),
        lead="" if branches else payload.get("lead", ""),
        units=[code for code in dict.fromkeys(units) if code],
        conditional=bool(branches),
        payload=payload,
        words=words_of(payload),
    )


@transaction.atomic
def copy_in_force(*, kind: ListKind, by: Actor, at: datetime, title: str = "") -> ListVersion:
    """A draft that begins as the version in force today."""
    base = in_force(kind, day_of(at), region=by.region)
    if base is None:
        raise Refused("还没有在用的版本，请先导入一份清单。")
    rows = list(base.items.order_by("position").values_list("payload", flat=True))
    return open_draft(Draft(kind, title or base.title, rows, base), by=by, at=at)


@transaction.atomic
def put_item(*, version_id: uuid.UUID, payload: Payload, by: Actor, at: datetime) -> ListItem:
    """Add or replace one row of a draft; Refused with every problem when the row does not hold."""
    need(by, "lists.edit")
    version = _draft(version_id, by)
    item, problems = read_row(payload, Place(version.title, 0), frame_of(by.region))
    if item is None:
        raise Refused("；".join(_said(problems)))
    old = ListItem.objects.filter(region=by.region, version=version, code=item.code).first()
    position = old.position if old else version.items.count() + 1
    before = old.payload if old else None
    if old:
        old.delete()
    row = _row(version, item.payload(), position)
    row.save(force_insert=True)
    _touched(version, by)
    data = {"code": item.code, "before": before, "after": row.payload}
    append(stream=version.id, kind="lists.item_put", by=by, at=at, data=data)
    return row


@transaction.atomic
def remove_item(*, version_id: uuid.UUID, code: str, by: Actor, at: datetime) -> None:
    """Take one row out of a draft; the event keeps it."""
    need(by, "lists.edit")
    version = _draft(version_id, by)
    row = ListItem.objects.filter(region=by.region, version=version, code=code).first()
    if row is None:
        raise Refused(f"本版没有编码 {code} 的事项。")
    row.delete()
    _touched(version, by)
    append(stream=version.id, kind="lists.item_removed", by=by, at=at, data={"before": row.payload})


def _touched(version: ListVersion, by: Actor) -> None:
    if by.id and by.id not in version.editors:
        version.editors = [*version.editors, by.id]
        version.save(update_fields=["editors"])


def _said(problems: Iterable[Problem]) -> list[str]:
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    return [f"{one.what}{f'（例：{one.example}）' if one.example else ''}，{one.todo}" for one in errors]


def _locked(version_id: uuid.UUID, by: Actor) -> ListVersion:
    version = ListVersion.objects.select_for_update().filter(region=by.region, id=version_id).first()
    if version is None:
        raise Refused("没有这个清单版本，可能链接已失效。")
    return version


def _draft(version_id: uuid.UUID, by: Actor) -> ListVersion:
    version = _locked(version_id, by)
    if version.state != VersionState.DRAFT:
        label = VersionState(version.state).label
        raise Conflict(f"第 {version.number} 版{label}，不能再改；请先退回修改，或另建一版。")
    return version


def _move(version: ListVersion, event: VersionEvent, by: Actor) -> None:
    try:
        move = VERSION_FLOW.move(VersionState(version.state), event)
    except IllegalMove as error:
        raise Conflict(str(error)) from error
    for permission in move.who:
        need(by, permission)
    version.state = move.lands(VersionState(version.state))


@transaction.atomic
def submit(*, version_id: uuid.UUID, by: Actor, at: datetime) -> ListVersion:
    """Hand a draft to a second person. Every row is checked again first."""
    version = _locked(version_id, by)
    _move(version, VersionEvent.SUBMIT, by)
    rows = list(version.items.order_by("position").values_list("payload", flat=True))
    if not rows:
        raise Refused("本版没有事项，不能送审；请先导入或添加。")
    _check_all(rows, by)
    version.content_hash = hash_of(rows)
    version.said = ""
    version.save()
    append(
        stream=version.id, kind="lists.submitted", by=by, at=at, data={"content_hash": version.content_hash}
    )
    return version


def _check_all(rows: Sequence[Payload], by: Actor) -> None:
    frame = frame_of(by.region)
    problems = [one for row in rows for one in read_row(row, Place("本版", 0), frame)[1]]
    said = [f"{one.code} {text}" for one in problems for text in _said([one])]
    if said:
        more = f"……共 {len(said)} 处" if len(said) > 5 else ""
        raise Refused(f"规则检查没有通过：{'；'.join(said[:5])}{more}。请改正后再送审。")


def hash_of(rows: Sequence[Payload]) -> str:
    """SHA-256 over the rows in list order, keys sorted: the same content has the same hash anywhere."""
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def approve(*, version_id: uuid.UUID, by: Actor, at: datetime) -> ListVersion:
    """Approve a submitted version; never by somebody who edited it."""
    version = _locked(version_id, by)
    _move(version, VersionEvent.APPROVE, by)
    if by.id is None or by.id in version.editors:
        raise NotAllowed("不能审核自己编辑的版本，请由另一名审核人审核。")
    version.approver_id = by.id
    version.approved_at = at
    version.save()
    append(
        stream=version.id, kind="lists.approved", by=by, at=at, data={"content_hash": version.content_hash}
    )
    return version


@transaction.atomic
def send_back(*, version_id: uuid.UUID, why: str, by: Actor, at: datetime) -> ListVersion:
    """Back to draft with a reason."""
    why = why.strip()
    if not why:
        raise Refused("请写明退回的原因，编辑人才知道改什么。")
    version = _locked(version_id, by)
    _move(version, VersionEvent.SEND_BACK, by)
    version.approver = None
    version.approved_at = None
    version.said = why[:300]
    version.content_hash = ""
    version.save()
    append(stream=version.id, kind="lists.sent_back", by=by, at=at, data={"why": why})
    return version


@transaction.atomic
def publish(
    *, version_id: uuid.UUID, effective_from: date, by: Actor, at: datetime, doc_no: str = ""
) -> ListVersion:
    """Publish an approved version from a day; the one before it ends there.

    The day is never before today once a version was published: what was judged stays judged.
    """
    version = _locked(version_id, by)
    _move(version, VersionEvent.PUBLISH, by)
    published = ListVersion.objects.select_for_update().filter(
        region=by.region, kind=version.kind, state__in=IN_FORCE
    )
    last = published.order_by("-effective_from").first()
    if last is not None and last.effective_from is not None:
        _check_start(effective_from, last.effective_from, day_of(at))
        _end(last, effective_from, by=by, at=at)
    version.effective_from = effective_from
    version.published_at = at
    version.doc_no = doc_no.strip()[:80]
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        raise Conflict("这一天已有另一版生效，请换一个生效日。") from error
    data = {
        "number": version.number,
        "effective_from": effective_from.isoformat(),
        "hash": version.content_hash,
    }
    append(stream=version.id, kind="lists.published", by=by, at=at, data=data)
    return version


def _check_start(start: date, last_start: date, today: date) -> None:
    if start < today:
        raise Refused(f"生效日不能早于今天（{today}）：已经按旧版办的事不再改判。")
    if start <= last_start:
        raise Refused(
            f"生效日应晚于上一版的生效日 {last_start}，请改为 {last_start + timedelta(days=1)} 或更晚。"
        )


def _end(version: ListVersion, day: date, *, by: Actor, at: datetime) -> None:
    version.effective_to = day
    version.state = VERSION_FLOW.move(VersionState(version.state), VersionEvent.SUPERSEDE).lands(
        VersionState(version.state)
    )
    version.save()
    append(stream=version.id, kind="lists.superseded", by=by, at=at, data={"effective_to": day.isoformat()})


@transaction.atomic
def discard(*, version_id: uuid.UUID, by: Actor, at: datetime) -> ListVersion:
    """Give a draft up; its rows stay readable."""
    version = _locked(version_id, by)
    _move(version, VersionEvent.DISCARD, by)
    version.save()
    append(stream=version.id, kind="lists.discarded", by=by, at=at, data={})
    return version


def draft_from_items(items: Iterable[RequestItem], *, title: str, by: Actor, at: datetime) -> ListVersion:
    """A draft from items that were read elsewhere, such as the shipped content."""
    rows = [item.payload() for item in items]
    base = in_force(ListKind.REQUESTS, day_of(at), region=by.region)
    return open_draft(Draft(ListKind.REQUESTS, title, rows, base), by=by, at=at)
