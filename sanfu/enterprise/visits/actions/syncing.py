"""What a phone sends: one operation is applied once and answered the same for ever (see `sanfu.kernel.syncing`)."""

import hashlib
import json
import uuid
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import connection, transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from sanfu.enterprise.registry.models import Enterprise
from sanfu.enterprise.visits.models import Operation, Photo, Visit
from sanfu.enterprise.visits.queries import FIELDS, firm_said
from sanfu.enterprise.visits.states import VisitState
from sanfu.kernel.syncing.protocol import Answer, Change, Kept, Outcome, Record, apply
from sanfu.kernel.syncing.protocol import Operation as Sent
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.files import store

LONGEST, SIDE = 4000, 2000


def _need(by: Actor) -> None:
    if not by.may("visits.record"):
        raise NotAllowed(f"{by.name}没有现场记录的权限。")


def read(raw: Any) -> tuple[Sent, dict[str, Any]]:
    """An operation as the phone says it; Refused names what is wrong with it."""
    try:
        id_, record = str(uuid.UUID(raw["id"])), str(uuid.UUID(raw["record"]))
        kind = raw.get("kind", "visit")
        changes = {
            str(name): Change(one.get("old"), one.get("new")) for name, one in dict(raw["changes"]).items()
        }
        base = int(raw.get("base", 0))
        needs, after = (str(uuid.UUID(raw[key])) if raw.get(key) else "" for key in ("needs", "after"))
    except (KeyError, ValueError, TypeError, AttributeError) as problem:
        raise Refused(f"这条离线记录的格式不对（{problem}），请导出待发件交给管理员。") from problem
    known = set(FIELDS) | {"firm"} if kind == "visit" else {"text", "firm"}
    if kind not in {"visit", "demand"} or not set(changes) <= known or not changes:
        raise Refused("这条离线记录里有系统不认识的内容，请导出待发件交给管理员。")
    if any(not isinstance(one.new, str) or len(one.new) > LONGEST for one in changes.values()):
        raise Refused(f"每一项应是不超过 {LONGEST} 个字的文字。")
    return Sent(id_, record, base, changes, kind, needs, after), {
        "device_at": str(raw.get("device_at", ""))[:40]
    }


@transaction.atomic
def receive(raw: Any, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Apply one operation, or give the stored answer; LATER is not stored, so the phone sends it again.

    The primary key is the lock: a second sender waits for the first and then reads its answer.
    """
    _need(by)
    sent, more = read(raw)
    if not _first(sent, raw, more["device_at"], by, at):
        return _stored(sent, by)
    answer, words = _demand(sent, by, at) if sent.kind == "demand" else _visit(sent, by, at)
    if answer.outcome is Outcome.LATER:
        Operation.objects.filter(id=sent.id).delete()
        return answer.told() | {"words": words}
    told = answer.told() | {"words": words}
    Operation.objects.filter(id=sent.id).update(answer=told)
    return told


def _first(sent: Sent, raw: Any, device_at: str, by: Actor, at: datetime) -> bool:
    """Whether this operation is new; it is inserted in the same statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visits_operation (id, region, kind, record, digest, body, answer, by, by_name, device_at, at) "
            "VALUES (%s, %s, %s, %s, %s, %s, NULL, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [
                sent.id,
                by.region,
                sent.kind,
                sent.record,
                sent.digest(),
                json.dumps(raw),
                by.id,
                by.name,
                device_at,
                at,
            ],
        )
        return bool(cursor.rowcount)


def _stored(sent: Sent, by: Actor) -> dict[str, Any]:
    row = Operation.objects.filter(id=sent.id, region=by.region, by=by.id).first()
    if row is None or row.digest != sent.digest():
        other = Answer(sent.id, Outcome.OTHER_CONTENT, 0)
        return other.told() | {"words": "同一编号曾收到另一份内容；两份都保留，请导出待发件交给管理员。"}
    answer: dict[str, Any] = row.answer or {}
    return answer


