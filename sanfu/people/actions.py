"""Writes of people: organisations, accounts, appointments."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from pypinyin import lazy_pinyin

from sanfu.people.models import ApiKey, Appointment, Organisation, User
from sanfu.people.roles import ROLES
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused


@transaction.atomic
def put_organisation(*, row: dict[str, Any], by: Actor, at: datetime) -> Organisation:
    """Create or update an organisation from a content row (code, kind, name, short, aliases, area, parent)."""
    parent = None
    if row.get("parent"):
        parent = Organisation.objects.filter(region=by.region, code=row["parent"]).first()
        if parent is None:
            raise Refused(f"组织 {row['code']} 的上级 {row['parent']} 不存在：请先录入上级组织")
    organisation, _ = Organisation.objects.update_or_create(
        region=by.region,
        code=row["code"],
        defaults={
            "kind": row["kind"],
            "name": row["name"],
            "short": row.get("short") or row["name"],
            "pinyin": " ".join(lazy_pinyin(row.get("short") or row["name"])),
            "aliases": [str(a) for a in row.get("aliases") or []],
            "area": row.get("area") or "",
            "parent": parent,
        },
    )
    append(stream=organisation.id, kind="people.organisation_put", by=by, at=at, data={"code": row["code"]})
    return organisation


@transaction.atomic
def add_user(
    *,
    login: str,
    name: str,
    password: str,
    organisation: Organisation | None,
    by: Actor,
    at: datetime,
    sees: str = "",
    demo: bool = False,
) -> User:
    """Open an account."""
    user = User(region=by.region, login=login, name=name, organisation=organisation, sees=sees, demo=demo)
    user.set_password(password)
    user.save()
    append(stream=user.id, kind="people.user_added", by=by, at=at, data={"login": login, "demo": demo})
    return user


@transaction.atomic
def appoint(
    *, user: User, role: str, organisation: Organisation | None, starts: date, by: Actor, at: datetime
) -> Appointment:
    """Give a person a role from a day on."""
    if role not in ROLES:
        raise Refused(f"没有“{role}”这个角色；可用：{'、'.join(ROLES)}")
    post = Appointment.objects.create(
        region=by.region, user=user, role=role, organisation=organisation, starts=starts
    )
    append(
        stream=user.id,
        kind="people.appointed",
        by=by,
        at=at,
        data={"role": role, "starts": starts.isoformat()},
    )
    return post


@transaction.atomic
def end_appointment(*, appointment: Appointment, ends: date, by: Actor, at: datetime) -> None:
    """End a role on a day; the row stays."""
    if ends <= appointment.starts:
        raise Refused("任职结束日须晚于开始日")
    appointment.ends = ends
    appointment.save(update_fields=["ends"])
    data = {"role": appointment.role, "ends": ends.isoformat()}
    append(stream=appointment.user_id, kind="people.appointment_ended", by=by, at=at, data=data)


@transaction.atomic
def issue_key(*, user: User, label: str, starts: date, ends: date | None, by: Actor, at: datetime) -> str:
    """Make a key for another system and return it; it is shown once and kept only as a hash."""
    key = f"sanfu_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        region=by.region, user=user, label=label[:60], digest=digest_of(key), starts=starts, ends=ends
    )
    append(stream=user.id, kind="people.key_issued", by=by, at=at, data={"key": str(row.id), "label": label})
    return key


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
