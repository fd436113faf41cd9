"""Writes of lists: import, edit a draft, submit, approve by a second person, publish from a day."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import transaction

from sanfu.lists.items import RequestItem
from sanfu.lists.models import ListImport, ListItem, ListVersion
from sanfu.lists.queries import faults_of, frame_of, in_force, said_of, words_of
from sanfu.lists.reading import Reading, read_list
from sanfu.lists.rules import Place, read_row
from sanfu.lists.states import ListKind
from sanfu.lists.versions import VersionState
from sanfu.lists.versions import actions as versions
from sanfu.records.actions import append
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
    made = ListVersion(kind=draft.kind, title=draft.title[:80], base=draft.base)
    version = versions.draft(made, by=by, at=at, told={"rows": len(draft.rows)})
    ListItem.objects.bulk_create(_rows(version, draft.rows))
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
        raise Refused("；".join(said_of(problems)))
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


@transaction.atomic
def submit(*, version_id: uuid.UUID, by: Actor, at: datetime) -> ListVersion:
    """Hand a draft to a second person; Refused with what is wrong in its rows."""
    version = versions.submit(_version(version_id, by), by=by, at=at)
    faults = faults_of(version)
    if faults:
        more = f"……共 {len(faults)} 处" if len(faults) > 5 else ""
        raise Refused(f"规则检查没有通过：{'；'.join(faults[:5])}{more}。请改正后再送审。")
    return version


def approve(*, version_id: uuid.UUID, by: Actor, at: datetime) -> ListVersion:
    """Approve a submitted version; never by somebody who edited it."""
    return versions.approve(_version(version_id, by), by=by, at=at)


def send_back(*, version_id: uuid.UUID, why: str, by: Actor, at: datetime) -> ListVersion:
    """Back to draft with a reason."""
    return versions.send_back(_version(version_id, by), why=why, by=by, at=at)


def publish(
    *, version_id: uuid.UUID, effective_from: date, by: Actor, at: datetime, doc_no: str = ""
) -> ListVersion:
    """Publish an approved version from a day; the one before it ends there."""
    found = _version(version_id, by)
    return versions.publish(found, effective_from=effective_from, by=by, at=at, doc_no=doc_no)


def discard(*, version_id: uuid.UUID, by: Actor, at: datetime) -> ListVersion:
    """Give a draft up; its rows stay readable."""
    return versions.discard(_version(version_id, by), by=by, at=at)


def _version(version_id: uuid.UUID, by: Actor) -> ListVersion:
    version = ListVersion.objects.filter(region=by.region, id=version_id).first()
    if version is None:
        raise Refused("没有这个清单版本，可能链接已失效。")
    return version


def draft_from_items(items: Iterable[RequestItem], *, title: str, by: Actor, at: datetime) -> ListVersion:
    """A draft from items that were read elsewhere, such as the shipped content."""
    rows = [item.payload() for item in items]
    base = in_force(ListKind.REQUESTS, day_of(at), region=by.region)
    return open_draft(Draft(ListKind.REQUESTS, title, rows, base), by=by, at=at)