def _visit(sent: Sent, by: Actor, at: datetime) -> tuple[Answer, str]:
    if sent.after and not Operation.objects.filter(id=sent.after, region=by.region).exists():
        return Answer(sent.id, Outcome.LATER, 0), "前一步还没有收到，稍后会自动再发。"
    row = Visit.objects.select_for_update().filter(id=sent.record).first()
    if row is None:
        firm = _firm(sent, by)
        row = Visit(id=sent.record, region=by.region, enterprise=firm, units=[by.organisation] if by.organisation else [], lead_id=by.organisation, made_at=at)  # fmt: skip
    elif row.region != by.region or not ({*row.units} & by.units or row.visitor in {None, by.id}):
        raise NotAllowed("这次走访由别的单位负责，您不能修改。")
    before = Record(
        str(row.id),
        row.version,
        row.values,
        tuple(Kept(**one) for one in row.open),
        closed=row.state == VisitState.CONFIRMED,
    )
    changes = {name: change for name, change in sent.changes.items() if name != "firm"}
    after, answer = apply(
        before, Sent(sent.id, sent.record, sent.base, changes, sent.kind, sent.needs, sent.after)
    )
    if answer.outcome is Outcome.CORRECTION:
        said = {name: change.new for name, change in changes.items()}
        row.corrections = [
            *row.corrections,
            {"operation": sent.id, "by": by.name, "at": at.isoformat(), "said": said},
        ]
    else:
        row.values, row.version, row.open = (
            dict(after.values),
            after.version,
            [asdict(one) for one in after.open],
        )
        row.state = VisitState.RECORDED
    row.visitor, row.visitor_name = row.visitor or by.id, row.visitor_name or by.name
    row.save()
    append(stream=row.id, kind="visits.recorded", by=by, at=at, data={"operation": sent.id, "outcome": answer.outcome.value, "fields": sorted(changes)})  # fmt: skip
    return answer, WORDS[answer.outcome].format("、".join(FIELDS[name] for name in answer.conflicts))


WORDS = {
    Outcome.APPLIED: "已收到。",
    Outcome.CONFLICT: "已收到；“{}”在机关也改过，两份都保留，由人裁定。",
    Outcome.CORRECTION: "企业已确认过这份记录；这次修改作为更正附在旁边。",
    Outcome.LATE: "已收到；该记录已失效，由人处理。",
}


def _firm(sent: Sent, by: Actor) -> Enterprise:
    said = sent.changes.get("firm")
    firm = firm_said(by.region, said.new) if said else None
    if firm is None:
        raise Refused("没有找到这家企业；请在手机上改用登记全称或统一社会信用代码后再发。")
    return firm


def _demand(sent: Sent, by: Actor, at: datetime) -> tuple[Answer, str]:
    """A demand said on a visit goes to the pool of demands by an event; its id is its origin there."""
    visit = Visit.objects.filter(region=by.region, id=sent.needs).first() if sent.needs else None
    if visit is None:
        return Answer(sent.id, Outcome.LATER, 0), "走访记录还没有收到，稍后会自动再发。"
    data = {"enterprise": str(visit.enterprise_id), "text": sent.changes["text"].new, "origin": sent.record}
    append(stream=visit.id, kind="visits.demand_said", by=by, at=at, data=data)
    return Answer(sent.id, Outcome.APPLIED, 1), "诉求已进入诉求池。"


@transaction.atomic
def receive_photo(
    photo_id: uuid.UUID, visit_id: uuid.UUID, data: bytes, sha256: str, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """Keep a photo once; where it was taken is stripped, the time stays in the record."""
    _need(by)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Refused("照片在路上损坏了，请再发一次。")
    known = Photo.objects.filter(id=photo_id).first()
    if known is not None:
        outcome = Outcome.APPLIED if known.sha256 == sha256 else Outcome.OTHER_CONTENT
        return Answer(str(photo_id), outcome, 1).told() | {"words": "已收到。"}
    visit = Visit.objects.select_for_update().filter(region=by.region, id=visit_id).first()
    if visit is None:
        return Answer(str(photo_id), Outcome.LATER, 0).told() | {
            "words": "走访记录还没有收到，稍后会自动再发。"
        }
    stored = store(name=f"{photo_id}.jpg", content=BytesIO(_plain(data)), by=by, at=at)
    Photo.objects.bulk_create([Photo(id=photo_id, region=by.region, visit=visit, file=stored, sha256=sha256, at=at)], ignore_conflicts=True)  # fmt: skip
    append(
        stream=visit.id, kind="visits.photo", by=by, at=at, data={"photo": str(photo_id), "sha256": sha256}
    )
    return Answer(str(photo_id), Outcome.APPLIED, 1).told() | {"words": "已收到。"}


def _plain(data: bytes) -> bytes:
    """The picture alone, at most 2000 pixels a side: no position, no camera."""
    try:
        with Image.open(BytesIO(data)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as problem:
        raise Refused("这不是能打开的照片；请重新拍摄。") from problem
    upright.thumbnail((SIDE, SIDE))
    out = BytesIO()
    upright.save(out, "JPEG", quality=82)
    return out.getvalue()
