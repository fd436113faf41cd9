"""Display tokens: made once, shown once, kept as a hash, ended by a person."""

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime

from django.db import transaction

from sanfu.measure.models import Display
from sanfu.records.actions import append
from sanfu.records.actor import Actor, NotAllowed, Refused
from sanfu.records.wires import permissions


@transaction.atomic
def make(name: str, *, by: Actor, at: datetime) -> tuple[Display, str]:
    """A token for one screen; its secret is told this once."""
    if not by.may("measure.close"):
        raise NotAllowed("大屏令牌由统计员发放。")
    if not name.strip():
        raise Refused("请写明屏幕放在哪里，例如“指挥中心大厅”。")
    secret = secrets.token_urlsafe(24)
    row = Display.objects.create(
        region=by.region,
        name=name.strip()[:60],
        secret_hash=_hash(secret),
        made_by=by.id,
        made_name=by.name,
        made_at=at,
    )
    append(stream=row.id, kind="measure.display_made", by=by, at=at, data={"name": row.name})
    return row, secret


@transaction.atomic
def end(display: uuid.UUID, *, by: Actor, at: datetime) -> bool:
    """Take a token back; twice is once. Returns whether the county has such a token."""
    if not by.may("measure.close"):
        raise NotAllowed("大屏令牌由统计员收回。")
    rows = Display.objects.filter(id=display, region=by.region)
    if rows.filter(ended_at=None).update(ended_at=at):
        append(stream=display, kind="measure.display_ended", by=by, at=at)
        return True
    return rows.exists()


def valid(display: uuid.UUID, secret: str) -> Display | None:
    """The token of an address, if it still counts."""
    row = Display.objects.filter(id=display, ended_at=None).first()
    return row if row and hmac.compare_digest(row.secret_hash, _hash(secret)) else None


def reader(row: Display) -> Actor:
    """Who a screen reads as: the county's sums and no more; nothing on a wall opens to a case."""
    seen = frozenset(code for code in permissions() if code.endswith(".see_all") or code == "measure.see")
    return Actor(id=None, name=f"大屏 {row.name}", region=row.region, permissions=seen)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
