"""Reads of people and organisations."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet

from sanfu.people.models import ApiKey, Appointment, Organisation, User
from sanfu.people.roles import ROLES
from sanfu.records.actor import Actor
from sanfu.records.models import Event


def actor_of(user: User, *, on: date) -> Actor:
    """Resolve a user into an Actor by the posts held on a day."""
    held = list(
        Appointment.objects.filter(user=user, starts__lte=on)
        .filter(Q(ends__isnull=True) | Q(ends__gt=on))
        .values_list("role", "organisation_id")
    )
    roles = frozenset(role for role, _ in held)
    permissions = frozenset().union(*(ROLES[role].permissions for role in roles if role in ROLES))
    home = user.organisation
    return Actor(
        id=user.id,
        name=user.name,
        region=user.region,
        organisation=home.id if home else None,
        organisation_code=home.code if home else "",
        organisation_name=home.short if home else "",
        area=home.area if home else "",
        units=_with_children({org for _, org in held if org} | ({home.id} if home else set())),
        roles=roles,
        permissions=permissions,
    )


def holder_of_key(region: str, digest: str, *, on: date) -> uuid.UUID | None:
    """The open account that an API key acts as on a day; None when the key is unknown, not yet or no longer valid."""
    return (
        ApiKey.objects.filter(region=region, digest=digest, starts__lte=on, user__is_active=True)
        .filter(Q(ends__isnull=True) | Q(ends__gt=on))
        .values_list("user_id", flat=True)
        .first()
    )


def user_of(region: str, login: str) -> User | None:
    """An account by its login name."""
    return User.objects.filter(region=region, login=login, is_active=True).first()


def open_user(region: str, id: str) -> User | None:
    """An open account by its id."""
    return User.objects.filter(region=region, pk=id, is_active=True).first()


def _with_children(ids: set[uuid.UUID]) -> frozenset[uuid.UUID]:
    if not ids:
        return frozenset()
    below = Organisation.objects.filter(parent_id__in=ids).values_list("id", flat=True)
    return frozenset(ids) | frozenset(below)


def organisation(region: str, code: str) -> Organisation | None:
    """The organisation of a code, or None."""
    return Organisation.objects.filter(region=region, code=code).first()


def organisation_by_id(region: str, id: uuid.UUID) -> Organisation | None:
    """One organisation with its superior, or None."""
    return Organisation.objects.filter(region=region, pk=id).select_related("parent").first()


def organisations(region: str, *, kinds: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Organisations as plain rows in pinyin order: id, code, kind, name, short, area."""
    rows = Organisation.objects.filter(region=region)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return [
        dict(r) for r in rows.order_by("kind", "pinyin").values("id", "code", "kind", "name", "short", "area")
    ]


def short_names(region: str, codes: Iterable[str]) -> dict[str, str]:
    """Short names of organisations by code; a code that nobody has is not in it."""
    return dict(Organisation.objects.filter(region=region, code__in=set(codes)).values_list("code", "short"))


# Organisations that a matter may be given to.
HANDLING_KINDS = ("department", "town", "zone", "utility", "centre")


def units(region: str | None, kinds: Iterable[str] = HANDLING_KINDS) -> "QuerySet[Organisation]":
    """Organisations of some kinds, towns by area; region: None for that of this installation."""
    here = Organisation.objects.filter(region=region or settings.REGION, kind__in=list(kinds))
    return here.order_by("kind", "area", "code")


def find_organisation(region: str, said: str) -> Organisation | None:
    """Resolve a unit as lists write it (code, full name, short name or alias); None when unknown."""
    said = said.strip()
    return (
        Organisation.objects.filter(region=region)
        .filter(Q(code=said) | Q(name=said) | Q(short=said) | Q(aliases__contains=[said]))
        .order_by("kind")
        .first()
    )


def answering(region: str, code: str, area: uuid.UUID | None) -> Organisation | None:
    """The organisation that answers for a unit code of a list.

    A placeholder (@TOWN, @VILLAGE, @PROPERTY) is answered for by the town of the place, which passes it down;
    None when the place is not known yet.
    """
    if not code.startswith("@"):
        return organisation(region, code)
    return Organisation.objects.filter(region=region, pk=area).first() if area else None


def organisation_rows(region: str) -> "QuerySet[Organisation]":
    """Organisations with the number of their open accounts (`people`), for the list of the administrator."""
    people = Count("users", filter=Q(users__is_active=True))
    return Organisation.objects.filter(region=region).annotate(people=people).order_by("kind", "pinyin")


def accounts(region: str, *, on: date) -> "QuerySet[User]":
    """Accounts of officers and firms with the roles held on a day (`roles`). Citizens have no unit and are not here."""
    held = Q(appointments__starts__lte=on) & (
        Q(appointments__ends__isnull=True) | Q(appointments__ends__gt=on)
    )
    roles = ArrayAgg("appointments__role", filter=held, distinct=True, default=[])
    return User.objects.filter(region=region, organisation__isnull=False).annotate(roles=roles)


def namesake(organisation: Organisation, name: str) -> str | None:
    """The login of somebody of this name in this unit, or None."""
    rows = User.objects.filter(organisation=organisation, name=name)
    return rows.order_by("id").values_list("login", flat=True).first()


def is_taken(login: str) -> bool:
    """Whether somebody has this login, a citizen included: none can be given twice."""
    return User.objects.filter(login=login).exists()


def account(region: str, user: uuid.UUID) -> User | None:
    """One account of an officer or a firm, or None."""
    rows = User.objects.filter(region=region, organisation__isnull=False, pk=user)
    return rows.select_related("organisation").first()


def posts_of(user: User) -> list[Appointment]:
    """All posts of an account, running ones first, then the newest."""
    rows = user.appointments.select_related("organisation").order_by("-starts", "role")
    return sorted(rows, key=lambda post: post.ends is not None)


def post_of(user: User, post: uuid.UUID) -> Appointment | None:
    """One post of an account, or None."""
    return user.appointments.select_related("user").filter(pk=post).first()


def demo_accounts(region: str) -> list[dict[str, Any]]:
    """The demo cast for the login page: login, name, organisation, sees."""
    rows = User.objects.filter(region=region, demo=True, is_active=True).order_by("id")
    return [dict(r) for r in rows.values("login", "name", "sees", "organisation__short")]


def has_demo_accounts() -> bool:
    """Whether any demo account is left: production refuses to start then."""
    return User.objects.filter(demo=True).exists()


def audited(region: str) -> "QuerySet[Event]":
    """Events of the doors: sign-ins, refusals, downloads, looks at personal data, changes of accounts (审计)."""
    return Event.objects.filter(region=region, kind__startswith="people.")
