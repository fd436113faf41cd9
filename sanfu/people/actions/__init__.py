"""Writes of people: organisations, accounts, appointments."""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from pypinyin import lazy_pinyin

from sanfu.people.actions import passwords
from sanfu.people.models import ApiKey, Appointment, Organisation, User
from sanfu.people.queries import is_taken
from sanfu.people.roles import ROLES
from sanfu.records.actions import append
from sanfu.records.actor import Actor, Refused
from sanfu.records.moments import day_of

ADMINISTRATOR = "administrator"
LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that a person reading a slip of paper takes for another


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
    password: str | None,
    organisation: Organisation | None,
    by: Actor,
    at: datetime,
    sees: str = "",
    demo: bool = False,
) -> User:
    """Open an account. Without a password nobody can sign in with it."""
    user = User(region=by.region, login=login, name=name, organisation=organisation, sees=sees, demo=demo)
    user.set_password(password)
    user.password_at = at
    user.save()
    append(stream=user.id, kind="people.user_added", by=by, at=at, data={"login": login, "demo": demo})
    return user


@transaction.atomic
def open_account(
    *, login: str, name: str, organisation: Organisation, role: str, starts: date, by: Actor, at: datetime
) -> tuple[User, str]:
    """Open an account with its first post; returns it and the password to hand over, which is kept nowhere.

    Refused when the login name is taken or not of small letters, digits, dot, dash and underscore.
    """
    check_login(login, is_taken)
    password = new_password()
    user = add_user(login=login, name=name, password=password, organisation=organisation, by=by, at=at)
    User.objects.filter(pk=user.pk).update(password_given=True)
    appoint(user=user, role=role, organisation=organisation, starts=starts, by=by, at=at)
    return user, password


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person whose account is to be opened, with the roles held in the own unit from a day on."""

    login: str
    name: str
    organisation: Organisation
    roles: tuple[str, ...]
    starts: date


@transaction.atomic
def open_accounts(*, people: Sequence[Newcomer], by: Actor, at: datetime) -> list[str]:
    """Open the accounts of many, all or none; their passwords in the same order (see `open_account`)."""
    passwords = []
    for person in people:
        first, *more = person.roles
        user, password = open_account(
            login=person.login, name=person.name, organisation=person.organisation, role=first,
            starts=person.starts, by=by, at=at,
        )  # fmt: skip
        for role in more:
            appoint(
                user=user, role=role, organisation=person.organisation, starts=person.starts, by=by, at=at
            )
        passwords.append(password)
    return passwords


def check_login(login: str, taken: Callable[[str], bool]) -> None:
    """Refused when a login is not written as one or is taken."""
    if not LOGIN.fullmatch(login):
        raise Refused("账号须以小写字母开头，由 3 至 40 个小写字母、数字、点、横线或下划线组成")
    if taken(login):
        raise Refused(f"账号“{login}”已被使用，请换一个")


def free_login(name: str, taken: Callable[[str], bool]) -> str:
    """A login that is not taken, from the pinyin of a name: zhouxin, zhouxin2, zhouxin3 …"""
    letters = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower())
    root = (letters if letters[:1].isalpha() else f"u{letters}")[:30].ljust(3, "0")
    return next(login for n in count(1) if not taken(login := root if n == 1 else f"{root}{n}"))


def new_password() -> str:
    """A password that a person can type from paper: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def reset_password(*, user: User, by: Actor, at: datetime) -> str:
    """Give an account a new password to hand over; its sessions end, and its person must choose an own one."""
    password = new_password()
    passwords.replace(user, password, at)
    user.password_given = True
    user.save(update_fields=["password", "password_given", "password_at"])
    append(stream=user.id, kind="people.password_reset", by=by, at=at)
    return password


@transaction.atomic
def choose_password(*, user: User, old: str, new: str, by: Actor, at: datetime) -> None:
    """A person replaces the own password. Refused when the old one is wrong or the new one is weak."""
    if not user.check_password(old):
        raise Refused("原密码不正确")
    if old == new:
        raise Refused("新密码不能与原密码相同")
    try:
        validate_password(new, user)
    except ValidationError as weak:
        raise Refused("；".join(weak.messages)) from weak
    if passwords.used_before(user, new):
        raise Refused("这个密码最近用过，请换一个")
    passwords.replace(user, new, at)
    user.password_given = False
    user.save(update_fields=["password", "password_given", "password_at"])
    append(stream=user.id, kind="people.password_chosen", by=by, at=at)


@transaction.atomic
def set_active(*, user: User, active: bool, why: str, by: Actor, at: datetime) -> None:
    """Close an account or open it again; its posts and everything it did stay."""
    if not active:
        if user.id == by.id:
            raise Refused("不能停用自己的账号，请由另一位管理员办理")
        _keep_an_administrator(user, day_of(at))
    user.is_active = active
    user.save(update_fields=["is_active"])
    kind = "people.account_opened" if active else "people.account_closed"
    append(stream=user.id, kind=kind, by=by, at=at, data={"why": why})


@transaction.atomic
def appoint(
    *, user: User, role: str, organisation: Organisation | None, starts: date, by: Actor, at: datetime
) -> Appointment:
    """Give a person a role from a day on. Nobody gives one to oneself."""
    if role not in ROLES:
        raise Refused(f"没有“{role}”这个角色；可用：{'、'.join(ROLES)}")
    if user.id == by.id:
        raise Refused("不能给自己任职，请由另一位管理员办理")
    _keep_apart(user, role, starts)
    held = Appointment.objects.filter(user=user, role=role, organisation=organisation)
    if held.filter(Q(ends__isnull=True) | Q(ends__gt=starts)).exists():
        raise Refused(f"{user.name}已有或将有“{ROLES[role].display_name}”的任职，不必重复")
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


def _keep_apart(user: User, role: str, starts: date) -> None:
    """Refuse a role beside one that it must be apart from (三员分立)."""
    other = Appointment.objects.filter(user=user).filter(Q(ends__isnull=True) | Q(ends__gt=starts))
    for held in other.values_list("role", flat=True):
        known = ROLES[held].apart_from if held in ROLES else frozenset()
        if held in ROLES[role].apart_from or role in known:
            raise Refused(
                f"“{ROLES[role].display_name}”和“{ROLES[held].display_name}”不能由同一人担任；{user.name}已是后者"
            )


@transaction.atomic
def end_appointment(*, appointment: Appointment, ends: date, by: Actor, at: datetime) -> None:
    """End a role on a day, the first one without it; the row stays."""
    if ends <= appointment.starts:
        raise Refused("任职结束日须晚于开始日")
    if appointment.role == ADMINISTRATOR:
        _keep_an_administrator(appointment.user, ends)
    appointment.ends = ends
    appointment.save(update_fields=["ends"])
    data = {"role": appointment.role, "ends": ends.isoformat()}
    append(stream=appointment.user_id, kind="people.appointment_ended", by=by, at=at, data=data)


def _keep_an_administrator(leaving: User, day: date) -> None:
    """Somebody else must be able to open accounts from that day on."""
    own = Appointment.objects.filter(region=leaving.region, role=ADMINISTRATOR, starts__lte=day)
    held = own.filter(Q(ends__isnull=True) | Q(ends__gt=day)).select_for_update()
    if leaving.id in {one.user_id for one in held} and not held.exclude(user=leaving).filter(
        user__is_active=True
    ):
        raise Refused(f"{leaving.name}是最后一位系统管理员，请先任命另一位")


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
